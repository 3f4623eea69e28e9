import type { Key } from "@unclash/core";
import type { Actor } from "./actor.js";

/** What someone wants to do to a resource. */
export type Action = "read" | "create" | "change" | "delete" | "history";

/** `hide` is a refusal that does not show whether the resource exists: 404 where `deny` is 403, or 401 to who is anonymous. */
export type Verdict = "allow" | "deny" | "hide";

/**
 * Whether this actor (`undefined`: an anonymous one) may do this. `key` is a resource such as `articles/1`, or
 * `articles/*` where none is named yet. It runs for every request, and for every item of a list.
 */
export type Authorize = (action: Action, key: Key, actor: Actor | undefined) => Verdict | Promise<Verdict>;

/** The rules where the app sets none: everyone may read, create, change and delete resources. */
export const authorizeByDefault: Authorize = () => "allow";
