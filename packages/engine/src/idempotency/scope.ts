import { CallbackError } from "@unclash/core";
import { describeValue } from "@unclash/core/options";
import type { Actor } from "../access/actor.js";
import { anonymousCaller } from "../access/client-address.js";
import type { RequestFacts } from "../http/request.js";
import type { Preferences } from "../preconditions/preferences.js";
import { fingerprint, hashParts } from "./fingerprint.js";

/**
 * What tells callers apart that `identify` does not know:
 *
 * - `address`: the address of the socket's other end, or the one that a trusted proxy names (`trustedProxies`).
 * - `credentials`: `Authorization` and `Cookie`, of which a digest is kept; a caller that sends neither is its address.
 *   A repeat with other credentials, such as a refreshed token, is another caller's request: it runs.
 */
export type AnonymousCaller = "address" | "credentials";

/** Whose a key is: the options of collections and guards alike. */
export interface CallerOptions<Native> {
  /** What a caller is that `identify` does not know. @default "address" */
  readonly anonymous?: AnonymousCaller;
  /**
   * What else a key belongs to, besides its caller, method and path: the name of a tenant, where several share a store.
   * Called once for each request with a key; what it throws, and anything but a non-empty string, ends as the
   * framework's 500.
   *
   * @default nothing: all requests are of one tenant
   * @example scope: ({ headers }) => headers.host ?? "none"
   */
  scope?(request: RequestFacts<Native>): string;
}

/** A request with a key, and who sent it. */
export interface SentRequest {
  readonly request: RequestFacts;
  readonly actor: Actor | undefined;
  readonly header: (name: string) => string | undefined;
  /** The API version that it is in, and its path without that; `undefined` where the API has no versions. */
  readonly apiVersion?: { readonly number: number; readonly path: string } | undefined;
}

/**
 * The digest of a caller, within its tenant: 43 characters of base64url, which tell nothing of either.
 *
 * @throws CallbackError where `scope` gives something other than a name
 */
export function callerDigest(
  { request, actor, header }: SentRequest,
  { anonymous, scope }: CallerOptions<unknown>,
): string {
  const tenant = scope === undefined ? [] : ["scope", nameOf(scope(request))];
  if (actor !== undefined) return hashParts([...tenant, "actor", actor.name]);
  const credentials = anonymous === "credentials" ? [header("authorization"), header("cookie")] : [];
  return credentials.some((field) => field !== undefined)
    ? hashParts([...tenant, "credentials", ...credentials])
    : hashParts([...tenant, "address", anonymousCaller(request)]);
}

function nameOf(scope: unknown): string {
  if (typeof scope === "string" && scope !== "") return scope;
  throw new CallbackError("idempotency.scope", `must give a non-empty string, and gave ${describeValue(scope)}`);
}

/**
 * The scope in which an Idempotency-Key is unique. The same key in another scope is another, and learns nothing of this
 * one.
 */
export interface KeyScope {
  /** Who keeps it: a guard in front of a collection must not meet its own claim there. */
  readonly keeper: "collection" | "guard";
  /** The digest of who sent it, within its tenant. */
  readonly caller: string;
  readonly method: string;
  /** As it was sent, mount and all, without the query; without an API version in it. */
  readonly path: string;
  /** As the client chose it. */
  readonly key: string;
}

/** A key and its scope as one name: 43 characters of base64url, which tell nothing of either. */
export function scopedKey({ keeper, caller, method, path, key }: KeyScope): string {
  return hashParts([keeper, caller, method, path, key]);
}

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
  { preferences, more = [], ...content }: KeyedContent,
): KeyIdentity {
  const { request, header, apiVersion } = exchange;
  const path = request.base + (apiVersion?.path ?? request.path);
  // The first version has no part of its own: keys from before there were versions are good in it.
  const version = apiVersion === undefined || apiVersion.number === 1 ? [] : [`api-version ${apiVersion.number}`];
  const caller = callerDigest(exchange, options);
  return {
    caller,
    scoped: scopedKey({ keeper, caller, method: request.method, path, key }),
    fingerprint: fingerprint({
      query: request.query,
      contentType: header("content-type"),
      ifMatch: header("if-match"),
      transactionId: header("transaction-id"),
      onConflict: preferences.onConflict,
      more: [...more, ...version],
      ...content,
    }),
  };
}
