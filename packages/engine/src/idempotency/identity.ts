import type { Preferences } from "../preconditions/preferences.js";
import { type CallerOptions, callerDigest, type SentRequest } from "./caller.js";
import { fingerprint } from "./fingerprint.js";
import { type KeyScope, scopedKey } from "./scope.js";

/** What a request with a key says besides its headers. */
export interface KeyedContent {
  readonly preferences: Preferences;
  /** Its content as it was parsed, `undefined` where it has none. */
  readonly body: unknown;
  /** What the app says that counts besides. */
  readonly more?: readonly (string | Uint8Array)[];
}

/** What a request with a key is known by. */
export interface KeyIdentity {
  /** The digest of who sent it. */
  readonly caller: string;
  /** The key with its scope, hashed. */
  readonly scoped: string;
  /** What a repeat must have in common with it. */
  readonly fingerprint: string;
}

/**
 * Works out what a request with a key is known by.
 *
 * @throws CallbackError where the app's `scope` gives something other than a name
 */
export function identifyKeyed(
  exchange: SentRequest,
  { keeper, key }: Pick<KeyScope, "keeper" | "key">,
  options: CallerOptions<unknown>,
  { preferences, ...content }: KeyedContent,
): KeyIdentity {
  const { request, header } = exchange;
  const caller = callerDigest(exchange, options);
  return {
    caller,
    scoped: scopedKey({ keeper, caller, method: request.method, path: request.base + request.path, key }),
    fingerprint: fingerprint({
      query: request.query,
      contentType: header("content-type"),
      ifMatch: header("if-match"),
      transactionId: header("transaction-id"),
      onConflict: preferences.onConflict,
      ...content,
    }),
  };
}
