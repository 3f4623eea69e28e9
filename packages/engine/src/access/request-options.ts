import { problemTypePrefix } from "@unclash/core";
import { anything, isFunction, isText, type OptionRules, oneOf } from "@unclash/core/options";
import type { RequestFacts } from "../http/request.js";
import { type RequestLimits, resolveRequestLimits } from "../http/request-limits.js";
import { isHeaderNames, isPublicPath, resolvePublicPath } from "../options/option-rules.js";
import { checkedIdentify, type Identity } from "./actor.js";
import { isTrustedProxies, resolveTrust, type Trust, type TrustedProxies } from "./client-address.js";
import type { ExchangeSettings } from "./exchange.js";
import type { RequestDecision } from "./request-decision.js";

/** What collections and guards are both told of the requests that come to them. */
export interface RequestOptions<Native> {
  /**
   * Who makes a request. It tells callers apart, for permissions and for idempotency keys. @default everyone is
   * anonymous
   */
  identify?(request: RequestFacts<Native>): Identity | Promise<Identity>;
  /** The request headers that `identify` looks at, for `Vary`. @default ["authorization"] with `identify`, else none */
  readonly credentialHeaders?: readonly string[];
  /**
   * The status of a refused `If-Match`, `If-None-Match` or `If-Unmodified-Since` on a write; 412 is RFC
   * 9110's. @default 409
   */
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
   * Whose `X-Forwarded-For` counts: the number of proxies in front of the app, or their addresses and networks. The
   * client's address is then the right-most one that none of them has; `identify` sees it, and it tells anonymous
   * callers apart.
   *
   * @default none: the address is the socket's
   */
  readonly trustedProxies?: TrustedProxies;
  /** Caps on what one request may hold and cost. */
  readonly requestLimits?: Partial<RequestLimits>;
  /**
   * Is called with every decision, before the answer is sent; the same value is published on the diagnostics channel
   * `unclash:decision`. What it throws is a warning of the process, and clients get the answer as decided.
   */
  observe?(decision: RequestDecision<Native>): void;
}

/** The same, resolved once. */
export interface RequestSettings<Native> extends ExchangeSettings {
  readonly identify: RequestOptions<Native>["identify"] | undefined;
  readonly trust: Trust | undefined;
}

export const requestRules: OptionRules<RequestOptions<unknown>> = {
  identify: isFunction,
  credentialHeaders: isHeaderNames,
  conflictStatus: oneOf(409, 412),
  problemTypePrefix: isText,
  publicPath: isPublicPath,
  trustedProxies: isTrustedProxies,
  requestLimits: anything,
  observe: isFunction,
};

/** @throws ConfigurationError that names a limit which can't be */
export function resolveRequestOptions<Native>(options: RequestOptions<Native>): RequestSettings<Native> {
  const { identify, observe, credentialHeaders = identify === undefined ? [] : ["authorization"] } = options;
  return {
    identify: identify && checkedIdentify(identify),
    vary: credentialHeaders.join(", ").toLowerCase() || undefined,
    conflictStatus: options.conflictStatus ?? 409,
    problemTypePrefix: options.problemTypePrefix ?? problemTypePrefix,
    publicPath: resolvePublicPath(options.publicPath),
    trust: resolveTrust(options.trustedProxies),
    requestLimits: resolveRequestLimits(options.requestLimits),
    observe,
  };
}
