import { describeValue, isPromise } from "@unclash/core/options";
import { type Refused, refused } from "../http/refusal.js";
import type { RequestFacts } from "../http/request.js";
import { wrongOutcome } from "../options/callback-result.js";
import { isHeaderValue } from "../options/option-rules.js";

/** Whoever makes a request, as the app knows them. */
export interface Actor {
  /** What others are told, and what tells actors apart: unique, and never an address. */
  readonly name: string;
  /** For the rules that hold where the app sets no `authorize`. @default "client" */
  readonly role?: "client" | "admin";
}

/** The app's answer to wrong credentials; see `refuse`. */
export interface RefusedCredentials {
  readonly kind: "refused";
  /** The value of `WWW-Authenticate` (RFC 9110 §11.6.1). */
  readonly challenge: string;
}

/**
 * Who makes this request: an actor, nothing for an anonymous one, or `refuse()` for wrong credentials. It is called
 * once for each request, before anything else is looked at. What it throws reaches the framework's error handler.
 */
export type Identify<Native> = (request: RequestFacts<Native>) => Identity | Promise<Identity>;

export type Identity = Actor | RefusedCredentials | null | undefined;

/** The challenge where the app names none. */
export const defaultChallenge = "Bearer";

/** What `identify` returns for credentials that are wrong: the client gets 401 with this challenge. */
export function refuse(challenge: string = defaultChallenge): RefusedCredentials {
  return { kind: "refused", challenge };
}

/** Longer names are some other value by mistake: a token, a whole record as JSON. */
const nameLengthMax = 1_024;

/**
 * Holds what `identify` gives against what it may give: what is no name would put all callers into one scope.
 *
 * @throws CallbackError, from what it makes
 */
export function checkedIdentify<Native>(identify: Identify<Native>): Identify<Native> {
  return (request) => {
    const identity: unknown = identify(request);
    return isPromise(identity) ? Promise.resolve(identity).then(asIdentity) : asIdentity(identity);
  };
}

const allowed = 'an actor such as { name: "alice" }, refuse(), or nothing for an anonymous caller';

function asIdentity(given: unknown): Identity {
  if (given === undefined || given === null) return undefined;
  if (isRefusalLike(given) || isActor(given)) return given;
  throw wrongOutcome("identify", `${allowed}: ${faultOf(given)}`, given);
}

function isActor(given: unknown): given is Actor {
  if (typeof given !== "object" || given === null || !("name" in given)) return false;
  const role = "role" in given ? given.role : undefined;
  return isName(given.name) && (role === undefined || role === "client" || role === "admin");
}

function isName(name: unknown): name is string {
  return typeof name === "string" && name.trim() !== "" && name.length <= nameLengthMax;
}

function isRefusalLike(given: unknown): given is RefusedCredentials {
  if (typeof given !== "object" || given === null || !("kind" in given) || given.kind !== "refused") return false;
  return "challenge" in given && isHeaderValue(given.challenge) === undefined;
}

function faultOf(given: unknown): string {
  if (typeof given !== "object" || given === null) return "the name is a member of an object";
  if ("kind" in given && given.kind === "refused") return "a challenge must be the value of a header";
  const name: unknown = "name" in given ? given.name : undefined;
  if (!isName(name))
    return (
      `its \`name\` must be a non-empty string of at most ${nameLengthMax} characters, and is ` +
      `${describeValue(name)}`
    );
  return 'its `role` must be "client" or "admin", if there is one';
}

/** The sender of a request, or 401: the one answer that comes before it is known what is asked for. */
export async function identifyCaller<Native>(
  identify: Identify<Native> | undefined,
  request: RequestFacts<Native>,
): Promise<{ readonly kind: "known"; readonly actor: Actor | undefined } | Refused> {
  const identity = identify === undefined ? undefined : await identify(request);
  if (!isRefusal(identity)) return { kind: "known", actor: identity ?? undefined };
  const headers = { "www-authenticate": identity.challenge };
  return refused("unauthenticated", "The credentials are wrong.", { headers });
}

function isRefusal(identity: Identity): identity is RefusedCredentials {
  return typeof identity === "object" && identity !== null && "kind" in identity && identity.kind === "refused";
}

/** An actor's name as a store keeps it, and others see it: what no store could keep of a name is replaced in it. */
export function recordedName(actor: Actor | undefined): string | null {
  return actor === undefined ? null : actor.name.toWellFormed().replaceAll("\u0000", "\ufffd");
}
