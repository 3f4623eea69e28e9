import { inAcceptedCoding } from "../idempotency/accepted-coding.js";
import { withoutStateMembers } from "../idempotency/hidden-state.js";
import type { KeptAnswer } from "../idempotency/record.js";
import { replayedAnswer, withLength } from "../idempotency/replay.js";
import { GuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";

/**
 * A kept answer as its caller may see it now: in a coding that it accepts, and without a state that `represent` hides
 * by now.
 */
export async function answerAgain(exchange: GuardExchange, kept: KeptAnswer): Promise<GuardError> {
  const shown = kept.shows !== undefined && (await hidesState(exchange)) ? withoutItsState(exchange, kept) : kept;
  const answer = await inAcceptedCoding(shown, exchange.header("accept-encoding"));
  const isText = answer.handedOn === true && typeof answer.body === "string";
  return new GuardError(replayedAnswer(answer), isText ? JSON.parse(String(answer.body)) : undefined);
}

/** A refusal as repeats get it: where the app's error handler makes an answer of it, that does so each time. */
export function keptRefusal(exchange: GuardExchange, { answer, problem }: GuardError): KeptAnswer {
  const { settings, resource } = exchange;
  const { status, headers } = answer;
  const isHandedOn = settings.forwardsErrors && problem !== undefined;
  const body = isHandedOn ? JSON.stringify(problem) : answer.body;
  const more = {
    ...(isHandedOn && { handedOn: true as const }),
    ...(answer.outcome === "version-conflict" && { shows: resource ?? "" }),
  };
  const kept: KeptAnswer = { status, headers, body, ...more };
  return isSmall(exchange, kept) ? kept : smaller(exchange, kept);
}

/** What is too large is kept without what it tells of the state, or without content. */
function smaller(exchange: GuardExchange, kept: KeptAnswer): KeptAnswer {
  const less = withoutItsState(exchange, kept);
  return isSmall(exchange, less) ? less : { status: kept.status, headers: kept.headers, body: null, withoutBody: true };
}

function isSmall({ settings: { idempotency } }: GuardExchange, { body }: KeptAnswer): boolean {
  return idempotency === undefined || Buffer.byteLength(body ?? "") <= idempotency.answerBytesMax;
}

/**
 * Whether the app shows this caller nothing of the state that is there now. Of one that is gone nothing can be asked:
 * its repeats get the first answer, which went to the same caller.
 */
async function hidesState(exchange: GuardExchange): Promise<boolean> {
  const { settings, request } = exchange;
  const { load, represent } = settings;
  if (load === undefined || represent === undefined) return false;
  const state = (await exchange.waitFor("load", load(request.native))) ?? undefined;
  return state !== undefined && represent(state.value, request.native) === undefined;
}

function withoutItsState({ settings }: GuardExchange, kept: KeptAnswer): KeptAnswer {
  const body = withoutStateMembers(kept.body, settings.problemTypePrefix);
  if (body === undefined) return { ...kept, body: null, withoutBody: true };
  return { ...kept, headers: kept.handedOn ? kept.headers : withLength(kept.headers, body), body };
}
