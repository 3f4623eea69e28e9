/** The page of the guide that has a paragraph for each error and each warning. */
export const errorsPage = "docs/guide/errors.md";

/** The base of every error that unclash throws. `code` tells them apart, `cause` keeps what was underneath. */
export abstract class UnclashError extends Error {
  abstract readonly code: string;
}

/** A mistake in the configuration, thrown at construction. The message names the option and what it may be. */
export class ConfigurationError extends UnclashError {
  readonly code = "ERR_UNCLASH_CONFIGURATION";
  override readonly name = "ConfigurationError";
  /** The option at fault, as a path: `collections.articles.strategy`. */
  readonly option: string;

  constructor(option: string, problem: string) {
    super(`${option} ${problem} (${errorsPage}#err_unclash_configuration)`);
    this.option = option;
  }
}

/** The store did not do what it was asked to, for a reason outside the request: I/O broke, or took too long. */
export class StoreError extends UnclashError {
  readonly code = "ERR_UNCLASH_STORE";
  override readonly name = "StoreError";
  /** `not-applied`: nothing was written. `unknown`: it may have been; read the keys back before trying again. */
  readonly outcome: "not-applied" | "unknown";

  constructor(message: string, outcome: "not-applied" | "unknown", options?: { readonly cause?: unknown }) {
    super(message, options);
    this.outcome = outcome;
  }
}

/**
 * A function of the app's gave something that it may not give, or something that can't be used: the server answers 500,
 * since no client is at fault. The message names the function, what it gave, and what it may give.
 */
export class CallbackError extends UnclashError {
  readonly code = "ERR_UNCLASH_CALLBACK";
  override readonly name = "CallbackError";
  /** The function at fault, as a path of options: `identify`, `collections.articles.rules`. */
  readonly callback: string;

  constructor(callback: string, problem: string, options?: { readonly cause?: unknown }) {
    super(`${callback} ${problem} (${errorsPage}#err_unclash_callback)`, options);
    this.callback = callback;
  }
}

/** A function of unclash was called with something that it can't take, or at the wrong time. */
export class UsageError extends UnclashError {
  readonly code = "ERR_UNCLASH_USAGE";
  override readonly name = "UsageError";
  /** The function that was called, as the app calls it: `expectRow`. */
  readonly call: string;

  constructor(call: string, problem: string, options?: { readonly cause?: unknown }) {
    super(`${call}() ${problem} (${errorsPage}#err_unclash_usage)`, options);
    this.call = call;
  }
}

/** Every error of this package: `switch (error.code)` narrows it. */
export type AnyUnclashError = ConfigurationError | StoreError | CallbackError | UsageError;

/** Ends a `switch` over a closed union: a case that was forgotten does not compile. */
export function assertNever(value: never): never {
  throw new TypeError(`Not a known case: ${JSON.stringify(value)}`);
}

/** Whether something thrown is a store's error, also where it comes from another copy of this package. */
export function isStoreError(thrown: unknown): thrown is StoreError {
  return thrown instanceof Error && "code" in thrown && thrown.code === "ERR_UNCLASH_STORE" && "outcome" in thrown;
}
