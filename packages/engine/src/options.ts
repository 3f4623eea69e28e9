import {
  anything,
  type Capabilities,
  ConfigurationError,
  checkMembers,
  checkOptions,
  isFunction,
  isText,
  listOf,
  type OptionRules,
  oneOf,
  problemTypePrefix,
  required,
  type Store,
} from "@unclash/core";
import { checkedIdentify, type Identify } from "./access/actor.js";
import { type Authorize, authorizeByDefault, checkedAuthorize } from "./access/authorize.js";
import { isTrustedProxies, resolveTrust, type Trust, type TrustedProxies } from "./access/client-address.js";
import type { Observer } from "./access/observe.js";
import { ByteBudget } from "./http/byte-budget.js";
import { type Limits, resolveLimits } from "./http/request-limits.js";
import { type IdempotencyOptions, type KeyKeeping, resolveKeeping } from "./idempotency/keeping.js";
import { isHeaderNames, isPublicPath, isStore, resolvePublicPath } from "./options/option-rules.js";
import { type Collection, type CollectionOptions, resolveCollection } from "./resources/collection.js";

/** A content coding that request bodies may have. */
export type Decoding = "gzip" | "deflate" | "br";

export interface UnclashOptions<Native = unknown> {
  /** Where everything is kept. The app closes it, after its server. */
  readonly store: Store;
  /**
   * What an acknowledged write must survive: `process` a crash of the app, `fsync` that of the machine too. A store that
   * declares less is refused at construction.
   *
   * @default "none"
   */
  readonly requireDurability?: Capabilities["durability"];
  /** By name, which is the first segment of the path: lower-case letters, digits and `-`. */
  readonly collections: Readonly<Record<string, CollectionOptions>>;
  /** Who makes a request. @default everyone is anonymous */
  readonly identify?: Identify<Native>;
  /** The request headers that `identify` looks at, for `Vary`. @default ["authorization"] with `identify`, else none */
  readonly credentialHeaders?: readonly string[];
  /** Who may do what. @default everyone may read, create, change and delete */
  readonly authorize?: Authorize;
  /** The status of a refused `If-Match`, `If-None-Match` or `If-Unmodified-Since` on a write; 412 is RFC 9110's. @default 409 */
  readonly conflictStatus?: 409 | 412;
  /** What a problem's `type` begins with. @default "urn:problem-type:unclash:" */
  readonly problemTypePrefix?: string;
  /**
   * The path that a proxy in front strips off before requests come here: `/shop`. It is put back into `Location`,
   * `Content-Location` and all links.
   *
   * @default ""
   */
  readonly publicPath?: string;
  /**
   * Whose `X-Forwarded-For` counts: the number of proxies in front of the app, or their addresses and networks. The client's
   * address is then the right-most one that none of them has; `identify` sees it, and it tells anonymous callers apart.
   *
   * @default none: the address is the socket's
   */
  readonly trustedProxies?: TrustedProxies;
  /** Content codings of request bodies that are decoded; all others get 415. @default [] */
  readonly decodeBodies?: readonly Decoding[];
  /** Caps on what one request may hold and cost. */
  readonly limits?: Partial<Limits>;
  /** How answers to requests with `Idempotency-Key` are kept. */
  readonly idempotency?: IdempotencyOptions<Native>;
  /** Is told of every decision; the same is published on the diagnostics channel `unclash:decision`. */
  readonly observe?: Observer;
}

/** The options, resolved once. */
export interface Settings<Native = unknown> {
  readonly store: Store;
  readonly collections: ReadonlyMap<string, Collection>;
  readonly identify: Identify<Native> | undefined;
  readonly vary: string | undefined;
  readonly authorize: Authorize;
  readonly conflictStatus: 409 | 412;
  readonly problemTypePrefix: string;
  readonly publicPath: string;
  readonly trust: Trust | undefined;
  readonly decodeBodies: readonly Decoding[];
  readonly limits: Limits;
  /** What all requests may hold of content at this moment. */
  readonly bodies: ByteBudget;
  readonly idempotency: KeyKeeping;
  readonly observe: Observer | undefined;
}

const rules: OptionRules<UnclashOptions> = {
  store: required(isStore),
  requireDurability: oneOf("none", "process", "fsync"),
  collections: required(anything),
  identify: isFunction,
  credentialHeaders: isHeaderNames,
  authorize: isFunction,
  conflictStatus: oneOf(409, 412),
  problemTypePrefix: isText,
  publicPath: isPublicPath,
  trustedProxies: isTrustedProxies,
  decodeBodies: listOf(oneOf("gzip", "deflate", "br"), "gzip, deflate and br"),
  limits: anything,
  idempotency: anything,
  observe: isFunction,
};

/** Resolves the options, and throws a `ConfigurationError` that names the first one that can't be. */
export function resolveOptions<Native>(options: UnclashOptions<Native>): Settings<Native> {
  checkOptions<UnclashOptions<Native>>("", options, rules);
  const { store } = options;
  checkDurability(store, options.requireDurability ?? "none");
  const limits = resolveLimits(options.limits);
  return Object.freeze({
    store,
    collections: resolveCollections(options.collections),
    identify: options.identify && checkedIdentify(options.identify),
    vary: resolveVary(options),
    authorize: options.authorize === undefined ? authorizeByDefault : checkedAuthorize(options.authorize),
    conflictStatus: options.conflictStatus ?? 409,
    problemTypePrefix: options.problemTypePrefix ?? problemTypePrefix,
    publicPath: resolvePublicPath(options.publicPath),
    trust: resolveTrust(options.trustedProxies),
    decodeBodies: options.decodeBodies ?? [],
    limits,
    bodies: new ByteBudget(limits.bodyBytesInFlightMax),
    idempotency: resolveKeeping(store, options.idempotency),
    observe: options.observe,
  });
}

/** What of a request tells who makes it, for `Vary`; nothing where nobody is told apart. */
export function resolveVary({
  identify,
  credentialHeaders = identify === undefined ? [] : ["authorization"],
}: {
  readonly identify?: unknown;
  readonly credentialHeaders?: readonly string[];
}): string | undefined {
  return credentialHeaders.length > 0 ? credentialHeaders.join(", ").toLowerCase() : undefined;
}

const durabilities: readonly Capabilities["durability"][] = ["none", "process", "fsync"];

function checkDurability({ capabilities: { durability } }: Store, required: Capabilities["durability"]): void {
  if (durabilities.indexOf(durability) < durabilities.indexOf(required)) {
    throw new ConfigurationError("requireDurability", `is ${required}, and the store's durability is ${durability}`);
  }
}

function resolveCollections(given: Readonly<Record<string, CollectionOptions>>): ReadonlyMap<string, Collection> {
  checkMembers("collections", given, anything);
  const names = new Set(Object.keys(given));
  if (names.size === 0) throw new ConfigurationError("collections", "must name at least one collection");
  return new Map(Object.entries(given).map(([name, options]) => [name, resolveCollection(name, options, names)]));
}
