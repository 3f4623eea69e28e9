import { CallbackError, type Conditions, type FailedCondition } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import { settledFacts } from "../conflicts/conflict.js";
import { isThereAlready, type StaleStates } from "../conflicts/merge-states.js";
import { type FoundBase, type Settled, settle } from "../conflicts/settle.js";
import { strategyLabel } from "../conflicts/strategy.js";
import type { Refused } from "../http/refusal.js";
import type { ParsedRequest } from "../preconditions/conditions.js";
import { namedStates, newestNamed } from "../preconditions/named-state.js";
import { fieldsOf } from "../states/representation.js";
import { isCounted, type RowState } from "../states/row-state.js";
import { guardConflict, lossOf, proposedFields, versionsBehind } from "./guard-conflict.js";
import type { GuardExchange } from "./guard-exchange.js";
import { recordRefused, settledRecord } from "./recorded-conflict.js";

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
  const { request, actor, resource = "" } = exchange;
  const { method } = request;
  const settled = await settle(
    { method, strategy, merging: exchange.settings.merging, conditions, failed, current },
    {
      findBase: async (there): Promise<FoundBase<Earlier>> => {
        const base = await findEarlier(exchange, conditions, there);
        return base === undefined ? { kind: "unknown" } : { kind: "found", base };
      },
      statesOf: async (base, there) => statesOf(exchange, base, there),
      ask: async (own, states) => own({ resource, method: writeMethod(method), ...states, actor }),
    },
  );
  if (settled.kind === "refused") return settled;
  exchange.settledRecord = undefined;
  if (settled.kind === "accepted") {
    const { value, base, states } = settled;
    const { dryRun } = preferences;
    if (current !== undefined && states !== undefined && !dryRun)
      exchange.settledRecord = await settledRecord(exchange, {
        strategy,
        base: rowOf(exchange, base),
        current,
        states,
      });
    if (exchange.isObserved && current !== undefined)
      exchange.conflict = settledFacts(
        method,
        { strategy, failed, versionsBehind: versionsBehind(conditions, current) },
        lossOf(exchange, { current, base: base.value }),
      );
    const label = strategyLabel(settled.strategy);
    return { kind: "pass", settled: { strategy: label, ...(value && { value }) } };
  }
  const conflictId = preferences.dryRun ? undefined : await recorded(exchange, settled, current);
  return guardConflict(exchange, {
    conditions,
    failed,
    current,
    base: settled.base?.value,
    strategy: settled.strategy,
    asked: strategy,
    conflictId,
    isParked: settled.kind === "parked" && !preferences.dryRun && !isThereAlready(settled.states),
    ...(settled.kind === "rejected" && {
      clashing: settled.clashes?.map(({ path }) => path),
      isBaseGone: settled.isBaseGone,
    }),
  });
}

/** Records what is refused, where the guard does; gives the id of the record to who may read that. */
async function recorded(
  exchange: GuardExchange,
  settled: Extract<Settled<Earlier>, { readonly kind: "parked" | "rejected" }>,
  current: RowState | undefined,
): Promise<string | undefined> {
  const { records, recordRefusals } = exchange.settings;
  const { base, strategy } = settled;
  if (base === undefined || current === undefined) return undefined;
  if (settled.kind === "parked") {
    if (records === undefined)
      throw new CallbackError("conflicts.strategy", "may park only where `conflicts.records` says where that is kept");
    const { states } = settled;
    if (isThereAlready(states)) return undefined;
    return recordRefused(exchange, { strategy, base: rowOf(exchange, base), current, states }, "parked");
  }
  const states = recordRefusals ? statesOf(exchange, base, current) : undefined;
  if (states === undefined || isThereAlready(states)) return undefined;
  const clashing = settled.clashes?.map(({ path }) => path);
  return recordRefused(exchange, { strategy, base: rowOf(exchange, base), current, states, clashing }, "refused");
}

/** An earlier state, of which the app gave the value alone: its version is known where it is in that. */
function rowOf(exchange: GuardExchange, { value }: Earlier): RowState {
  const version: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "version") : undefined;
  return exchange.select({ version: typeof version === "number" ? version : 0, value });
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

/** What a strategy has to look at, as far as the app shows it; `proposed` is what the content makes of the base. */
function statesOf(exchange: GuardExchange, base: Earlier, current: RowState): StaleStates | undefined {
  const { settings, request } = exchange;
  const { method } = request;
  if (base.value === undefined || (method !== "PUT" && method !== "PATCH" && method !== "DELETE")) return undefined;
  const before = exchange.select({ version: 0, value: base.value }).representation();
  const now = current.representation();
  if (before === undefined || now === undefined) return undefined;
  const proposed = method === "DELETE" ? null : (proposedFields(exchange, before) ?? null);
  return { base: fieldsOf(settings, before), current: fieldsOf(settings, now), proposed };
}

/** The method of a write that a strategy is asked about. */
function writeMethod(method: string): "PUT" | "PATCH" | "DELETE" {
  return method === "PUT" || method === "PATCH" ? method : "DELETE";
}
