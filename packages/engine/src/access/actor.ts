import { CallbackError, errorsPage, UnclashError, UsageError } from "@unclash/core";
import { describeValue, isPromise } from "@unclash/core/options";
import { type Refused, refused } from "../http/refusal.js";
import { describeRequest, type RequestFacts } from "../http/request.js";
import { sentences } from "../http/sentences.js";
import { wrongOutcome } from "../options/callback-result.js";
import { isHeaderValue } from "../options/option-rules.js";
import { watchPending } from "../options/pending-callbacks.js";

/** Whoever makes a request, as the app knows them. */
export interface Actor {
  /** What others are told, and what tells actors apart: unique, and never an address. */
  readonly name: string;
  /** For the rules that hold where the app sets no `authorize`. @default "client" */
  readonly role?: "client" | "admin";
}

/**
 * Wrong credentials, on their way out of `identify`: the client gets 401 with the challenge. `refuseCredentials` throws
 * it, so that whoever forgets to return it has let nobody in.
 */
export class RefusedCredentials extends UnclashError {
  readonly code = "ERR_UNCLASH_CREDENTIALS";
  override readonly name = "RefusedCredentials";
  /** The value of `WWW-Authenticate` (RFC 9110 §11.6.1). */
  readonly challenge: string;

  constructor(challenge: string) {
    super(
      "Only identify() can refuse credentials: " +
        `what refuseCredentials() throws must get out of it (${credentialsPage})`,
    );
    this.challenge = challenge;
  }
}

const credentialsPage = `${errorsPage}#err_unclash_credentials`;

/**
 * Who makes this request: an actor, or nothing for an anonymous one; for wrong credentials it calls
 * `refuseCredentials()`. It is called once for each request, before anything else is looked at. All else that it throws
 * reaches the framework's error handler.
 */
export type Identify<Native> = (request: RequestFacts<Native>) => Identity | Promise<Identity>;

export type Identity = Actor | null | undefined;

/** The challenge where the app names none. */
export const defaultChallenge = "Bearer";

/**
 * Ends `identify` for credentials that are wrong: the client gets 401 with this challenge, the value of
 * `WWW-Authenticate`. Let what it throws out of `identify`: a `catch` around it that returns `undefined` lets the
 * caller in as anonymous. That is a `CallbackError` where `identify` called this before it first awaited something.
 *
 * @throws RefusedCredentials always
 * @throws UsageError where the challenge can't be a header's value
 * @example
 * identify: ({ headers }) =>
 *   accounts.get(headers.authorization) ?? refuseCredentials('Bearer error="invalid_token"')
 */
export function refuseCredentials(challenge: string = defaultChallenge): never {
  if (isHeaderValue(challenge) !== undefined) {
    throw new UsageError(
      "refuseCredentials",
      `takes the value of a header, such as "Bearer", and was given ${describeValue(challenge)}`,
    );
  }
  refusals += 1;
  throw new RefusedCredentials(challenge);
}

/** How often credentials were refused in this process. */
let refusals = 0;

/** Longer names are some other value by mistake: a token, a whole record as JSON. */
const nameLengthMax = 1_024;

/**
 * Holds what `identify` gives against what it may give: what is no name would put all callers into one scope, and a
 * refusal that got lost would let its caller in.
 *
 * @throws CallbackError, from what it makes
 */
export function checkedIdentify<Native>(identify: Identify<Native>): Identify<Native> {
  return (request) => {
    const refusalsBefore = refusals;
    const identity: unknown = identify(request);
    // Nothing else has run since: it was this call that refused.
    const hasRefused = refusals !== refusalsBefore;
    const checked = (given: unknown): Identity => {
      const known = asIdentity(given);
      if (known === undefined && hasRefused) throw new CallbackError("identify", refusalLost);
      return known;
    };
    if (!isPromise(identity)) return checked(identity);
    return watchPending("identify", identity, () => describeRequest(request)).then(checked);
  };
}

const refusalLost =
  "called refuseCredentials() and gave nothing, which lets the caller in as anonymous: a `catch` must let pass what " +
  "refuseCredentials() throws";

const allowed = 'an actor such as { name: "alice" }, or nothing for an anonymous caller';

function asIdentity(given: unknown): Identity {
  return asActor(given, "identify", allowed);
}

/**
 * Holds what a function of the app's gives against what an actor may be.
 *
 * @param callback the function, as a path of options: `notifications.actorOf`
 * @param expected what it may give, for the error's text
 * @throws CallbackError where it is neither an actor nor nothing
 */
export function asActor(given: unknown, callback: string, expected: string): Actor | undefined {
  if (given === undefined || given === null) return undefined;
  if (isActor(given)) return given;
  throw wrongOutcome(callback, `${expected}: ${faultOf(given)}`, given);
}

function isActor(given: unknown): given is Actor {
  // An error has a name too: what was caught, and given in place of an actor.
  if (typeof given !== "object" || given === null || !("name" in given) || given instanceof Error) return false;
  const role = "role" in given ? given.role : undefined;
  return isName(given.name) && (role === undefined || role === "client" || role === "admin");
}

function isName(name: unknown): name is string {
  return typeof name === "string" && name.trim() !== "" && name.length <= nameLengthMax;
}

function faultOf(given: unknown): string {
  if (typeof given !== "object" || given === null) return "the name is a member of an object";
  if (given instanceof Error) return "an error must be thrown, not returned";
  const name: unknown = "name" in given ? given.name : undefined;
  if (!isName(name))
    return (
      `its \`name\` must be a non-empty string of at most ${nameLengthMax} characters, and is ` +
      `${describeValue(name)}`
    );
  return 'its `role` must be "client" or "admin", if there is one';
}

/** Who makes a request, where it has not come with wrong credentials. */
export type Caller = { readonly kind: "known"; readonly actor: Actor | undefined } | Refused;

/** The sender of a request, or 401: the one answer that comes before it is known what is asked for. */
export async function identifyCaller<Native>(
  identify: Identify<Native> | undefined,
  request: RequestFacts<Native>,
): Promise<Caller> {
  try {
    const identity = identify === undefined ? undefined : await identify(request);
    return { kind: "known", actor: identity ?? undefined };
  } catch (thrown) {
    if (!isRefusal(thrown)) throw thrown;
    const headers = { "www-authenticate": thrown.challenge };
    return refused("unauthenticated", sentences.wrongCredentials, { headers });
  }
}

/** What `refuseCredentials` has thrown, also that of another copy of this package. */
function isRefusal(thrown: unknown): thrown is RefusedCredentials {
  return (
    thrown instanceof Error &&
    "code" in thrown &&
    thrown.code === "ERR_UNCLASH_CREDENTIALS" &&
    "challenge" in thrown &&
    isHeaderValue(thrown.challenge) === undefined
  );
}

/** An actor's name as a store keeps it, and others see it: what no store could keep of a name is replaced in it. */
export function recordedName(actor: Actor | undefined): string | null {
  return actor === undefined ? null : actor.name.toWellFormed().replaceAll("\u0000", "\ufffd");
}
