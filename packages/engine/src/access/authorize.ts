import type { JsonObject } from "@unclash/core/json";
import { isPromise } from "@unclash/core/options";
import type { Key } from "@unclash/core/store";
import { wrongOutcome } from "../options/callback-result.js";
import { watchPending } from "../options/pending-callbacks.js";
import type { Actor } from "./actor.js";

/**
 * What someone wants to do to a resource. `rollback` makes a past state the current one again, also of what was
 * deleted; `redact` takes members out of a past state.
 */
export type Action = "read" | "create" | "change" | "delete" | "history" | "rollback" | "redact";

/**
 * `hide` is a refusal that does not show whether the resource exists: 404 where `deny` is 403, or 401 for anonymous
 * callers.
 */
export type Verdict = "allow" | "deny" | "hide";

/** What the engine knows of a resource as it asks. */
export interface KnownResource {
  /**
   * Its fields, a copy; `undefined` where there are none, or none that are known yet: a request is asked about before
   * anything is read. A function that looks at them and answers `allow` is asked again once they are read, so answer
   * what you would allow at most. Past states are never asked about again: there, an `allow` of a function that looked
   * at this counts as `deny`.
   */
  readonly current: JsonObject | undefined;
}

/**
 * Whether this actor (`undefined`: an anonymous one) may do this. `key` is a resource such as `articles/1`, or
 * `articles/*` where none is named yet. It runs for every request, and for every item of a list. Answer for `history`
 * before you look at `current`: a parameter `{ current }` looks at it on every call, so past states are closed to all.
 *
 * @example
 * (action, _key, actor, resource) => {
 *   if (action === "history") return "deny";
 *   const { current } = resource;
 *   if (current === undefined || current["owner"] === actor?.name) return "allow";
 *   if (action === "read") return current["isDraft"] === true ? "hide" : "allow";
 *   return "deny";
 * }
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

/**
 * The rules where the app sets none: everyone may read, create, change and delete resources, and read their histories;
 * admins alone may roll back and redact.
 */
export const authorizeByDefault: (action: Action, key: Key, actor: Actor | undefined) => Verdict = (
  action,
  _key,
  actor,
) => ((action === "rollback" || action === "redact") && actor?.role !== "admin" ? "deny" : "allow");
