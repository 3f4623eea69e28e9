import { checkOptions, isFunction, type OptionRules, oneOf, wholeNumber } from "@unclash/core/options";
import type { Store } from "@unclash/core/store";
import { type Housekeeping, housekeepingOf } from "../commits/housekeeping.js";
import { isKeepMs } from "../options/option-rules.js";
import { formerLapsedKeys, lapsedKeys } from "./lapsed-keys.js";
import { type KeyQuota, quotaOf } from "./quota.js";
import type { AnonymousCaller, CallerOptions } from "./scope.js";

/** How `Idempotency-Key` is treated: the options of collections, and those that guards share with them. */
export interface IdempotencyOptions<Native = unknown> extends CallerOptions<Native> {
  /** How long the answer to a request with a key is kept, in milliseconds. @default 86,400,000, a day */
  readonly keepMs?: number;
  /**
   * An answer with more bytes of content than this is given again without it. A collection's state does not count: it
   * is not copied, but read from the history.
   *
   * @default 65,536
   */
  readonly answerBytesMax?: number;
  /**
   * How many bytes the answers of one caller may take within `keepMs`, each at least 1,024. Past that a new key is 429
   * `quota-exceeded`. Each process counts its own.
   *
   * @default 67,108,864, 64 MiB
   */
  readonly callerBytesMax?: number;
  /**
   * The same for all callers together that `identify` does not know; a warning tells when it is reached. @default
   * 67,108,864
   */
  readonly anonymousBytesMax?: number;
}

/** How the records of keys are kept, resolved once. */
export interface KeyKeeping extends CallerOptions<unknown> {
  readonly store: Store;
  readonly keepMs: number;
  readonly anonymous: AnonymousCaller;
  readonly answerBytesMax: number;
  readonly callerBytesMax: number;
  readonly anonymousBytesMax: number;
  /** Is told of every request with a key, so that old ones are forgotten. */
  readonly housekeeping: Housekeeping;
  readonly quota: KeyQuota;
}

/** The rules of the options that collections and guards share. */
export const keepingRules: OptionRules<IdempotencyOptions> = {
  keepMs: isKeepMs,
  answerBytesMax: wholeNumber(1),
  callerBytesMax: wholeNumber(1),
  anonymousBytesMax: wholeNumber(1),
  anonymous: oneOf("address", "credentials"),
  scope: isFunction,
};

/** Resolves the option `idempotency` of collections, and throws a `ConfigurationError` where it can't be. */
export function resolveKeeping<Native>(store: Store, options: IdempotencyOptions<Native> = {}): KeyKeeping {
  checkOptions<IdempotencyOptions<Native>>("idempotency", options, keepingRules);
  return Object.freeze(keepingOf(store, options));
}

/** The options with their defaults. From now on the store's housekeeping forgets keys. */
export function keepingOf<Native>(store: Store, options: IdempotencyOptions<Native>): KeyKeeping {
  const housekeeping = housekeepingOf(store);
  for (const kind of [lapsedKeys, formerLapsedKeys]) housekeeping.register(kind);
  return {
    store,
    keepMs: options.keepMs ?? 86_400_000,
    anonymous: options.anonymous ?? "address",
    answerBytesMax: options.answerBytesMax ?? 65_536,
    callerBytesMax: options.callerBytesMax ?? 67_108_864,
    anonymousBytesMax: options.anonymousBytesMax ?? 67_108_864,
    ...(options.scope && { scope: options.scope }),
    housekeeping,
    quota: quotaOf(store),
  };
}
