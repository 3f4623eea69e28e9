import type { ResponsePlan } from "@unclash/core";
import type { Text } from "@unclash/core/store";
import { type Strategy, settledField, strategyLabel } from "../conflicts/strategy.js";
import { contentResponse, emptyResponse, lastModified, withoutHeaders, withoutState } from "../http/responses.js";
import type { ShowingStates } from "../idempotency/in-commit.js";
import { etagHeader, fieldsIn, type State, shownText } from "../states/representation.js";
import type { Collection } from "./collection.js";
import type { CollectionExchange } from "./collection-exchange.js";
import type { WriteRequest } from "./write-request.js";

/** What a successful write is answered with. */
export interface Written {
  /** The state that is there now, or would be. */
  readonly state: State;
  readonly outcome: "created" | "changed" | "unchanged" | "deleted";
  /** The strategy that let it through, and the id of its record where the caller may read that. */
  readonly settled: { readonly by: Strategy; readonly conflictId: string | undefined } | undefined;
}

/**
 * The answer to a write that succeeds: 200, 201 or 204, with the new state and its validators (RFC 9110 §8.8). It is
 * whole: whether the caller may read the state is not asked here, but by `withoutHiddenState`, once the state is there.
 */
export function writtenResponse(exchange: CollectionExchange, request: WriteRequest, written: Written): ResponsePlan {
  const { collection, id, preferences } = request;
  const { state, settled } = written;
  const text = state.text === null ? null : shownText(collection, state);
  const path = exchange.pathOf(collection.name, id);
  const created = written.outcome === "created";
  const headers: Record<string, string> = {};
  // One that was only tried out has no validators.
  if (text !== null && (!preferences.dryRun || written.outcome === "unchanged")) {
    headers["etag"] = etagHeader(collection, state);
    headers["last-modified"] = lastModified(state);
  }
  if (created) headers["location"] = path;
  if (text !== null && !preferences.minimal) headers["content-location"] = path;
  if (settled !== undefined) headers["unclash-conflict"] = settledField(strategyLabel(settled.by), settled.conflictId);
  const applied = appliedPreferences(request, text, settled?.by);
  if (applied.length > 0) headers["preference-applied"] = applied.join(", ");
  const outcome = preferences.dryRun ? "dry-run" : written.outcome;
  if (text === null || preferences.minimal)
    return emptyResponse(created ? 201 : 204, outcome, created ? { ...headers, "content-length": "0" } : headers);
  return contentResponse(created ? 201 : 200, outcome, headers, text);
}

/**
 * The answer to a write as its caller gets it: without the state, where a GET would not show it. One that made no state
 * has no validators then either: they would be those of the state that was there before.
 */
export async function withoutHiddenState(
  exchange: CollectionExchange,
  { key, collection }: Pick<WriteRequest, "key" | "collection">,
  response: ResponsePlan,
  state: Pick<State, "key" | "tag" | "text">,
): Promise<ResponsePlan> {
  const madeNone = response.outcome === "dry-run" || response.outcome === "unchanged";
  const tellsNothing = response.body === null && response.headers["etag"] === undefined && !madeNone;
  if (tellsNothing || (await exchange.mayRead(key, fieldsIn(collection, state)))) return response;
  const shown = withoutState(response, tagsTell(collection));
  return madeNone ? { ...shown, headers: withoutHeaders(shown.headers, ["etag", "last-modified"]) } : shown;
}

/** How a collection shows the state of a kept answer to who repeats its request. */
export function showing(collection: Collection): ShowingStates {
  return {
    tagTells: tagsTell(collection),
    fields: (current) => fieldsIn(collection, current),
    etag: (state) => etagHeader(collection, state),
    text: (state) => shownText(collection, state),
  };
}

/** Whether entity-tags tell of the content: anyone could try what content has a digest. */
export function tagsTell({ digest }: Pick<Collection, "digest">): boolean {
  return digest !== undefined;
}

/** The preferences that decided something about this answer (RFC 7240 §3). */
function appliedPreferences(
  { preferences }: WriteRequest,
  text: Text | null,
  settledBy: Strategy | undefined,
): readonly string[] {
  return [
    ...(preferences.dryRun ? ["dry-run"] : []),
    ...(preferences.minimal && text !== null ? ["return=minimal"] : []),
    ...(settledBy !== undefined && settledBy === preferences.onConflict ? [`on-conflict=${settledBy}`] : []),
  ];
}
