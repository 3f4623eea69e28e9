import type { Key } from "@unclash/core/store";
import { type Actor, recordedName } from "../access/actor.js";
import { type Answer, askApp } from "../access/ask-app.js";
import type { ReadFields } from "../access/asked-resource.js";
import type { Authorize } from "../access/authorize.js";
import { type Action, authorizeByDefault, type Claim, noClaim } from "../access/default-permissions.js";
import { dataIn, type RecordedEvent } from "./event.js";

/**
 * What someone is told of an event: nothing; the event, without what names the resource's state; or all of it. No
 * member shows what a GET by the same caller would not.
 */
export type Disclosure = "nothing" | "event" | "state";

/** Who decides on what is told, and by what. */
export interface AudienceSettings {
  readonly authorize: Authorize;
  /** Reads the fields of the event's resource as they are now: an app may look at them. */
  readonly readFields: (key: Key) => Promise<ReadFields>;
}

/**
 * What an actor is told of an event, as permissions are at this moment. It answers without a promise where the app
 * does.
 */
export function disclosureOf(
  settings: AudienceSettings,
  event: RecordedEvent,
  actor: Actor | undefined,
): Disclosure | Promise<Disclosure> {
  const { type, key } = event;
  switch (type.slice(0, type.indexOf("."))) {
    case "conflict":
      return disclosureOfConflict(settings, event, actor);
    case "resource":
    case "lock":
      return after(isAllowed(settings, "read", key, actor), (mayRead) => (mayRead ? "state" : "nothing"));
    case "transaction":
      return isBy(event, actor) ? "state" : "nothing";
    // A limit, and whatever a later release tells of.
    default:
      return actor?.role === "admin" ? "state" : "nothing";
  }
}

/** Whether clients with the same permissions may be told different things of an event: it depends on whose it is. */
export function isPersonal(type: string): boolean {
  return !type.startsWith("resource.") && !type.startsWith("lock.");
}

/**
 * Whether a GET of the event's resource would find no such collection: another engine over the same store has it, and
 * what that allows is not known here.
 */
export function isOfOtherEngine({ type, key }: RecordedEvent, collections: ReadonlyMap<string, unknown>): boolean {
  return type.startsWith("resource.") && !collections.has(key.slice(0, key.indexOf("/")));
}

/** A conflict is for those who may read conflicts; which states it is about, for those who may read the resource. */
function disclosureOfConflict(
  settings: AudienceSettings,
  event: RecordedEvent,
  actor: Actor | undefined,
): Disclosure | Promise<Disclosure> {
  const claim = { isOwn: isBy(event, actor), isOneOfSeveral: false };
  return after(isAllowed(settings, "read-conflict", event.key, actor, claim), (mayReadConflict) => {
    if (!mayReadConflict) return "nothing";
    return after(isAllowed(settings, "read", event.key, actor), (mayRead) => (mayRead ? "state" : "event"));
  });
}

function isBy({ data }: RecordedEvent, actor: Actor | undefined): boolean {
  return actor !== undefined && dataIn(data)["by"] === recordedName(actor);
}

function isAllowed(
  { authorize, readFields }: AudienceSettings,
  action: Action,
  key: Key,
  actor: Actor | undefined,
  claim: Claim = noClaim,
): boolean | Promise<boolean> {
  // Most apps have these; to ask them costs a tenth of what it costs to ask an app.
  if (authorize === authorizeByDefault) return authorizeByDefault(action, key, actor, claim) === "allow";
  const question = { action, key, actor, claim };
  const isYes = (answer: Answer): boolean => answer === "allow";
  return after(askApp(authorize, { ...question, state: "later" }), (answer) => {
    if (answer !== "unsure") return isYes(answer);
    return readFields(key).then((state) => after(askApp(authorize, { ...question, state }), isYes));
  });
}

/** Goes on with a value at once, or when it is there. */
function after<Value, Result>(
  value: Value | Promise<Value>,
  goOn: (value: Value) => Result | Promise<Result>,
): Result | Promise<Result> {
  return value instanceof Promise ? value.then(goOn) : goOn(value);
}
