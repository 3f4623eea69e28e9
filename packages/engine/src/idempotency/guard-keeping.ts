import { ConfigurationError } from "@unclash/core";
import { checkOptions, isBoolean, isFunction, isTimerMs, type OptionRules, required } from "@unclash/core/options";
import type { Store } from "@unclash/core/store";
import { isStore } from "../options/option-rules.js";
import type { Awaitable } from "../states/loaded-state.js";
import { type IdempotencyOptions, type KeyKeeping, keepingOf, keepingRules } from "./keeping.js";

/** How a guard treats `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). */
export interface GuardIdempotency<Native = unknown> extends IdempotencyOptions<Native> {
  /** Where keys and answers are kept: any store, shared by all processes of the app. */
  readonly store: Store;
  /** How long a key stays taken after the process that runs its handler died. Renewed while it runs. @default 15,000 */
  readonly leaseMs?: number;
  /** How long a handler may run before its key is given up. @default 600,000, ten minutes */
  readonly runMsMax?: number;
  /** Whether unsafe requests must have a key (400 otherwise). @default false */
  readonly required?: boolean;
  /**
   * The handler knows a repeat by itself, by its `idempotencyKey` in a unique column of its own: so a request without
   * a precondition may run again after the process that ran it first has died, or after an answer of 5xx. Without this
   * it is refused, since the outcome of the first is unknown. @default false
   */
  readonly rerun?: boolean;
  /**
   * What else a repeat must have in common with the first request, where no parser has left it on the body: the digests
   * of uploaded files, for one. What it throws, and anything but text, bytes or a list of these, ends as the
   * framework's 500.
   *
   * @default nothing
   */
  fingerprint?(request: Native): Awaitable<string | Uint8Array | readonly (string | Uint8Array)[]>;
}

/** How a guard keeps keys, resolved once. */
export interface GuardKeeping extends KeyKeeping, Pick<GuardIdempotency<unknown>, "fingerprint"> {
  readonly leaseMs: number;
  readonly runMsMax: number;
  readonly required: boolean;
  readonly rerun: boolean;
}

const rules: OptionRules<GuardIdempotency> = {
  ...keepingRules,
  store: required(isStore),
  leaseMs: isTimerMs,
  runMsMax: isTimerMs,
  required: isBoolean,
  rerun: isBoolean,
  fingerprint: isFunction,
};

/**
 * Resolves the option `idempotency` of a guard.
 *
 * @param identifies whether the guard knows who its callers are
 * @throws ConfigurationError where it can't be, or where nothing says what a caller is
 */
export function resolveIdempotency<Native>(given: GuardIdempotency<Native>, identifies: boolean): GuardKeeping {
  checkOptions<GuardIdempotency<Native>>("idempotency", given, rules);
  if (!identifies && given.anonymous === undefined) throw new ConfigurationError("identify", callerMissing);
  return Object.freeze({
    ...keepingOf(given.store, given),
    leaseMs: given.leaseMs ?? 15_000,
    runMsMax: given.runMsMax ?? 600_000,
    required: given.required ?? false,
    rerun: given.rerun ?? false,
    ...(given.fingerprint && { fingerprint: given.fingerprint }),
  });
}

const callerMissing =
  "must say who sends a request where `idempotency` keeps answers: without it, one caller could get the " +
  "answers of another. " +
  'Give the guard the `identify` of your authentication, or set `idempotency.anonymous` to "address" or "credentials"';
