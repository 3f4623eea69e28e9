import {
  CallbackError,
  evaluatePreconditions,
  formatEntityTag,
  formatHttpDate,
  type ResponsePlan,
} from "@unclash/core";
import type { StoredRecord, Text } from "@unclash/core/store";
import { recordedName } from "../access/actor.js";
import { commitOnce } from "../commits/commit-once.js";
import { commitOf } from "../commits/commit-parts.js";
import { createTag } from "../commits/commit-tag.js";
import { readByKey, type SnapshotByKey } from "../commits/snapshot.js";
import type { Lost } from "../commits/try-in-line.js";
import { conflict } from "../conflicts/conflict.js";
import { redactConflicts } from "../conflicts/records/redact-conflicts.js";
import { notFound, type Refused } from "../http/refusal.js";
import { contentResponse, emptyResponse, refusedResponse, withoutContent } from "../http/responses.js";
import { sentences } from "../http/sentences.js";
import { redactCopies } from "../idempotency/copies.js";
import { answerWrites, checkKey, countKept } from "../idempotency/in-commit.js";
import { warnOnce } from "../options/warnings.js";
import type { Collection } from "../resources/collection.js";
import type { Addressed, CollectionExchange } from "../resources/collection-exchange.js";
import { expectationOf } from "../resources/planned-write.js";
import { goneOrMissing } from "../resources/refusals.js";
import { showsContent, stateLinks } from "../resources/stale-conflict.js";
import { showing } from "../resources/written.js";
import { entityTagsOf, etagHeader, fieldsIn, type State, shownText, storedShape } from "../states/representation.js";
import { currentState, stateOf } from "../states/selected-state.js";
import { findVersion } from "../versions/history.js";
import { historyLinks, versionPath } from "../versions/links.js";
import { type RedactionRequest, readRedactionRequest, redactedText } from "../versions/redaction.js";
import { redactionKey, redactionText } from "../versions/redaction-records.js";
import { tryUntilAnswered } from "./contended-write.js";
import { conclude, showable } from "./write.js";

/** POST of a redaction: a step a line, with the statuses that it can answer. */
export async function answerRedaction(
  exchange: CollectionExchange,
  addressed: Addressed,
  rawVersion: string,
): Promise<ResponsePlan> {
  const request = await readRedactionRequest(exchange, addressed, rawVersion); //          415, 413, 400
  if (request.kind === "refused") return refusedResponse(exchange, request);
  return tryUntilAnswered(exchange, request.key, false, () => tryToRedact(exchange, request)); // 503
}

/** One try: read, decide, commit. It gives the answer, or nothing where what it was decided on has changed. */
async function tryToRedact(exchange: CollectionExchange, request: RedactionRequest): Promise<ResponsePlan | Lost> {
  const { collection, key, keyed, preferences } = request;
  const { store, requestLimits, problemTypePrefix } = exchange.settings;
  const keys = keyed === undefined ? [key] : [key, keyed.record.key, keyed.record.former];
  const snapshot = await readByKey(exchange.reader, keys);
  const attempt = { keyed, dryRun: preferences.dryRun, show: showing(collection), showsPast: true };
  const step = await checkKey(exchange, attempt, snapshot); //                             replay, 409, 422, 429
  if (step.kind === "replay") return step.response;
  if (step.kind === "refused") return refusedResponse(exchange, step);
  const { slot } = step;
  const decision = await decide(exchange, request, snapshot);
  if (decision.kind === "refused")
    return conclude(exchange, showable(request), { slot, snapshot }, refusedResponse(exchange, decision));
  const { past, record, text, paths } = decision;
  const header = {
    tag: createTag(storedShape(collection, past)),
    at: snapshot.now,
    by: recordedName(exchange.actor),
    cause: "redact",
  };
  const state: State = { ...past, text, tag: header.tag };
  const response = redactedResponse(exchange, request, state); //                          200, 204
  if (preferences.dryRun) return withoutHiddenPast(exchange, request, response);
  const { version } = past;
  const shown = { key, version, isLasting: collection.retention === "all" };
  const answer = answerWrites(exchange, slot, response, shown);
  const by = header.by === null ? {} : { by: header.by };
  const put = redactionText(record, { at: new Date(snapshot.now).toISOString(), ...by, paths });
  const writes = [
    // Whatever is current by now: this version never is again.
    { key, expect: "any", redact: text, version } as const,
    { key: redactionKey(key, version), expect: expectationOf(record), put, keep: "none" } as const,
  ];
  // Copies come first: should this process die in between, the redaction is repeated. And again, since what was
  // being answered meanwhile may have looked at the state before.
  const etags = entityTagsOf(collection, past).map(formatEntityTag);
  const copied = { key, version, etags, problemTypePrefix };
  const takeOut = async (): Promise<void> => {
    await redactCopies(store, copied, header, requestLimits);
    await redactConflicts(store, copied, header, requestLimits);
  };
  await takeOut();
  const result = await commitOnce(store, commitOf(header, [{ writes }, { writes: answer }]), requestLimits);
  if (result.kind !== "committed") return "retry";
  exchange.applied = true;
  countKept(exchange, slot, snapshot.now, answer);
  await takeOut();
  return withoutHiddenPast(exchange, request, response);
}

/** A state that may be redacted, and what was taken out of it before. */
interface PlannedRedaction {
  readonly kind: "redact";
  readonly past: StoredRecord;
  readonly text: Text;
  /** What is taken out, in the shape that it is stored in. */
  readonly paths: readonly string[];
  readonly record: StoredRecord | undefined;
}

async function decide(
  exchange: CollectionExchange,
  given: RedactionRequest,
  snapshot: SnapshotByKey,
): Promise<PlannedRedaction | Refused> {
  const { collection, key, version, conditions, id } = given;
  const current = snapshot.record(key);
  const permission =
    given.hidden || current === undefined || current.deleted
      ? undefined
      : await exchange.askAgain(["redact"], key, fieldsIn(collection, current)); //        401, 403
  if (permission?.kind === "refused") return permission;
  const isHidden = given.hidden || permission?.kind === "hidden";
  const found = isHidden ? undefined : await findVersion(exchange, given, version);
  if (found === undefined) return notFound(sentences.versionOf(key, version)); //          404
  // The record is read before the state that it tells of: what is taken out between the two makes the commit fail.
  const [record] = (await exchange.reader.read([redactionKey(key, found.version)])).records;
  const past = await findVersion(exchange, given, version);
  const state = stateOf(collection, past);
  if (past === undefined || state === undefined) return goneOrMissing(exchange, given, past); // 410
  const verdict = evaluatePreconditions("POST", conditions, currentState(state));
  if (verdict.kind === "failed")
    return conflict(exchange, {
      resource: key,
      conditions,
      failed: verdict.condition,
      current: state,
      isDisclosed: await mayReadPast(exchange, key),
      showsContent: showsContent(collection),
      strategy: "reject",
      links: stateLinks(exchange, collection, id),
    }); //                                                                                 conflict
  const redacted = redactedText(given, past, current); //                                  422, 409
  return redacted.kind === "refused" ? redacted : { ...redacted, kind: "redact", past, record };
}

/** The answer to a redaction: the state as it is now, with its new entity-tag. */
function redactedResponse(
  exchange: CollectionExchange,
  { collection, id, preferences }: RedactionRequest,
  state: State,
): ResponsePlan {
  const { dryRun, minimal } = preferences;
  const headers: Record<string, string> = {
    "memento-datetime": formatHttpDate(state.modifiedAt),
    link: historyLinks(exchange, { collection, id }, state),
  };
  if (!dryRun) headers["etag"] = etagHeader(collection, state);
  const applied = [...(dryRun ? ["dry-run"] : []), ...(minimal ? ["return=minimal"] : [])];
  if (applied.length > 0) headers["preference-applied"] = applied.join(", ");
  const outcome = dryRun ? "dry-run" : "changed";
  const text = minimal ? undefined : textWithoutMembers(collection, state);
  if (text === undefined) return emptyResponse(204, outcome, headers);
  headers["content-location"] = versionPath(exchange, { collection, id }, state);
  return contentResponse(200, outcome, headers, text);
}

/**
 * What a redaction leaves; nothing where the app's `up` or `down` can't convert that: the members must go all the same.
 */
function textWithoutMembers(collection: Collection, state: State): Text | undefined {
  try {
    return shownText(collection, state);
  } catch (thrown) {
    if (!(thrown instanceof CallbackError)) throw thrown;
    warnOnce(
      "UNCLASH_REDACTED_STATE",
      thrown.callback,
      `A state can't be read in other API versions: ${thrown.message}`,
    );
    return undefined;
  }
}

/** The response as its caller gets it: without a state that a GET would not show. */
async function withoutHiddenPast(
  exchange: CollectionExchange,
  { key }: RedactionRequest,
  response: ResponsePlan,
): Promise<ResponsePlan> {
  return response.body === null || (await mayReadPast(exchange, key)) ? response : withoutContent(response);
}

async function mayReadPast(exchange: CollectionExchange, key: string): Promise<boolean> {
  for (const action of ["read", "history"] as const) {
    if ((await exchange.ask(action, key, "never")) !== "allow") return false;
  }
  return true;
}
