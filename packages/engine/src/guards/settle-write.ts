import { type Conditions, evaluatePreconditions, type FailedCondition, type JsonObject } from "@unclash/core";
import { type Strategy, strategyLabel } from "../conflicts/strategy.js";
import { namedStates, newestNamed } from "../preconditions/named-state.js";
import type { Preferences } from "../preconditions/preferences.js";
import type { LoadedState } from "../states/loaded-state.js";
import { factsOfState, shownVersionOf } from "../states/row-state.js";
import { conflictError } from "./guard-conflict.js";
import type { GuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";
import { proposedFields } from "./proposed-fields.js";

/** A stale write that a strategy lets through: over the current state, with the strategy's own value where it gives one. */
export interface SettledWrite {
  readonly strategy: string;
  readonly value?: JsonObject;
}

/** What a request says that it relies on, and how it wants to be treated. */
export interface Terms {
  readonly conditions: Conditions;
  readonly preferences: Preferences;
}

/** What becomes of a write whose precondition failed. */
export type Settling =
  | { readonly kind: "pass"; readonly settled: SettledWrite }
  | { readonly kind: "refuse"; readonly error: GuardError };

/**
 * Lets the strategy decide on a write whose precondition failed. It has a say only where the client named an earlier state
 * that this resource really had; anything else is a conflict.
 */
export async function settleWrite(
  exchange: GuardExchange,
  { conditions, preferences }: Terms,
  failed: FailedCondition,
  current: LoadedState | undefined,
): Promise<Settling> {
  const strategy = preferences.onConflict ?? exchange.settings.strategy;
  const isStale = current !== undefined && ["if-match", "version", "etag"].includes(failed);
  const earlier =
    isStale && holdsOtherwise(exchange, conditions, current)
      ? await findEarlier(exchange, conditions, current)
      : undefined;
  if (earlier !== undefined && current !== undefined) {
    const settled = await applyStrategy(exchange, strategy, earlier.value, current);
    if (settled !== undefined) return { kind: "pass", settled };
  }
  // A strategy that had no say leaves a plain refusal, whatever its name.
  const heard = earlier === undefined && strategy !== "first-write-wins" ? "reject" : strategy;
  const error = conflictError(exchange, { conditions, failed, current, base: earlier?.value, strategy: heard });
  return { kind: "refuse", error };
}

/** Whether `If-None-Match` holds besides: who may only create, and asks for just that, must not come to change anything. */
function holdsOtherwise(exchange: GuardExchange, { ifNoneMatch }: Conditions, current: LoadedState): boolean {
  if (ifNoneMatch === undefined) return true;
  const verdict = evaluatePreconditions(
    exchange.request.method,
    { ifNoneMatch },
    factsOfState(current, exchange.settings.digest),
  );
  return verdict.kind === "proceed";
}

/** An earlier state of the resource; its value where the app still has it. */
interface Earlier {
  readonly value: unknown;
}

async function findEarlier(
  { settings, request }: GuardExchange,
  conditions: Conditions,
  current: LoadedState,
): Promise<Earlier | undefined> {
  const named = newestNamed(conditions);
  if (named === undefined || conditions.ifMatch?.kind === "any") return undefined;
  if (settings.past !== undefined) {
    const value = await settings.past(named, request.native);
    return value == null ? undefined : { value };
  }
  // A counter says by itself which versions there were. An entity-tag that holds more than the counter does not.
  const isCounted = typeof current.version === "number" || typeof current.version === "bigint";
  const now = shownVersionOf(current);
  const wasThere = namedStates(conditions).some(
    ({ version, etag }) =>
      version !== undefined && now !== undefined && version < now && (etag === undefined || etag === `"${version}"`),
  );
  return isCounted && current.etag === undefined && wasThere ? { value: undefined } : undefined;
}

async function applyStrategy(
  exchange: GuardExchange,
  strategy: Strategy,
  base: unknown,
  current: LoadedState,
): Promise<SettledWrite | undefined> {
  if (strategy === "reject" || strategy === "first-write-wins") return undefined;
  if (strategy === "last-write-wins") return { strategy };
  const { represent } = exchange.settings;
  const { method, native } = exchange.request;
  if (represent === undefined || base === undefined) return undefined;
  if (method !== "PUT" && method !== "PATCH" && method !== "DELETE") return undefined;
  const before = represent(base, native);
  const now = represent(current.value, native);
  if (before === undefined || now === undefined) return undefined;
  const settlement = await strategy({
    resource: exchange.resource ?? "",
    method,
    base: exchange.fieldsOf(before),
    current: exchange.fieldsOf(now),
    proposed: method === "DELETE" ? null : (proposedFields(exchange, before) ?? null),
    actor: exchange.actor,
  });
  if (settlement.kind === "reject") return undefined;
  return { strategy: strategyLabel(strategy), ...(settlement.value && { value: settlement.value }) };
}
