import type { EntityTag, ProblemEntry } from "@unclash/core";
import { diffJson } from "@unclash/core/json";
import type { StoredRecord } from "@unclash/core/store";
import { unknownParameters } from "../http/paging.js";
import { malformed, notFound, type Refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import type { Addressed, CollectionExchange } from "../resources/collection-exchange.js";
import { goneOrMissing } from "../resources/refusals.js";
import { entityTagOf, fieldsOf, parseRepresentation, shownText } from "../states/representation.js";
import { findVersion, readVersionParameter } from "./history.js";

/** Two states of a resource, neither of them a deletion. */
export interface ComparedStates {
  readonly kind: "states";
  /** Of the difference: the same two states always differ in the same way. */
  readonly etag: EntityTag;
  /** A JSON Patch, of what changed of the fields from the one to the other: it costs a look at both. */
  text(): string;
}

/**
 * Counts up where `diffJson` gives other operations for the same values: a strong entity-tag stands for the same bytes
 * for ever.
 */
const diffFormat = "d1";

/** Reads the versions `from` and `to` of a request, the newest one where it has no `to`. */
export async function compareVersions(
  exchange: CollectionExchange,
  addressed: Addressed,
  errors: ProblemEntry[],
): Promise<ComparedStates | Refused> {
  const query = new URLSearchParams(exchange.request.query);
  errors.push(...unknownParameters(query, ["from", "to"], sentences.diffParameters));
  const from = readVersionParameter("from", query.getAll("from"), errors);
  const to = query.has("to") ? readVersionParameter("to", query.getAll("to"), errors) : undefined;
  if (from === undefined || errors.length > 0) return malformed(errors);
  const { key, hidden } = addressed;
  if (hidden) return notFound(key);
  const [before, after] = await Promise.all([
    findVersion(exchange, addressed, from),
    to === undefined ? findNewest(exchange, key) : findVersion(exchange, addressed, to),
  ]);
  if (before === undefined) return notFound(sentences.versionOf(key, from));
  if (after === undefined) return notFound(to === undefined ? key : sentences.versionOf(key, to));
  const deleted = [before, after].find((record) => record.deleted);
  if (deleted !== undefined) return goneOrMissing(exchange, addressed, deleted);
  const { collection } = addressed;
  const fields = (record: StoredRecord) => fieldsOf(collection, parseRepresentation(shownText(collection, record)));
  const opaque = [before, after].map((record) => entityTagOf(collection, record).opaque).join(".");
  return {
    kind: "states",
    etag: { weak: false, opaque: `${diffFormat}.${opaque}` },
    text: () => JSON.stringify(diffJson(fields(before), fields(after))),
  };
}

async function findNewest({ reader }: CollectionExchange, key: string): Promise<StoredRecord | undefined> {
  return (await reader.history(key, { limit: 1, texts: true })).records[0];
}
