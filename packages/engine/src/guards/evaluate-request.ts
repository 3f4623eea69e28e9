import { type Conditions, evaluatePreconditions } from "@unclash/core";
import { isSafe } from "../http/methods.js";
import { malformed, notFound, type Refused } from "../http/refusal.js";
import { emptyResponse } from "../http/responses.js";
import type { ParsedRequest } from "../preconditions/conditions.js";
import { malformedVersion } from "../preconditions/conditions.js";
import { compareVersionText, contradiction } from "../preconditions/content-version.js";
import { lacksPrecondition, preconditionRequired } from "../preconditions/requirement.js";
import type { RowState } from "../states/row-state.js";
import { currentState } from "../states/selected-state.js";
import { otherIdAsked } from "./asked-change.js";
import { guardConflict } from "./guard-conflict.js";
import { GuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";
import { warnOfNoDate } from "./handler-warnings.js";
import { type SettledWrite, settleStale } from "./stale-write.js";

/** Whether a request may be carried out on a state, or what is answered instead. */
export type Evaluation =
  | { readonly kind: "pass"; readonly settled: SettledWrite | undefined }
  | { readonly kind: "refuse"; readonly error: GuardError };

/** Decides on a request, given the state that is there. */
export async function evaluateRequest(
  exchange: GuardExchange,
  parsedRequest: ParsedRequest,
  state: RowState | undefined,
): Promise<Evaluation> {
  const decided = await decide(exchange, parsedRequest, state);
  switch (decided.kind) {
    case "pass":
      return decided;
    case "refused":
      return { kind: "refuse", error: exchange.error(decided) };
    case "not-modified":
      return { kind: "refuse", error: new GuardError(notModified(exchange, state)) };
  }
}

type Decided =
  | { readonly kind: "pass"; readonly settled: SettledWrite | undefined }
  | { readonly kind: "not-modified" }
  | Refused;

/** Existence, then the requirement, then the preconditions: a step a line, with the statuses that it can answer. */
async function decide(
  exchange: GuardExchange,
  { conditions: given, preferences }: ParsedRequest,
  state: RowState | undefined,
): Promise<Decided> {
  const { settings, request, resource = "", instance, versionText } = exchange;
  const { method } = request;
  const isWrite = !isSafe(method);
  if (state === undefined && !(settings.creates && method === "PUT")) return notFound(resource); // 404
  const compared = compareVersionText(versionText, given, state?.loaded);
  if (compared === undefined) return malformed([malformedVersion(settings.versionField)]); //       400
  const otherId = exchange.asked && otherIdAsked(exchange, exchange.asked, state);
  if (otherId !== undefined) return malformed([otherId]); //                                        400
  const { conditions, isCurrent } = compared;
  if (isWrite && lacksPrecondition(settings, method, conditions, isDated(exchange, state)))
    return preconditionRequired(settings, { resource, path: instance, creates: settings.creates }); // 428
  const contradictory = isWrite && state !== undefined ? contradiction(conditions, state.loaded) : undefined;
  if (contradictory !== undefined) return malformed([contradictory]); //                            400
  const verdict = evaluatePreconditions(method, conditions, comparable(state, conditions, isCurrent));
  switch (verdict.kind) {
    case "proceed":
      return { kind: "pass", settled: undefined };
    case "not-modified":
      return verdict; //                                                                            304
    case "failed":
      return isWrite
        ? settleStale(exchange, { conditions, preferences }, verdict.condition, state) //           conflict
        : guardConflict(exchange, { conditions, failed: verdict.condition, current: state, strategy: "reject" }); // 412
  }
}

/**
 * Whether a date can be held against a state: one of which nobody knows when it was written has such a date ignored
 * (RFC 9110 §13.1.4).
 */
function isDated(exchange: GuardExchange, state: RowState | undefined): boolean {
  if (state === undefined) return false;
  if (state.modifiedAt !== undefined) return true;
  if (exchange.settings.datesSuffice) warnOfNoDate(exchange);
  return false;
}

/** What of a state the conditions are compared with; a version that is a text is compared already. */
function comparable(
  state: RowState | undefined,
  { version = 0 }: Conditions,
  isCurrent: boolean,
): ReturnType<typeof currentState> {
  const facts = currentState(state);
  return isCurrent && facts.kind === "present" ? { ...facts, version } : facts;
}

/** 304, with what of a 200's headers it carries (RFC 9110 §15.4.5): beside an entity-tag, no date. */
function notModified(exchange: GuardExchange, state: RowState | undefined): ReturnType<typeof emptyResponse> {
  const headers =
    state === undefined ? exchange.cachingHeaders(exchange.settings.cacheControl) : exchange.validators(state);
  delete headers["last-modified"];
  return emptyResponse(304, "not-modified", headers);
}
