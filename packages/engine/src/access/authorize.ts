import type { JsonObject } from "@unclash/core/json";
import { isPromise } from "@unclash/core/options";
import type { Key } from "@unclash/core/store";
import { wrongOutcome } from "../options/callback-result.js";
import { watchPending } from "../options/pending-callbacks.js";
import type { Actor } from "./actor.js";
import type { Action, Claim, Verdict } from "./default-permissions.js";

/** What the engine knows as it asks, of the resource and of whose it is. */
export interface KnownResource extends Claim {
  /**
   * Its fields, a copy; `undefined` where there are none, or none that are known yet: a request is asked about before
   * anything is read. A function that looks at them and answers `allow` is asked again once they are read, so answer
   * what you would allow at most. Past states are never asked about again: there, an `allow` of a function that looked
   * at this counts as `deny`.
   */
  readonly current: JsonObject | undefined;
}

/**
 * Whether this actor (`undefined`: an anonymous one) may do this. `key` is a resource such as `articles/1`;
 * `articles/*` where none is named yet, or all of them are meant; `transactions/*` for a transaction. It runs for every
 * request, and for every item of a list.
 *
 * Name the actions that you answer for, and leave the rest to `authorizeByDefault`, or deny it: new features bring new
 * actions. Answer for `history` before you look at `current`: a parameter `{ current }` looks at it on every call, so
 * past states are closed to all.
 *
 * Whose something is, unclash decides: a lock is that of who has its token, a transaction or subscription that of who
 * made it. What is another's of these never reaches the app, but for `break-lock`. `isOwn` says whose a conflict is.
 *
 * @example
 * (action, key, actor, resource) => {
 *   switch (action) {
 *     case "history":
 *       return "deny";
 *     case "read":
 *       return resource.current?.["isDraft"] !== true || isOwner(resource, actor) ? "allow" : "hide";
 *     case "change":
 *     case "delete":
 *       return isOwner(resource, actor) ? "allow" : "deny";
 *     default:
 *       return authorizeByDefault(action, key, actor, resource);
 *   }
 * }
 * const isOwner = ({ current }, actor) => current === undefined || current["owner"] === actor?.name;
 */
export type Authorize = (
  action: Action,
  key: Key,
  actor: Actor | undefined,
  resource: KnownResource,
) => Verdict | Promise<Verdict>;

/**
 * Holds what `authorize` gives against what it may give: a `true` or a forgotten `return` must not let anyone in, or
 * shut everyone out.
 *
 * @throws CallbackError, from what it makes
 */
export function checkedAuthorize(authorize: Authorize): Authorize {
  return (action, key, actor, resource) => {
    const verdict: unknown = authorize(action, key, actor, resource);
    if (!isPromise(verdict)) return asVerdict(verdict);
    const waiting = (): string => `the permission to ${action} ${JSON.stringify(key)}`;
    return watchPending("authorize", verdict, waiting).then(asVerdict);
  };
}

function asVerdict(given: unknown): Verdict {
  if (given === "allow" || given === "deny" || given === "hide") return given;
  throw wrongOutcome("authorize", '"allow", "deny" or "hide"', given);
}
