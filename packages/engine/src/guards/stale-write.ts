import type { Conditions, FailedCondition } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import { settledFacts } from "../conflicts/conflict.js";
import { settle } from "../conflicts/settle.js";
import { type Settlement, type StrategyFunction, strategyLabel } from "../conflicts/strategy.js";
import type { Refused } from "../http/refusal.js";
import type { ParsedRequest } from "../preconditions/conditions.js";
import { namedStates, newestNamed } from "../preconditions/named-state.js";
import { fieldsOf } from "../states/representation.js";
import { isCounted, type RowState } from "../states/row-state.js";
import { guardConflict, lossOf, proposedFields, versionsBehind } from "./guard-conflict.js";
import type { GuardExchange } from "./guard-exchange.js";

/**
 * A stale write that a strategy lets through: over the current state, with the strategy's own value where it gives one.
 */
export interface SettledWrite {
  readonly strategy: string;
  readonly value?: JsonObject;
}

/** An earlier state of the resource; its value where the app still has it. */
interface Earlier {
  readonly value: unknown;
}

/** Lets the strategy decide on a write whose precondition failed: conflict, or pass. */
export async function settleStale(
  exchange: GuardExchange,
  { conditions, preferences }: ParsedRequest,
  failed: FailedCondition,
  current: RowState | undefined,
): Promise<{ readonly kind: "pass"; readonly settled: SettledWrite } | Refused> {
  const strategy = preferences.onConflict ?? exchange.settings.strategy;
  const { method } = exchange.request;
  const settled = await settle(
    { method, strategy, conditions, failed, current },
    {
      findBase: (there) => findEarlier(exchange, conditions, there),
      ask: (own, base: Earlier, there) => askFunction(exchange, own, base.value, there),
    },
  );
  if (settled.kind === "refused") return settled;
  if (settled.kind === "accepted") {
    const { value, base } = settled;
    if (exchange.isObserved && current !== undefined)
      exchange.conflict = settledFacts(
        method,
        { strategy, failed, versionsBehind: versionsBehind(conditions, current) },
        lossOf(exchange, { current, base: base.value }),
      );
    const label = strategyLabel(settled.strategy);
    return { kind: "pass", settled: { strategy: label, ...(value && { value }) } };
  }
  return guardConflict(exchange, {
    conditions,
    failed,
    current,
    base: settled.base?.value,
    strategy: settled.strategy,
  });
}

async function findEarlier(
  exchange: GuardExchange,
  conditions: Conditions,
  { loaded, version: now }: RowState,
): Promise<Earlier | undefined> {
  const { settings, request } = exchange;
  const named = newestNamed(conditions);
  if (named === undefined || conditions.ifMatch?.kind === "any") return undefined;
  if (settings.past !== undefined) {
    const value = await exchange.waitFor("past", settings.past(named, request.native));
    return value == null ? undefined : { value };
  }
  // A counter says by itself which versions there were. An entity-tag that holds more than the counter does not.
  const wasThere = namedStates(conditions).some(
    ({ version, etag }) =>
      version !== undefined && now !== undefined && version < now && (etag === undefined || etag === `"${version}"`),
  );
  return isCounted(loaded) && loaded.etag === undefined && wasThere ? { value: undefined } : undefined;
}

async function askFunction(
  exchange: GuardExchange,
  strategy: StrategyFunction,
  base: unknown,
  current: RowState,
): Promise<Settlement | undefined> {
  const { settings, request, resource = "", actor } = exchange;
  const { method } = request;
  if (base === undefined || (method !== "PUT" && method !== "PATCH" && method !== "DELETE")) return undefined;
  const before = exchange.select({ version: 0, value: base }).representation();
  const now = current.representation();
  if (before === undefined || now === undefined) return undefined;
  const proposed = method === "DELETE" ? null : (proposedFields(exchange, before) ?? null);
  const states = { base: fieldsOf(settings, before), current: fieldsOf(settings, now), proposed };
  return strategy({ resource, method, ...states, actor });
}
