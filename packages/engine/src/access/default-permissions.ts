import type { Key } from "@unclash/core/store";
import type { Actor } from "./actor.js";

/**
 * What someone wants to do, to the resource that the key names.
 *
 * - `read`, `create`, `change`, `delete`: a resource. `history`: its past states, and what differs between them.
 * - `lock`: a lock of one's own, from its request to its release. `break-lock`: to end another's.
 * - `transaction`: one of one's own, from its beginning to its end; what is done in it is asked about as well.
 * - `rollback`: to make a past state the current one again. `redact`: to take members out of a past state.
 * - `subscribe`: a subscription of one's own, from its request to its end; each event is asked about as `read`.
 * - `read-conflict`, `resolve`: a conflict that was recorded.
 */
export type Action =
  | "read"
  | "create"
  | "change"
  | "delete"
  | "history"
  | "lock"
  | "break-lock"
  | "transaction"
  | "rollback"
  | "redact"
  | "subscribe"
  | "read-conflict"
  | "resolve";

/**
 * `hide` is a refusal that does not show whether the resource exists: 404 where `deny` is 403, or 401 for anonymous
 * callers.
 */
export type Verdict = "allow" | "deny" | "hide";

/** Whose it is that an action is about, and whether it is about more besides. */
export interface Claim {
  /**
   * Whether it is the caller's own: a lock whose token the request has, a transaction that it began, a subscription
   * that it made, a conflict that a write of its made; also as it begins or makes one. `false` where it is another's,
   * and for resources: who owns one is the app's to know.
   */
  readonly isOwn: boolean;
  /** Whether a lock is wanted on several resources at once: each of them is asked about. */
  readonly isOneOfSeveral: boolean;
}

/** What a claim on a resource is, or on something of another's. */
export const noClaim: Claim = Object.freeze({ isOwn: false, isOneOfSeveral: false });

/** The claim on something of one's own. */
export const ownClaim: Claim = Object.freeze({ isOwn: true, isOneOfSeveral: false });

/** The verdicts for the three kinds of callers. */
type Row = readonly [anonymous: Verdict, client: Verdict, admin: Verdict];

const everyone: Row = ["allow", "allow", "allow"];
const known: Row = ["deny", "allow", "allow"];
const admins: Row = ["deny", "deny", "allow"];

/** What is one's own, and what is another's, or no matter whose. */
interface Rule {
  readonly own: Row;
  readonly others: Row;
}

const forAll = (row: Row): Rule => ({ own: row, others: row });
const ofConflicts: Rule = { own: known, others: ["deny", "hide", "allow"] };

const rules: Readonly<Record<Action, Rule>> = {
  read: forAll(everyone),
  create: forAll(everyone),
  change: forAll(everyone),
  delete: forAll(everyone),
  history: forAll(everyone),
  lock: forAll(everyone),
  "break-lock": forAll(admins),
  transaction: { own: everyone, others: ["hide", "hide", "hide"] },
  rollback: forAll(admins),
  redact: forAll(admins),
  subscribe: { own: known, others: ["deny", "hide", "hide"] },
  "read-conflict": ofConflicts,
  resolve: ofConflicts,
};

/** A lock on all of a collection, or on several resources, keeps more from others than one client may on its own. */
const lockOnSeveral: Row = known;

/**
 * The permissions where the app sets none; its own `authorize` may end in them. Everyone may read, create, change and
 * delete resources, read histories, lock a resource, and use transactions. For a lock on several resources, for
 * subscriptions, and for the conflicts of one's own writes, a caller must be known. To end another's lock, to roll
 * back, to redact, and for all conflicts, its role must be `admin`.
 *
 * @param claim what `authorize` is given as its last argument; without it, nothing is the caller's own
 * @example
 * authorize: (action, key, actor, resource) =>
 *   action === "redact" ? "deny" : authorizeByDefault(action, key, actor, resource)
 */
export function authorizeByDefault(
  action: Action,
  key: Key,
  actor: Actor | undefined,
  claim: Claim = noClaim,
): Verdict {
  const row = rowOf(action, key, claim);
  return row[actor === undefined ? 0 : actor.role === "admin" ? 2 : 1];
}

function rowOf(action: Action, key: Key, { isOwn, isOneOfSeveral }: Claim): Row {
  if (action === "lock" && (isOneOfSeveral || key.endsWith("/*"))) return lockOnSeveral;
  return isOwn ? rules[action].own : rules[action].others;
}

/** Whether only its owner may ever do this to it, whatever the app says. */
export function isOwners(action: Action): boolean {
  return action === "transaction" || action === "subscribe";
}

/** Whether another's of its kind must not be known to exist: what is denied of it is hidden. */
export function isConcealed(action: Action, { isOwn }: Claim): boolean {
  return !isOwn && (action === "read-conflict" || action === "resolve" || isOwners(action));
}
