import type { ResponsePlan } from "@unclash/core";
import type { Expectation, IndexValue, Key, Moment, StoredRecord, Text, Version, Write } from "@unclash/core/store";
import type { ReadFields } from "../access/asked-resource.js";
import type { ResourceExchange, ResourceSettings } from "../access/resource-exchange.js";
import { indexValueOf } from "../commits/index-value.js";
import type { SnapshotByKey } from "../commits/snapshot.js";
import { notFound, type Refused } from "../http/refusal.js";
import { refusedResponse, withoutContent, withoutHeaders, withoutState } from "../http/responses.js";
import { copiesIndex } from "./copies.js";
import { withoutStateMembers } from "./hidden-state.js";
import type { KeyKeeping } from "./keeping.js";
import type { CountedCaller } from "./quota.js";
import { isKept, type KeptAnswer, recordText } from "./record.js";
import { findRecord, type RecordKeys, recordKeys } from "./record-keys.js";
import { evaluateKey, keyRefusal, quotaRefusal, type ReplayedAnswer, replayedAnswer, withLength } from "./replay.js";
import { identifyKeyed, type KeyedContent } from "./scope.js";

/** A request for collections that keep answers. */
export type KeyedExchange = ResourceExchange<ResourceSettings & { readonly idempotency: KeyKeeping }>;

/** What a write with `Idempotency-Key` is known by. */
export interface KeyedWrite {
  /** Where the record is that holds its answer. */
  readonly record: RecordKeys;
  readonly fingerprint: string;
  /** Whose key it is. */
  readonly who: CountedCaller;
}

/** Works out what a write is known by. */
export function keyedWrite(exchange: KeyedExchange, key: string, content: KeyedContent): KeyedWrite {
  const options = exchange.settings.idempotency;
  const { caller, scoped, fingerprint } = identifyKeyed(exchange, { keeper: "collection", key }, options, content);
  return { record: recordKeys(scoped), fingerprint, who: { caller, isAnonymous: exchange.actor === undefined } };
}

/** Where the answer to a write is kept, and what must still be true of that place. */
export interface KeySlot extends Pick<KeyedWrite, "fingerprint" | "who"> {
  readonly key: Key;
  readonly expect: Expectation;
}

/**
 * The first answer once more, or the refusal of a key; or that the write may go on, and where its answer is kept, if it
 * is.
 */
export type KeyStep =
  | { readonly kind: "go"; readonly slot: KeySlot | undefined }
  | { readonly kind: "replay"; readonly response: ResponsePlan }
  | Refused;

/** How the states are shown that kept answers name. */
export interface ShowingStates {
  /** Whether the entity-tag of a state tells of its content. */
  readonly tagTells: boolean;
  /** The fields of the current state of a resource, for the app. */
  readonly fields: (current: StoredRecord) => ReadFields;
  /** The entity-tag of a state: another one than the answer had, where that was redacted. */
  readonly etag: (state: StoredRecord) => string;
  /** The text of a state, in the caller's API version. */
  readonly text: (state: StoredRecord) => Text;
}

/** Of a request whose answers show no state, none is shown again. */
export const showingNothing: ShowingStates = {
  tagTells: true,
  fields: () => () => undefined,
  etag: () => "",
  text: () => "{}",
};

/** A write that may have been answered before. */
export interface KeyedAttempt {
  readonly keyed: KeyedWrite | undefined;
  readonly dryRun: boolean;
  readonly show: ShowingStates;
  /** The answer shows a past state: it is also asked whether its caller may read the history. @default false */
  readonly showsPast?: boolean;
}

/**
 * Looks whether a write has been answered before. What is only tried out finds an answer, and leaves none.
 *
 * @throws StoreError where the record of the key can't be read
 */
export async function checkKey(
  exchange: KeyedExchange,
  { keyed, dryRun, ...shownAs }: KeyedAttempt,
  snapshot: SnapshotByKey,
): Promise<KeyStep> {
  if (keyed === undefined) return { kind: "go", slot: undefined };
  const { idempotency } = exchange.settings;
  const { now } = snapshot;
  idempotency.housekeeping.due(now);
  const { record } = keyed;
  const { key, found } = findRecord(record, snapshot.record(record.key), snapshot.record(record.former));
  const verdict = evaluateKey(found, now, keyed.fingerprint);
  switch (verdict.kind) {
    case "unused": {
      if (dryRun) return { kind: "go", slot: undefined };
      const waitSeconds = idempotency.quota.retryAfterSeconds(keyed.who, idempotency, now);
      return waitSeconds === undefined
        ? { kind: "go", slot: { ...keyed, key, expect: verdict.expect } }
        : quotaRefusal(waitSeconds);
    }
    case "answered":
      return { kind: "replay", response: await shownAgain(exchange, verdict.answer, snapshot, shownAs) };
    default:
      return keyRefusal(verdict);
  }
}

/** What an answer shows: a resource, and the version of it that is the content of a success. */
export interface ShownState {
  readonly key: Key;
  readonly version: Version | undefined;
  /** Whether all past states of the resource are kept. */
  readonly isLasting: boolean;
}

/**
 * The write that keeps an answer for who repeats the request; none without a key, and none of an answer that is not the
 * request's own: another caller's permissions, or a store that works again, would have led to another.
 */
export function answerWrites(
  { settings }: KeyedExchange,
  slot: KeySlot | undefined,
  response: ResponsePlan,
  shown: ShownState,
): readonly Write[] {
  if (slot === undefined || !isKept(response.status, response.outcome)) return [];
  const { idempotency, problemTypePrefix } = settings;
  const answer =
    response.status < 300
      ? keptSuccess(idempotency, response, shown)
      : keptProblem(idempotency, problemTypePrefix, response, shown.key);
  const put = recordText({ state: "answered", fingerprint: slot.fingerprint, answer });
  const index = copyIndex(answer, shown.key);
  return [
    { key: slot.key, expect: slot.expect, put, keep: "none", ttlMs: idempotency.keepMs, ...(index && { index }) },
  ];
}

/** Counts an answer that was kept against the quota of its caller. */
export function countKept(
  { settings: { idempotency } }: KeyedExchange,
  slot: KeySlot | undefined,
  now: Moment,
  writes: readonly Write[],
): void {
  for (const write of writes)
    if (slot !== undefined && "put" in write) idempotency.quota.add(slot.who, idempotency, now, write.put.length);
}

/** Where a record holds a copy of a state, or of parts of one, a redaction must find it. */
function copyIndex({ body, shows }: KeptAnswer, key: Key): readonly IndexValue[] | undefined {
  return body === null || shows !== key ? undefined : [{ name: copiesIndex, value: indexValueOf(key) }];
}

/** A state is named, not copied; but where past states may be gone soon, a small one is. */
function keptSuccess(
  { answerBytesMax }: KeyKeeping,
  { status, headers, body }: ResponsePlan,
  { key, version, isLasting }: ShownState,
): KeptAnswer {
  if (body === null || version === undefined)
    return { status, headers, body, ...(headers["etag"] !== undefined && { shows: key }) };
  if (!isLasting && Buffer.byteLength(body) <= answerBytesMax) return { status, headers, body, shows: key };
  return { status, headers, body: null, shows: key, version };
}

/** A problem may tell of a state. What is too large is kept without that, or without content. */
function keptProblem(
  { answerBytesMax }: KeyKeeping,
  typePrefix: string,
  { status, headers, body, outcome }: ResponsePlan,
  key: Key,
): KeptAnswer {
  const shows = outcome === "duplicate" ? holderIn(body) : ofState.has(outcome) ? key : undefined;
  const isSmall = (content: string | null): boolean => Buffer.byteLength(content ?? "") <= answerBytesMax;
  if (isSmall(body)) return { status, headers, body, ...(shows !== undefined && { shows }) };
  const smaller = withoutStateMembers(body, typePrefix);
  return smaller !== undefined && isSmall(smaller)
    ? { status, headers: withLength(headers, smaller), body: smaller }
    : { status, headers, body: null, withoutBody: true };
}

/** The outcomes whose problems tell of the state of the resource itself. */
const ofState: ReadonlySet<string> = new Set(["version-conflict", "invalid-state", "gone"]);

function holderIn(body: string | null): Key | undefined {
  const problem: unknown = JSON.parse(body ?? "{}");
  const holder: unknown = Reflect.get(Object(problem), "holder");
  return typeof holder === "string" ? holder : undefined;
}

/** A kept answer as this caller may see it now: of a state no more than a fresh answer would show. */
async function shownAgain(
  exchange: KeyedExchange,
  answer: KeptAnswer,
  snapshot: SnapshotByKey,
  { show, showsPast = false }: Omit<KeyedAttempt, "keyed" | "dryRun">,
): Promise<ResponsePlan> {
  const response = responseOf(replayedAnswer(answer));
  const { shows, version } = answer;
  if (shows === undefined) return response;
  const current = await currentRecord(exchange, shows, snapshot);
  // Of one that is no longer there, only its past is shown.
  const state = current === undefined || current.deleted ? "never" : show.fields(current);
  const isShown =
    (await exchange.mayRead(shows, state)) &&
    (!showsPast || (await exchange.ask("history", shows, "never")) === "allow");
  if (!isShown)
    return response.status < 300 ? withoutState(response, show.tagTells) : withheld(exchange, answer, response, shows);
  if (version === undefined) return response;
  const found = await stateAt(exchange, { key: shows, version }, current);
  if (found === undefined || found.text === null) return withoutContent(response);
  const text = show.text(found);
  return { ...response, headers: { ...withLength(response.headers, text), etag: show.etag(found) }, body: text };
}

/** A POST without an id gets another one on each try, so what the first try made is not in the snapshot of a repeat. */
async function currentRecord(
  { reader }: KeyedExchange,
  key: Key,
  snapshot: SnapshotByKey,
): Promise<StoredRecord | undefined> {
  return snapshot.record(key) ?? (await reader.read([key])).records[0];
}

/** The state at a version: the current one, or one of the history; nothing where it is no longer there. */
async function stateAt(
  { reader }: KeyedExchange,
  { key, version }: { readonly key: Key; readonly version: Version },
  current: StoredRecord | undefined,
): Promise<StoredRecord | undefined> {
  if (current?.version === version) return current;
  const { records } = await reader.history(key, { before: version + 1, limit: 1, texts: true });
  return records.find((record) => record.version === version);
}

/** What is left of a kept refusal for who may no longer read the state. */
function withheld(exchange: KeyedExchange, answer: KeptAnswer, response: ResponsePlan, key: Key): ResponsePlan {
  if (response.status === 410) {
    const missing = refusedResponse(exchange, notFound(key));
    return { ...missing, headers: { ...missing.headers, "idempotency-replayed": "true" }, outcome: "replayed" };
  }
  const body = withoutStateMembers(answer.body, exchange.settings.problemTypePrefix);
  if (body === undefined) return responseOf(replayedAnswer({ ...answer, body: null, withoutBody: true }));
  return { ...response, headers: withLength(withoutHeaders(response.headers, ["unclash-conflict"]), body), body };
}

/** An answer that was kept here is text, and has each header once. */
function responseOf({ status, headers, body, outcome }: ReplayedAnswer): ResponsePlan {
  const fields = Object.entries(headers).map(([name, value]) => [
    name,
    typeof value === "string" ? value : value.join(", "),
  ]);
  const text = body instanceof Uint8Array ? Buffer.from(body).toString("utf8") : body;
  return { status, headers: Object.fromEntries(fields), body: text, outcome };
}
