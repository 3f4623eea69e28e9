import { setTimeout as pause } from "node:timers/promises";
import type { Clash, CommitResult, ResponsePlan } from "@unclash/core";
import { commitOnce } from "./commit.js";
import { decide } from "./decide.js";
import type { Exchange } from "./exchange.js";
import type { WriteIntent } from "./intent.js";
import { unavailablePlan } from "./plan.js";
import type { PlannedWrite } from "./planned-write.js";
import { duplicateValue } from "./refusals.js";
import { findHolder, uniqueClash } from "./unique.js";
import { writtenPlan } from "./written.js";

/** The longest pause between two tries of a write. */
const pauseMsMax = 250;

/**
 * The one way in which a resource is written: read, decide, commit; and again from the start where others were faster.
 * A write with a precondition then learns that it no longer holds; one without has a bounded number of tries.
 */
export async function write(exchange: Exchange, intent: WriteIntent): Promise<ResponsePlan> {
  const { store, limits } = exchange.settings;
  for (let attempt = 1; attempt <= limits.racesMax; attempt++) {
    exchange.attempts = attempt;
    if (attempt > 1) await pause(Math.random() * Math.min(2 ** attempt, pauseMsMax));
    const decision = await decide(exchange, intent, await store.read([intent.key]));
    if (decision.kind === "respond") return decision.plan;
    const { planned } = decision;
    const result = intent.preferences.dryRun
      ? await tryOut(exchange, planned)
      : await commitOnce(store, planned.commit, limits);
    exchange.applied = result.kind === "committed" && !intent.preferences.dryRun;
    if (result.kind === "committed") return committedPlan(exchange, intent, planned, result);
    const taken = uniqueClash(result.clashes);
    if (taken !== undefined) return duplicateValue(exchange, intent, taken.index, taken.holder);
  }
  const detail = `Others changed ${intent.key} ${limits.racesMax} times while this request was at it.`;
  return unavailablePlan(exchange, "not-applied", detail);
}

/** Looks whether the commit would go through as far as others' unique values are concerned, and commits nothing. */
async function tryOut(exchange: Exchange, { commit }: PlannedWrite): Promise<CommitResult> {
  const [write] = commit.writes;
  const values = write !== undefined && "put" in write ? (write.index ?? []) : [];
  const clashes: Clash[] = write === undefined ? [] : await findHolder(exchange.settings.store, values, write.key);
  return clashes.length > 0 ? { kind: "clash", clashes } : { kind: "committed", records: [] };
}

function committedPlan(
  exchange: Exchange,
  intent: WriteIntent,
  planned: PlannedWrite,
  { records: [record] }: CommitResult & { readonly kind: "committed" },
): Promise<ResponsePlan> {
  const { text, created, settledBy } = planned;
  const outcome = text === null ? "deleted" : created ? "created" : "changed";
  return writtenPlan(exchange, intent, { record: record ?? undefined, text, outcome, settledBy });
}
