import { checkOptions, type OptionRules, type Store } from "@unclash/core";
import { isKeepMs } from "../option-rules.js";
import { type Sweep, sweepOf } from "./sweep.js";

/** How `Idempotency-Key` is treated on collections. */
export interface IdempotencyOptions {
  /** How long the answer to a request with a key is kept, in milliseconds. @default 86,400,000, a day */
  readonly keepMs?: number;
}

/** How the records of keys are kept, resolved once. */
export interface KeyKeeping {
  readonly keepMs: number;
  readonly sweep: Sweep;
}

const keepMsDefault = 86_400_000;

const rules: OptionRules<IdempotencyOptions> = { keepMs: isKeepMs };

/** Resolves the option `idempotency`, and throws a `ConfigurationError` where it can't be. */
export function resolveKeeping(store: Store, options: IdempotencyOptions = {}): KeyKeeping {
  checkOptions<IdempotencyOptions>("idempotency", options, rules);
  const { keepMs = keepMsDefault } = options;
  return Object.freeze({ keepMs, sweep: sweepOf(store) });
}
