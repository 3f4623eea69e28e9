import type { Key } from "@unclash/core/store";
import type { Actor } from "./actor.js";
import { AskedResource, type StateInQuestion } from "./asked-resource.js";
import type { Authorize } from "./authorize.js";
import { type Action, authorizeByDefault, type Claim, isOwners, noClaim, type Verdict } from "./default-permissions.js";

/** What the app says of an action. `unsure`: it would allow it, and looked at a state that is not known. */
export type Answer = Verdict | "unsure";

/** What is asked: whether this actor may do this. */
export interface Question {
  readonly action: Action;
  readonly key: Key;
  readonly actor: Actor | undefined;
  readonly state: StateInQuestion;
  /** @default nothing is the actor's own */
  readonly claim?: Claim;
}

/**
 * Asks for one action: the app, or the default permissions, and those alone about a transaction or subscription of
 * another's.
 */
export function askApp(
  authorize: Authorize,
  { action, key, actor, state, claim = noClaim }: Question,
): Answer | Promise<Answer> {
  const isDecided = authorize === authorizeByDefault || (!claim.isOwn && isOwners(action));
  if (isDecided) return authorizeByDefault(action, key, actor, claim);
  const resource = new AskedResource(state, claim);
  const answerOf = (verdict: Verdict): Answer => (verdict === "allow" && resource.isMissed ? "unsure" : verdict);
  const verdict = authorize(action, key, actor, resource);
  return typeof verdict === "string" ? answerOf(verdict) : verdict.then(answerOf);
}
