import { CallbackError, type ProblemEntry, satisfiesRequirement } from "@unclash/core";
import { describeValue } from "@unclash/core/options";
import { isSafe } from "../http/methods.js";
import { unavailable } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { claimKey, type KeyHolding, type KeyPlace, type KeyRun, keepAnswer } from "../idempotency/as-lease.js";
import type { GuardKeeping } from "../idempotency/guard-keeping.js";
import { findRecord, recordKeys } from "../idempotency/record-keys.js";
import { evaluateKey, keyRefusal, quotaRefusal } from "../idempotency/replay.js";
import { identifyKeyed, type KeyIdentity } from "../idempotency/scope.js";
import { readSentKey } from "../idempotency/sent-key.js";
import type { ParsedRequest } from "../preconditions/conditions.js";
import type { Evaluation } from "./evaluate-request.js";
import type { GuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";
import { passedRequest } from "./passed-requests.js";
import { answerAgain, keptRefusal } from "./replayed-answer.js";
import { hasContent, isJsonType, warnOfUnseen } from "./unread-body.js";

/** A request that came with an idempotency key. */
export interface KeyedRequest {
  readonly idempotency: GuardKeeping;
  /** As the client chose it. */
  readonly key: string;
}

/**
 * Reads the key of a request; nothing where there is none, or where keys are not evaluated at. Adds to `errors` what is
 * wrong with it.
 */
export function readKeyed(exchange: GuardExchange, errors: ProblemEntry[]): KeyedRequest | undefined {
  const { settings, request, actor, header } = exchange;
  const { idempotency, reportOnly } = settings;
  if (idempotency === undefined || reportOnly || isSafe(request.method)) return undefined;
  // A guard around this one holds the key already.
  if (passedRequest(request.native)?.guardedResponse.run !== undefined) return undefined;
  const sent = readSentKey(header("idempotency-key"), actor);
  if (sent === undefined) {
    if (idempotency.required) errors.push(missing);
    return undefined;
  }
  if (sent.kind === "malformed") {
    errors.push(sent.error);
    return undefined;
  }
  return { idempotency, key: sent.key };
}

/** A key, and what is known of its request. */
export interface IdentifiedRequest extends KeyIdentity {
  readonly holding: KeyHolding;
}

/**
 * Works out what a request with a key is known by.
 *
 * @throws CallbackError where the app's `scope` or `fingerprint` gives what it may not
 */
export async function identifyRequest(
  exchange: GuardExchange,
  { idempotency, key }: KeyedRequest,
  { preferences }: ParsedRequest,
): Promise<IdentifiedRequest> {
  const { request, settings, actor } = exchange;
  const { body } = request;
  const more =
    idempotency.fingerprint &&
    partsOf(await exchange.waitFor("idempotency.fingerprint", idempotency.fingerprint(request.native)));
  if (more === undefined && hasContent(exchange)) {
    if (exchange.mediaType.startsWith("multipart/")) warnOfUnseen("files");
    else if (body.kind === "unread") warnOfUnseen("body");
  }
  const content = {
    preferences,
    body: body.kind === "parsed" ? parsedValue(exchange, body.value) : undefined,
    ...(more && { more }),
  };
  const identity = identifyKeyed(exchange, { keeper: "guard", key }, idempotency, content);
  const who = { caller: identity.caller, isAnonymous: actor === undefined };
  return { ...identity, holding: { idempotency, limits: settings.requestLimits, who } };
}

/** The text of JSON counts as what it says, however it is written. */
function parsedValue({ json, mediaType }: GuardExchange, value: unknown): unknown {
  const isText = typeof value === "string" || value instanceof Uint8Array;
  return isText && isJsonType(mediaType) ? (json ?? value) : value;
}

function partsOf(given: unknown): readonly (string | Uint8Array)[] {
  const parts: readonly unknown[] = Array.isArray(given) ? given : [given];
  return parts.map((part) => {
    if (typeof part === "string" || part instanceof Uint8Array) return part;
    throw new CallbackError(
      "idempotency.fingerprint",
      `must give a string, a Uint8Array, or an array of these, and gave ${describeValue(part)}`,
    );
  });
}

/** The outcome of a request with a key. */
export type TakenKey<Evaluated> =
  | { readonly kind: "answer"; readonly error: GuardError }
  /** It holds its key, and runs. */
  | { readonly kind: "run"; readonly run: KeyRun; readonly evaluated: Evaluated };

/** A key that is taken and given back again and again is given up after so many rounds. */
const roundsMax = 8;

/**
 * Takes the key of a request that may run. Its first answer, a refusal too, is what repeats get; one that others are
 * running already, or that came with another request before, is refused. Where another process is faster, it looks
 * again.
 *
 * @param look finds out whether the request may run, but for its key
 * @throws StoreError where the store of the keys failed: nothing has run
 */
export async function acquireKey<Evaluated extends { readonly evaluation: Evaluation }>(
  exchange: GuardExchange,
  { holding, scoped, fingerprint }: IdentifiedRequest,
  parsedRequest: ParsedRequest,
  loadAndEvaluate: () => Promise<Evaluated>,
): Promise<TakenKey<Evaluated>> {
  const { idempotency, who } = holding;
  const keys = recordKeys(scoped);
  for (let round = 1; round <= roundsMax; round += 1) {
    const { now, records } = await idempotency.store.read([keys.key, keys.former]);
    idempotency.housekeeping.due(now);
    const { key, found } = findRecord(keys, records[0], records[1]);
    const verdict = evaluateKey(found, now, fingerprint);
    if (verdict.kind === "answered") return { kind: "answer", error: await answerAgain(exchange, verdict.answer) };
    const isStopped = verdict.kind === "abandoned" && !mayRepeat(exchange, parsedRequest);
    if (isStopped || verdict.kind === "reused" || verdict.kind === "running")
      return { kind: "answer", error: exchange.error(keyRefusal(verdict)) };
    const waitSeconds =
      verdict.kind === "unused" ? idempotency.quota.retryAfterSeconds(who, idempotency, now) : undefined;
    if (waitSeconds !== undefined) return { kind: "answer", error: exchange.error(quotaRefusal(waitSeconds)) };
    const at = found === undefined ? now : Math.max(now, found.modifiedAt + 1);
    const place: KeyPlace = { key, fingerprint, expect: verdict.expect, at };
    const evaluated = await loadAndEvaluate();
    if (verdict.kind === "abandoned" && isSettled(evaluated.evaluation) && !knowsRepeats(exchange))
      return { kind: "answer", error: exchange.error(keyRefusal(verdict)) };
    if (evaluated.evaluation.kind === "refuse") {
      const { error } = evaluated.evaluation;
      // What is only tried out leaves no answer for the request itself.
      if (parsedRequest.preferences.dryRun || (await keepAnswer(holding, place, keptRefusal(exchange, error))))
        return { kind: "answer", error };
      continue;
    }
    const run = await claimKey(holding, place);
    if (run !== undefined) return { kind: "run", run, evaluated };
  }
  return { kind: "answer", error: exchange.error(unavailable("not-applied", sentences.keyContended)) };
}

/**
 * Whether a request may run whose first run was never answered. Where its precondition names one state, or none yet,
 * the write's own compare-and-set lets it through once at most; else only the handler can know, and must have said so.
 * Of several states that it names, one may be what its first run has made; and where nothing is held against a state,
 * it names none.
 */
function mayRepeat(exchange: GuardExchange, parsedRequest: ParsedRequest): boolean {
  if (knowsRepeats(exchange)) return true;
  const { settings, request, resource } = exchange;
  const { ifMatch } = parsedRequest.conditions;
  const namesState = ifMatch === undefined || (ifMatch.kind === "tags" && ifMatch.tags.length === 1);
  // Without `load` it is the handler's own check that may let a stale write through.
  const isDecided = resource !== undefined && (settings.load !== undefined || isRefusing(exchange, parsedRequest));
  return (
    namesState && isDecided && satisfiesRequirement(request.method, parsedRequest.conditions, { datesSuffice: false })
  );
}

function knowsRepeats({ settings }: GuardExchange): boolean {
  return settings.idempotency?.rerun === true;
}

function isRefusing({ settings }: GuardExchange, { preferences }: ParsedRequest): boolean {
  const strategy = preferences.onConflict ?? settings.strategy;
  return strategy === "reject" || strategy === "first-write-wins";
}

/** A strategy lets a stale write through as often as it comes. */
function isSettled(evaluation: Evaluation): boolean {
  return evaluation.kind === "pass" && evaluation.settled !== undefined;
}

const missing: ProblemEntry = {
  code: "missing-idempotency-key",
  header: "Idempotency-Key",
  detail: sentences.keyRequired,
};
