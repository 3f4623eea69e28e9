import type { ResponsePlan, StoredRecord, Text } from "@unclash/core";
import { formatHttpDate } from "@unclash/core";
import type { Exchange } from "./exchange.js";
import type { WriteIntent } from "./intent.js";
import { contentPlan, emptyPlan } from "./plan.js";
import { etagHeader } from "./representation.js";
import { type Strategy, strategyLabel } from "./strategy.js";

/** What a successful write is answered with. */
export interface Written {
  /** The state that is there now; `undefined` for one that was only tried out, which has no entity-tag. */
  readonly record: StoredRecord | undefined;
  /** The state's text; `null` after a deletion. */
  readonly text: Text | null;
  readonly outcome: "created" | "changed" | "unchanged" | "deleted";
  readonly settledBy: Strategy | undefined;
}

/** The answer to a write that succeeded: 200, 201 or 204, with the new state and its validators (RFC 9110 §8.8). */
export async function writtenPlan(exchange: Exchange, intent: WriteIntent, written: Written): Promise<ResponsePlan> {
  const { collection, id, preferences } = intent;
  const { record, text, settledBy } = written;
  const path = exchange.pathOf(collection.name, id);
  const created = written.outcome === "created";
  const withoutContent = text === null || preferences.minimal || !(await exchange.mayRead(intent.key));
  const headers: Record<string, string> = record === undefined || text === null ? {} : validators(intent, record);
  if (created) headers["location"] = path;
  if (!withoutContent) headers["content-location"] = path;
  if (settledBy !== undefined) headers["unclash-conflict"] = `status=resolved, strategy=${strategyLabel(settledBy)}`;
  const applied = appliedPreferences(intent, text, settledBy);
  if (applied.length > 0) headers["preference-applied"] = applied.join(", ");
  const outcome = preferences.dryRun ? "dry-run" : written.outcome;
  if (withoutContent)
    return emptyPlan(created ? 201 : 204, outcome, created ? { ...headers, "content-length": "0" } : headers);
  return contentPlan(created ? 201 : 200, outcome, headers, text);
}

/** The answer to a write that comes out as what is there already: nothing was written. */
export function unchangedPlan(
  exchange: Exchange,
  intent: WriteIntent,
  current: StoredRecord,
  settledBy: Strategy | undefined,
): Promise<ResponsePlan> {
  return writtenPlan(exchange, intent, { record: current, text: current.text, outcome: "unchanged", settledBy });
}

function validators({ collection }: WriteIntent, record: StoredRecord): Record<string, string> {
  return { etag: etagHeader(collection, record), "last-modified": lastModified(record) };
}

/** When a state was made, never later than the answer's own `Date` (RFC 9110 §8.8.2.1). */
export function lastModified(record: StoredRecord): string {
  return formatHttpDate(Math.min(record.modifiedAt, Date.now()));
}

/** The preferences that decided something about this answer (RFC 7240 §3). */
function appliedPreferences(
  { preferences }: WriteIntent,
  text: Text | null,
  settledBy: Strategy | undefined,
): readonly string[] {
  return [
    ...(preferences.dryRun ? ["dry-run"] : []),
    ...(preferences.minimal && text !== null ? ["return=minimal"] : []),
    ...(settledBy !== undefined && settledBy === preferences.onConflict ? [`on-conflict=${settledBy}`] : []),
  ];
}
