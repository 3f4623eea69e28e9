import {
  evaluatePreconditions,
  type FailedCondition,
  isJsonObject,
  type Json,
  type ResponsePlan,
  type StoredRecord,
} from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import type { WriteIntent } from "../resources/write-request.js";
import { entityTagOf, fieldsOf, parseRepresentation } from "../states/representation.js";
import { conflictPlan } from "./conflict.js";
import { findBase } from "./merge-base.js";
import { propose } from "./propose.js";
import { type Settlement, type Strategy, type StrategyFunction, strategyLabel } from "./strategy.js";

/** What becomes of a write whose precondition failed. */
export type Settled =
  | { readonly kind: "refused"; readonly plan: ResponsePlan }
  /** It is applied over the current state: this value, or the deletion. */
  | { readonly kind: "accepted"; readonly value: Json | undefined; readonly strategy: Strategy };

/**
 * Lets the strategy decide on a write whose precondition failed. It has a say only where the client named an earlier
 * state that this resource really had; anything else is a conflict.
 */
export async function settle(
  exchange: Exchange,
  intent: WriteIntent,
  failed: FailedCondition,
  current: StoredRecord | undefined,
): Promise<Settled> {
  const strategy = intent.preferences.onConflict ?? intent.collection.strategy;
  const namesState = failed === "if-match" || failed === "version" || failed === "etag";
  const isStale = namesState && current !== undefined && holdsOtherwise(intent, current);
  const base = isStale ? await findBase(exchange, intent, current) : undefined;
  if (base !== undefined && current !== undefined) {
    exchange.strategy = strategyLabel(strategy);
    const settled = await applyStrategy(exchange, intent, strategy, base, current);
    if (settled !== undefined) return settled;
  }
  // A strategy that had no say leaves a plain refusal, whatever its name.
  const heard = base === undefined && strategy !== "first-write-wins" ? "reject" : strategy;
  return { kind: "refused", plan: await conflictPlan(exchange, { intent, failed, current, base, strategy: heard }) };
}

/** Whether `If-None-Match` holds besides: who may only create, and asks for just that, must not come to change anything. */
function holdsOtherwise({ collection, conditions, method }: WriteIntent, current: StoredRecord): boolean {
  const { ifNoneMatch } = conditions;
  if (ifNoneMatch === undefined) return true;
  const state = { kind: "present", etag: entityTagOf(collection, current) } as const;
  return evaluatePreconditions(method, { ifNoneMatch }, state).kind === "proceed";
}

async function applyStrategy(
  exchange: Exchange,
  intent: WriteIntent,
  strategy: Strategy,
  base: StoredRecord,
  current: StoredRecord,
): Promise<Settled | undefined> {
  if (strategy === "reject" || strategy === "first-write-wins") return undefined;
  if (typeof strategy === "function") return askFunction(exchange, intent, strategy, base, current);
  if (intent.change.kind === "delete") return { kind: "accepted", value: undefined, strategy };
  const proposal = propose(exchange, intent, parseRepresentation(current.text ?? "{}"));
  return proposal.kind === "refused" ? proposal : { kind: "accepted", value: proposal.value, strategy };
}

async function askFunction(
  exchange: Exchange,
  intent: WriteIntent,
  strategy: StrategyFunction,
  base: StoredRecord,
  current: StoredRecord,
): Promise<Settled | undefined> {
  const { collection, method, key } = intent;
  if (method === "POST") return undefined;
  const baseRepresentation = parseRepresentation(base.text ?? "{}");
  const proposal = intent.change.kind === "delete" ? undefined : propose(exchange, intent, baseRepresentation);
  if (proposal?.kind === "refused") return proposal;
  const proposed = proposal === undefined || !isJsonObject(proposal.value) ? null : proposal.value;
  const settlement: Settlement = await strategy({
    resource: key,
    method,
    base: fieldsOf(collection, baseRepresentation),
    current: fieldsOf(collection, parseRepresentation(current.text ?? "{}")),
    proposed,
    actor: exchange.actor,
  });
  if (settlement.kind === "reject") return undefined;
  return { kind: "accepted", value: settlement.value ?? proposal?.value, strategy };
}
