import { ConfigurationError } from "@unclash/core";
import { isPromise } from "@unclash/core/options";
import type { Moment, Store } from "@unclash/core/store";
import { type Actor, asActor } from "../../access/actor.js";
import type { ReadFields } from "../../access/asked-resource.js";
import type { Authorize } from "../../access/authorize.js";
import type { Pace } from "../../commits/pace.js";
import { watchPending } from "../../options/pending-callbacks.js";
import { repeatedWarning } from "../../options/warnings.js";
import { type CollectionSettings, collectionOf } from "../../resources/collection-exchange.js";
import { fieldsIn } from "../../states/representation.js";
import { type Disclosure, disclosureOf, isOfOtherEngine } from "../audience.js";
import type { Delivery } from "../delivery.js";
import { cloudEvent, type RecordedEvent } from "../event.js";
import type { NotificationOptions } from "../options.js";
import { type Callback, ownEventPrefix, type Subscription } from "../subscription.js";
import type { AttemptResult } from "./attempt-outcome.js";
import type { CallbackSender } from "./send-callback.js";
import { signedHeaders } from "./sign-callback.js";

/** What attempts are made with. */
export interface AttemptSettings extends Pick<CollectionSettings, "collections" | "versioned"> {
  readonly store: Store;
  readonly authorize: Authorize;
  readonly actorOf: NotificationOptions["actorOf"] | undefined;
  readonly attemptMsMax: number;
  readonly pace: Pace;
}

/** One attempt to deliver an event. */
export interface Attempt {
  readonly delivery: Delivery;
  readonly subscription: Subscription & { readonly callback: Callback };
  /** The store's time, once it is sent. */
  readonly now: () => Moment;
  /** Whether it may still be sent, now that it is known who may be told. */
  readonly mayBeSent: () => boolean;
  readonly signal: AbortSignal;
}

/**
 * Makes an attempt: whether the event may be told is asked now, and its body is built now.
 *
 * @returns `undefined` where it was broken off, so that nobody knows what became of it
 */
export async function makeAttempt(
  settings: AttemptSettings,
  sender: Pick<CallbackSender, "send">,
  attempt: Attempt,
): Promise<AttemptResult | undefined> {
  const { delivery, subscription, signal } = attempt;
  const startedMs = settings.pace.nowMs();
  const disclosure = await within(settings, signal, () => disclosureNow(settings, subscription, delivery.event));
  if (signal.aborted) return undefined;
  if (disclosure === undefined) return { kind: "unchecked", durationMs: Math.round(settings.pace.nowMs() - startedMs) };
  if (disclosure === "nothing") return { kind: "dropped" };
  if (!attempt.mayBeSent()) return undefined;
  const { id } = delivery.event;
  const { callback } = subscription;
  const body = bodyOf(settings, subscription, delivery.event, disclosure);
  const headers = headersOf(id, callback, body, attempt.now());
  const outcome = await sender.send({ url: new URL(callback.url), headers, body, signal });
  if (signal.aborted || (outcome.kind === "failed" && outcome.reason === "aborted")) return undefined;
  return outcome;
}

/** What the app says, as long as it does so in time; `undefined` where it failed. */
async function within(
  { pace, attemptMsMax }: AttemptSettings,
  signal: AbortSignal,
  ask: () => Promise<Disclosure>,
): Promise<Disclosure | undefined> {
  const asked = new AbortController();
  const end = (): void => asked.abort();
  signal.addEventListener("abort", end, { once: true });
  try {
    const disclosure = await Promise.race([ask(), pace.pause(attemptMsMax, asked.signal).then(() => undefined)]);
    if (disclosure === undefined && !signal.aborted) {
      warnOfUnchecked(`neither answered within ${attemptMsMax} ms (notifications.limits.attemptMsMax)`);
    }
    return disclosure;
  } catch (thrown) {
    warnOfUnchecked(thrown);
    return undefined;
  } finally {
    signal.removeEventListener("abort", end);
    asked.abort();
  }
}

const warnOfUnchecked = repeatedWarning(
  "UNCLASH_DELIVERY_NOT_CHECKED",
  (error) =>
    "Whether an event may be delivered could not be found out by `authorize` and `notifications.actorOf`. The " +
    `delivery is tried again later: ${String(error)}`,
);

async function disclosureNow(
  settings: AttemptSettings,
  { actor: recorded }: Subscription,
  event: RecordedEvent,
): Promise<Disclosure> {
  const { authorize, actorOf, collections } = settings;
  const actor =
    recorded === null ? undefined : actorOf === undefined ? recorded : await currentActor(actorOf, recorded);
  // Nobody has the name any more.
  if (recorded !== null && actor === undefined) return "nothing";
  if (event.type.startsWith(ownEventPrefix)) return "state";
  // Dropped, it would be lost to a subscriber of the engine that has the collection.
  if (isOfOtherEngine(event, collections)) throw new ConfigurationError("collections", collectionMissing(event.key));
  return disclosureOf({ authorize, readFields: (key) => fieldsNow(settings, key) }, event, actor);
}

function collectionMissing(key: string): string {
  return `has nothing of the name in "${key}", which another engine over the same store has: give both the same`;
}

async function currentActor(
  actorOf: NonNullable<AttemptSettings["actorOf"]>,
  { name }: Actor,
): Promise<Actor | undefined> {
  const given: unknown = actorOf(name);
  const actor: unknown = isPromise(given)
    ? await watchPending("notifications.actorOf", given, () => "a delivery to a callback")
    : given;
  return asActor(actor, "notifications.actorOf", 'an actor such as { name: "alice" }, or nothing');
}

/** The fields of an event's resource as they are now. */
async function fieldsNow({ store, collections }: AttemptSettings, key: string): Promise<ReadFields> {
  const collection = collections.get(key.slice(0, key.indexOf("/")));
  if (collection === undefined) return () => undefined;
  const [record] = (await store.read([key])).records;
  return fieldsIn(collection, record?.deleted ? undefined : record);
}

function bodyOf(
  settings: AttemptSettings,
  { source, apiVersion }: Subscription,
  event: RecordedEvent,
  disclosure: Exclude<Disclosure, "nothing">,
): string {
  const version = apiVersion === undefined ? undefined : { number: apiVersion };
  const collection = collectionOf({ settings, apiVersion: version }, event.key);
  return JSON.stringify(cloudEvent(event, { source, collection, showsState: disclosure === "state" }));
}

function headersOf(id: string, { secrets }: Callback, body: string, at: Moment): Readonly<Record<string, string>> {
  const current = secrets.filter(({ until }) => until === undefined || until > at).map(({ secret }) => secret);
  return {
    "content-type": "application/cloudevents+json; charset=utf-8",
    ...signedHeaders({ id, at, body, secrets: current }),
  };
}
