import { CallbackError, type ProblemEntry, satisfiesRequirement } from "@unclash/core";
import { describeValue } from "@unclash/core/options";
import { isSafe } from "../http/methods.js";
import { unavailable } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { claimKey, type KeyHolding, type KeyPlace, type KeyRun, keepAnswer } from "../idempotency/as-lease.js";
import type { GuardKeeping } from "../idempotency/guard-keeping.js";
import { judgeKey, keyRefusal, quotaRefusal } from "../idempotency/replay.js";
import { identifyKeyed, type KeyIdentity, recordKey } from "../idempotency/scope.js";
import { readSentKey } from "../idempotency/sent-key.js";
import type { Terms } from "../preconditions/conditions.js";
import type { GuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";
import type { Judgement } from "./judge.js";
import { passedRequest } from "./passed-requests.js";
import { answerAgain, keptRefusal } from "./replayed-answer.js";
import { hasContent, isJsonType, warnOfUnseen } from "./unseen-body.js";

/** A request that came with an idempotency key. */
export interface KeyedRequest {
  readonly idempotency: GuardKeeping;
  /** As the client chose it. */
  readonly key: string;
}

/**
 * Reads the key of a request; nothing where there is none, or where keys are not looked at. Adds to `errors` what is
 * wrong with it.
 */
export function readKeyed(exchange: GuardExchange, errors: ProblemEntry[]): KeyedRequest | undefined {
  const { settings, request, actor, header } = exchange;
  const { idempotency, reportOnly } = settings;
  if (idempotency === undefined || reportOnly || isSafe(request.method)) return undefined;
  // A guard around this one holds the key already.
  if (passedRequest(request.native)?.passage.run !== undefined) return undefined;
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
  { preferences }: Terms,
): Promise<IdentifiedRequest> {
  const { request, settings, actor } = exchange;
  const { body } = request;
  const more = idempotency.fingerprint && partsOf(await idempotency.fingerprint(request.native));
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

/** What becomes of a request with a key. */
export type TakenKey<Looked> =
  | { readonly kind: "answer"; readonly error: GuardError }
  /** It holds its key, and runs. */
  | { readonly kind: "run"; readonly run: KeyRun; readonly looked: Looked };

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
export async function takeKey<Looked extends { readonly judgement: Judgement }>(
  exchange: GuardExchange,
  { holding, scoped, fingerprint }: IdentifiedRequest,
  terms: Terms,
  look: () => Promise<Looked>,
): Promise<TakenKey<Looked>> {
  const { idempotency, who } = holding;
  const key = recordKey(scoped);
  for (let round = 1; round <= roundsMax; round += 1) {
    const { now, records } = await idempotency.store.read([key]);
    idempotency.sweep.due(now);
    const [found] = records;
    const verdict = judgeKey(found, now, fingerprint);
    if (verdict.kind === "answered") return { kind: "answer", error: await answerAgain(exchange, verdict.answer) };
    const isStopped = verdict.kind === "abandoned" && !mayRunAgain(exchange, terms);
    if (isStopped || verdict.kind === "reused" || verdict.kind === "running")
      return { kind: "answer", error: exchange.error(keyRefusal(verdict)) };
    const waitSeconds =
      verdict.kind === "unused" ? idempotency.quota.retryAfterSeconds(who, idempotency, now) : undefined;
    if (waitSeconds !== undefined) return { kind: "answer", error: exchange.error(quotaRefusal(waitSeconds)) };
    const at = found === undefined ? now : Math.max(now, found.modifiedAt + 1);
    const place: KeyPlace = { key, fingerprint, expect: verdict.expect, at };
    const looked = await look();
    if (verdict.kind === "abandoned" && isSettled(looked.judgement) && !knowsRepeats(exchange))
      return { kind: "answer", error: exchange.error(keyRefusal(verdict)) };
    if (looked.judgement.kind === "refuse") {
      const { error } = looked.judgement;
      // What is only tried out leaves no answer for the request itself.
      if (terms.preferences.dryRun || (await keepAnswer(holding, place, keptRefusal(exchange, error))))
        return { kind: "answer", error };
      continue;
    }
    const run = await claimKey(holding, place);
    if (run !== undefined) return { kind: "run", run, looked };
  }
  return { kind: "answer", error: exchange.error(unavailable("not-applied", sentences.keyContended)) };
}

/**
 * Whether a request may run whose first run was never answered. Where its precondition names one state, or none yet,
 * the write's own compare-and-set lets it through once at most; else only the handler can know, and must have said so.
 * Of several states that it names, one may be what its first run has made; and where nothing is held against a state,
 * it names none.
 */
function mayRunAgain(exchange: GuardExchange, terms: Terms): boolean {
  if (knowsRepeats(exchange)) return true;
  const { settings, request, resource } = exchange;
  const { ifMatch } = terms.conditions;
  const namesState = ifMatch === undefined || (ifMatch.kind === "tags" && ifMatch.tags.length === 1);
  // Without `load` it is the handler's own check that may let a stale write through.
  const isDecided = resource !== undefined && (settings.load !== undefined || isRefusing(exchange, terms));
  return namesState && isDecided && satisfiesRequirement(request.method, terms.conditions, { datesSuffice: false });
}

function knowsRepeats({ settings }: GuardExchange): boolean {
  return settings.idempotency?.rerun === true;
}

function isRefusing({ settings }: GuardExchange, { preferences }: Terms): boolean {
  const strategy = preferences.onConflict ?? settings.strategy;
  return strategy === "reject" || strategy === "first-write-wins";
}

/** A strategy lets a stale write through as often as it comes. */
function isSettled(judgement: Judgement): boolean {
  return judgement.kind === "pass" && judgement.settled !== undefined;
}

const missing: ProblemEntry = {
  code: "missing-idempotency-key",
  header: "Idempotency-Key",
  detail: sentences.keyRequired,
};
