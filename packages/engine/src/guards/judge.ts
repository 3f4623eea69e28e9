import { type Conditions, evaluatePreconditions, satisfiesRequirement } from "@unclash/core";
import { isSafe } from "../http/methods.js";
import { emptyPlan } from "../http/responses.js";
import { contradiction } from "../preconditions/contradiction.js";
import { compareVersionText, malformedVersion } from "../preconditions/version-text.js";
import type { LoadedState } from "../states/loaded-state.js";
import { factsOfState } from "../states/row-state.js";
import { conflictError } from "./guard-conflict.js";
import { GuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";
import { type SettledWrite, settleWrite, type Terms } from "./settle-write.js";

/** Whether a request may be carried out on a state, or what is answered instead. */
export type Judgement =
  | { readonly kind: "pass"; readonly settled: SettledWrite | undefined }
  | { readonly kind: "refuse"; readonly error: GuardError };

const pass: Judgement = { kind: "pass", settled: undefined };

/** Decides on a request, given the state that is there: existence, then the requirement, then the preconditions. */
export async function judge(
  exchange: GuardExchange,
  { conditions: given, preferences }: Terms,
  state: LoadedState | undefined,
): Promise<Judgement> {
  const { settings, request, resource } = exchange;
  const { method } = request;
  const isWrite = !isSafe(method);
  if (state === undefined && !(settings.creates && method === "PUT"))
    return refuse(exchange.refusal("not-found", `There is no ${resource}.`));
  const compared = compareVersionText(exchange, given, state);
  if (compared === undefined) {
    const malformed = malformedVersion(exchange);
    return refuse(exchange.refusal("malformed-request", malformed.detail, { members: { errors: [malformed] } }));
  }
  const { conditions, isCurrent } = compared;
  if (isWrite && lacksPrecondition(exchange, conditions, state)) return refuse(preconditionRequired(exchange));
  const contradictory = isWrite && state !== undefined ? contradiction(conditions, state) : undefined;
  if (contradictory !== undefined) {
    const members = { errors: [contradictory] };
    return refuse(exchange.refusal("malformed-request", contradictory.detail, { members }));
  }
  const facts = factsOfState(state, settings.digest);
  const { version = 0 } = conditions;
  const verdict = evaluatePreconditions(
    method,
    conditions,
    isCurrent && facts.kind === "present" ? { ...facts, version } : facts,
  );
  switch (verdict.kind) {
    case "proceed":
      return pass;
    case "not-modified":
      return refuse(new GuardError(emptyPlan(304, "not-modified", notModifiedHeaders(exchange, state))));
    case "failed":
      return isWrite
        ? settleWrite(exchange, { conditions, preferences }, verdict.condition, state)
        : refuse(
            conflictError(exchange, { conditions, failed: verdict.condition, current: state, strategy: "reject" }),
          );
  }
}

/** What of a 200's headers a 304 carries (RFC 9110 §15.4.5): beside an entity-tag, no date. */
function notModifiedHeaders(exchange: GuardExchange, state: LoadedState | undefined): Readonly<Record<string, string>> {
  if (state === undefined) return exchange.cachingHeaders();
  const { etag, ...rest } = exchange.validators(state);
  delete rest["last-modified"];
  return etag === undefined ? rest : { ...rest, etag };
}

function refuse(error: GuardError): Judgement {
  return { kind: "refuse", error };
}

/** An absent resource is created only by who says that it is absent: a date says nothing about it. */
function lacksPrecondition(
  { settings, request }: GuardExchange,
  conditions: Conditions,
  state: LoadedState | undefined,
): boolean {
  const datesSuffice = settings.datesSuffice && state !== undefined;
  return settings.preconditionRequired && !satisfiesRequirement(request.method, conditions, { datesSuffice });
}

function preconditionRequired(exchange: GuardExchange): GuardError {
  const { settings, resource, instance } = exchange;
  const field = settings.versionField === false ? "" : `, or its ${settings.versionField} in the content`;
  const creation = settings.creates ? "; to create it by PUT, send If-None-Match: *" : "";
  const detail = `Say which state of ${resource} this request is for: send its entity-tag in If-Match${field}${creation}.`;
  return exchange.refusal("precondition-required", detail, { members: { links: { resource: instance } } });
}
