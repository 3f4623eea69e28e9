import { ConfigurationError, durationMsMax, type Store } from "@unclash/core";
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

/** Resolves the option `idempotency`, and throws a `ConfigurationError` where it can't be. */
export function resolveKeeping(store: Store, options: IdempotencyOptions = {}): KeyKeeping {
  if (typeof options !== "object" || options === null)
    throw new ConfigurationError("idempotency", "must be an object, such as { keepMs: 3_600_000 }");
  for (const name of Object.keys(options)) {
    if (name !== "keepMs") throw new ConfigurationError(`idempotency.${name}`, "is unknown; there is keepMs");
  }
  const { keepMs = keepMsDefault } = options;
  if (!Number.isSafeInteger(keepMs) || keepMs < 1 || keepMs > durationMsMax) {
    const detail = `must be whole milliseconds above 0, up to 100 years, and is ${String(keepMs)}`;
    throw new ConfigurationError("idempotency.keepMs", detail);
  }
  return Object.freeze({ keepMs, sweep: sweepOf(store) });
}
