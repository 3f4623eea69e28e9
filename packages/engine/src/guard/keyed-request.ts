import { type ProblemEntry, satisfiesRequirement } from "@unclash/core";
import { identifyKeyed } from "../idempotency/identity.js";
import type { KeptAnswer } from "../idempotency/record.js";
import { judgeKey, keyRefusal, replayedAnswer } from "../idempotency/replay.js";
import { recordKey } from "../idempotency/scope.js";
import { readSentKey } from "../idempotency/sent-key.js";
import { sweepOf } from "../idempotency/sweep.js";
import { GuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";
import type { Judgement } from "./judge.js";
import { claimKey, type KeyKeeping, type KeyPlace, type KeyRun, keepAnswer } from "./key-run.js";
import { isSafe } from "./methods.js";
import { passedRequest } from "./passed-requests.js";
import type { Terms } from "./settle-write.js";

/** A request that came with an idempotency key. */
export interface KeyedRequest {
  readonly keeping: KeyKeeping;
  /** The key with its scope, hashed. */
  readonly scoped: string;
  readonly fingerprint: string;
}

/** Reads the key of a request; nothing where there is none, or where keys are not looked at. Adds to `errors` what is wrong with it. */
export function readKeyed(exchange: GuardExchange, errors: ProblemEntry[]): KeyedRequest | undefined {
  const { settings, request, actor, header } = exchange;
  const { idempotency, limits, reportOnly } = settings;
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
  const { body } = request;
  if (body.kind === "unread" && hasContent(exchange)) warnOfUnparsed();
  return {
    keeping: { idempotency, limits, sweep: sweepOf(idempotency.store) },
    ...identifyKeyed(exchange, "guard", sent.key, body.kind === "parsed" ? body.value : undefined),
  };
}

/** What becomes of a request with a key. */
export type TakenKey<Looked> =
  | { readonly kind: "answer"; readonly error: GuardError }
  /** It holds its key, and runs. */
  | { readonly kind: "run"; readonly run: KeyRun; readonly looked: Looked };

/** A key that is taken and given back again and again is given up after so many rounds. */
const roundsMax = 8;

/**
 * Takes the key of a request that may run. Its first answer, a refusal too, is what repeats get; one that others are running
 * already, or that came with another request before, is refused. Where another process is faster, it looks again.
 *
 * @param look finds out whether the request may run, but for its key
 * @throws StoreError where the store of the keys failed: nothing has run
 */
export async function takeKey<Looked extends { readonly judgement: Judgement }>(
  exchange: GuardExchange,
  keyed: KeyedRequest,
  terms: Terms,
  look: () => Promise<Looked>,
): Promise<TakenKey<Looked>> {
  const { keeping, scoped } = keyed;
  const key = recordKey(scoped);
  for (let round = 1; round <= roundsMax; round += 1) {
    const { now, records } = await keeping.idempotency.store.read([key]);
    keeping.sweep.due(now);
    const [found] = records;
    const verdict = judgeKey(found, now, keyed.fingerprint);
    if (verdict.kind === "answered") return { kind: "answer", error: replayError(verdict.answer) };
    const isStopped = verdict.kind === "abandoned" && !mayRunAgain(exchange, terms);
    if (isStopped || verdict.kind === "reused" || verdict.kind === "running")
      return { kind: "answer", error: exchange.adopt(keyRefusal(exchange, verdict)) };
    const at = found === undefined ? now : Math.max(now, found.modifiedAt + 1);
    const place: KeyPlace = { key, fingerprint: keyed.fingerprint, expect: verdict.expect, at };
    const looked = await look();
    if (verdict.kind === "abandoned" && isSettled(looked.judgement) && !knowsRepeats(exchange))
      return { kind: "answer", error: exchange.adopt(keyRefusal(exchange, verdict)) };
    if (looked.judgement.kind === "refuse") {
      const { error } = looked.judgement;
      // What is only tried out leaves no answer for the request itself.
      if (terms.preferences.dryRun || (await keepAnswer(keeping, place, keptRefusal(exchange, error))))
        return { kind: "answer", error };
      continue;
    }
    const run = await claimKey(keeping, place);
    if (run !== undefined) return { kind: "run", run, looked };
  }
  return { kind: "answer", error: exchange.unavailable("Others kept taking this key.") };
}

/** A refusal as repeats get it: where the app's error handler makes an answer of it, that does so each time. */
function keptRefusal({ settings }: GuardExchange, { answer, problem }: GuardError): KeptAnswer {
  return settings.handsOn && problem !== undefined
    ? { ...answer, body: JSON.stringify(problem), handedOn: true }
    : answer;
}

function replayError(answer: KeptAnswer): GuardError {
  const isText = answer.handedOn === true && typeof answer.body === "string";
  return new GuardError(replayedAnswer(answer), isText ? JSON.parse(String(answer.body)) : undefined);
}

/**
 * Whether a request may run whose first run was never answered. Where its precondition names one state, or none yet, the
 * write's own compare-and-set lets it through once at most; else only the handler can know, and must have said so. Of several
 * states that it names, one may be what its first run has made; and where nothing is held against a state, it names none.
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
  detail: "This request must have an Idempotency-Key: a new UUID, the same again when it is repeated.",
};

function hasContent({ header }: GuardExchange): boolean {
  return Number(header("content-length") ?? 0) > 0 || header("transfer-encoding") !== undefined;
}

let warned = false;

function warnOfUnparsed(): void {
  if (warned) return;
  warned = true;
  process.emitWarning(
    "A guard keeps answers by Idempotency-Key, and nothing before it has parsed the body: the same key with another body " +
      "can't be told from a repeat. Put the body parser before the guard.",
    { type: "UnclashWarning", code: "UNCLASH_UNPARSED_BODY" },
  );
}
