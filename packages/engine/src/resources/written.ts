import type { Key, Moment, ResponsePlan, Text } from "@unclash/core";
import { formatHttpDate } from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import { type Strategy, strategyLabel } from "../conflicts/strategy.js";
import { contentPlan, emptyPlan } from "../http/responses.js";
import { etagHeader, type State } from "../states/representation.js";
import type { WriteIntent } from "./write-request.js";

/** What a successful write is answered with. */
export interface Written {
  /** The state that is there now; `undefined` for one that was only tried out, which has no entity-tag. */
  readonly state: State | undefined;
  /** The state's text; `null` after a deletion. */
  readonly text: Text | null;
  readonly outcome: "created" | "changed" | "unchanged" | "deleted";
  readonly settledBy: Strategy | undefined;
}

/**
 * The answer to a write that succeeds: 200, 201 or 204, with the new state and its validators (RFC 9110 §8.8). It is whole:
 * whether the caller may read the state is not asked here, but by `shownPlan`, once the state is there.
 */
export function writtenPlan(exchange: Exchange, intent: WriteIntent, written: Written): ResponsePlan {
  const { collection, id, preferences } = intent;
  const { state, text, settledBy } = written;
  const path = exchange.pathOf(collection.name, id);
  const created = written.outcome === "created";
  const headers: Record<string, string> = state === undefined || text === null ? {} : validators(intent, state);
  if (created) headers["location"] = path;
  if (text !== null && !preferences.minimal) headers["content-location"] = path;
  if (settledBy !== undefined) headers["unclash-conflict"] = `status=resolved, strategy=${strategyLabel(settledBy)}`;
  const applied = appliedPreferences(intent, text, settledBy);
  if (applied.length > 0) headers["preference-applied"] = applied.join(", ");
  const outcome = preferences.dryRun ? "dry-run" : written.outcome;
  if (text === null || preferences.minimal)
    return emptyPlan(created ? 201 : 204, outcome, created ? { ...headers, "content-length": "0" } : headers);
  return contentPlan(created ? 201 : 200, outcome, headers, text);
}

/**
 * The answer to a write as its caller gets it: without the state, where a GET would not show it. One that was only tried out
 * has no entity-tag then either: it would tell that the content is what is there already.
 */
export async function shownPlan(exchange: Exchange, key: Key, plan: ResponsePlan): Promise<ResponsePlan> {
  const isTrial = plan.outcome === "dry-run";
  if ((plan.body === null && !isTrial) || (await exchange.mayRead(key))) return plan;
  const shown = plan.body === null ? plan : withoutContent(plan);
  return isTrial ? withoutHeaders(shown, ofState) : shown;
}

/** What an answer to a write is for who may not read the state: 204 in place of 200, and a 201 without content. */
export function withoutContent({ status, headers, outcome }: ResponsePlan): ResponsePlan {
  const { headers: left } = withoutHeaders({ status, headers, outcome, body: null }, aboutContent);
  return status === 200
    ? emptyPlan(204, outcome, left)
    : emptyPlan(status, outcome, { ...left, "content-length": "0" });
}

function withoutHeaders(plan: ResponsePlan, names: ReadonlySet<string>): ResponsePlan {
  return { ...plan, headers: Object.fromEntries(Object.entries(plan.headers).filter(([name]) => !names.has(name))) };
}

const ofState: ReadonlySet<string> = new Set(["etag", "last-modified"]);

const aboutContent: ReadonlySet<string> = new Set(["content-type", "content-length", "content-location"]);

/** The answer to a write that comes out as what is there already: nothing was written. */
export function unchangedPlan(
  exchange: Exchange,
  intent: WriteIntent,
  current: State,
  settledBy: Strategy | undefined,
): Promise<ResponsePlan> {
  const unchanged = { state: current, text: current.text, outcome: "unchanged", settledBy } as const;
  return shownPlan(exchange, intent.key, writtenPlan(exchange, intent, unchanged));
}

function validators({ collection }: WriteIntent, state: State): Record<string, string> {
  return { etag: etagHeader(collection, state), "last-modified": lastModified(state) };
}

/** When a state was made, never later than the answer's own `Date` (RFC 9110 §8.8.2.1). */
export function lastModified({ modifiedAt }: { readonly modifiedAt: Moment }): string {
  return formatHttpDate(Math.min(modifiedAt, Date.now()));
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
