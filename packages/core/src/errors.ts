/** The base of every error that unclash throws. `code` tells them apart, `cause` keeps what was underneath. */
export abstract class UnclashError extends Error {
  abstract readonly code: string;
}

/** A mistake in the configuration, thrown at construction. The message names the option and what it may be. */
export class ConfigurationError extends UnclashError {
  readonly code = "configuration";
  override readonly name = "ConfigurationError";
  /** The option at fault, as a path: `collections.articles.strategy`. */
  readonly option: string;

  constructor(option: string, problem: string) {
    super(`${option} ${problem}`);
    this.option = option;
  }
}

/** The store did not do what it was asked to, for a reason outside the request: I/O broke, or took too long. */
export class StoreError extends UnclashError {
  readonly code = "store";
  override readonly name = "StoreError";
  /** `not-applied`: nothing was written. `unknown`: it may have been; read the keys back before trying again. */
  readonly outcome: "not-applied" | "unknown";

  constructor(message: string, outcome: "not-applied" | "unknown", options?: { readonly cause?: unknown }) {
    super(message, options);
    this.outcome = outcome;
  }
}

/** Every error of unclash: `switch (error.code)` narrows it. */
export type AnyUnclashError = ConfigurationError | StoreError;

/** Ends a `switch` over a closed union: a case that was forgotten does not compile. */
export function assertNever(value: never): never {
  throw new TypeError(`Not a known case: ${JSON.stringify(value)}`);
}

/** Whether something thrown is a store's error, also where it comes from another copy of this package. */
export function isStoreError(thrown: unknown): thrown is StoreError {
  return thrown instanceof Error && "code" in thrown && thrown.code === "store" && "outcome" in thrown;
}
