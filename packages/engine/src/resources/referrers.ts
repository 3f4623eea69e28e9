import { idFault, resourceKey, StoreError } from "@unclash/core";
import { type JsonObject, pointerOf } from "@unclash/core/json";
import type { Key, Moment, Reading, StoredRecord, Text, Write } from "@unclash/core/store";
import { noState } from "../access/asked-resource.js";
import { commitOnce, nothingTried } from "../commits/commit-once.js";
import { createTag } from "../commits/commit-tag.js";
import { type Refused, refused } from "../http/refusal.js";
import type { RequestLimits } from "../http/request-limits.js";
import { sentences } from "../http/sentences.js";
import { hashParts } from "../idempotency/fingerprint.js";
import { parseRepresentation } from "../states/representation.js";
import type { CollectionExchange } from "./collection-exchange.js";
import { expectationOf } from "./planned-write.js";
import type { Reference } from "./references.js";
import type { WriteRequest } from "./write-request.js";

// Each reference that restricts deletions has a record below the resource that it leads to. Who sets the reference
// puts the record, in the same commit as the field, and who lifts it forgets it. A deletion reads the range of these
// records as empty, in its own commit, while a commit that sets a reference reads its target as present: of the two,
// one clashes. A range can be read by prefix alone, so an index would not do.

/** The resource that a field refers to; `undefined` where its value is none, or no id. */
export function referredKey(
  { idBytesMax }: Pick<RequestLimits, "idBytesMax">,
  { field, collection }: Pick<Reference, "field" | "collection">,
  fields: JsonObject | undefined,
): Key | undefined {
  const id = fields?.[field];
  return typeof id === "string" && idFault(id, idBytesMax) === undefined ? resourceKey(collection, id) : undefined;
}

/** The range of the records of all that refers to a resource. */
function referrersOf(key: Key): string {
  return `_reference/${key}/`;
}

/**
 * What a write does to the records of its references: puts those of the ones that it sets, and forgets those of the
 * ones that it lifts.
 *
 * @param before the fields that it replaces, asked for only where the collection restricts deletions
 * @param after those that it leaves behind; `undefined` for a deletion
 */
export function referenceWrites(
  limits: Pick<RequestLimits, "idBytesMax">,
  { collection, key }: Pick<WriteRequest, "collection" | "key">,
  before: () => JsonObject | undefined,
  after: JsonObject | undefined,
): readonly Write[] {
  return collection.references.flatMap((reference): readonly Write[] => {
    if (reference.onDelete !== "restrict") return [];
    const [lifted, set] = [before(), after].map((fields) => {
      const target = referredKey(limits, reference, fields);
      return target === undefined || target === key ? undefined : recordKey(target, key, reference.field);
    });
    if (lifted === set) return [];
    // Nothing but a write of the referring resource changes these, and that names the state that it replaces.
    const writes: Write[] = [];
    if (lifted !== undefined) writes.push({ key: lifted, expect: "any", delete: "forget" });
    const put = recordText({ resource: key, field: reference.field });
    if (set !== undefined) writes.push({ key: set, expect: "any", put, keep: "none" });
    return writes;
  });
}

/** Of fixed length, so that a long id and a long name of a field fit into a key together. */
function recordKey(target: Key, resource: Key, field: string): Key {
  return referrersOf(target) + hashParts([resource, field]);
}

/** What refers to the resource below whose key the record stands. */
interface Referrer {
  readonly resource: Key;
  readonly field: string;
}

function recordText(referrer: Referrer): Text {
  return JSON.stringify(referrer);
}

function readRecord({ text }: StoredRecord): Referrer {
  const value: unknown = JSON.parse(text ?? "null");
  const [resource, field] = ["resource", "field"].map((name): unknown => Reflect.get(Object(value), name));
  if (typeof resource === "string" && typeof field === "string") return { resource, field };
  throw new StoreError("The record of a reference is none that this release has written.", "not-applied");
}

/** Nothing refers to the resource, as long as these readings hold; or something does, and it must stay. */
export type CheckedReferrers = { readonly kind: "unreferenced"; readonly reads: readonly Reading[] } | Refused;

/**
 * Looks whether a resource may be deleted as far as others refer to it: 409. A record whose reference is no more, since
 * nobody kept them while `onDelete` was something else, is removed.
 */
export async function checkReferrers(exchange: CollectionExchange, request: WriteRequest): Promise<CheckedReferrers> {
  if (request.collection.referrers.length === 0) return { kind: "unreferenced", reads: [] };
  const prefix = referrersOf(request.key);
  for (;;) {
    const { records, now } = await exchange.reader.list({ prefix, limit: lookedAtMax });
    const left: Leftover[] = [];
    for (const record of records) {
      const referrer = readRecord(record);
      const found = await findReference(exchange, request, referrer);
      if (found.kind === "refers") return stillReferred(exchange, request, referrer);
      left.push({ record, found: found.record, resource: referrer.resource });
    }
    const isTriedOut = request.preferences.dryRun;
    if (left.length === 0 || isTriedOut) return { kind: "unreferenced", reads: [emptyRange(prefix)] };
    await removeLeftovers(exchange, left, now);
  }
}

/** So many records are looked at in one go: more are there only where those are leftovers. */
const lookedAtMax = 64;

function emptyRange(prefix: string): Reading {
  return { range: { prefix, limit: 1, texts: false }, seen: [] };
}

/** A record whose reference is no more, and the state of its resource that says so. */
interface Leftover {
  readonly record: StoredRecord;
  readonly resource: Key;
  readonly found: StoredRecord | undefined;
}

async function findReference(
  exchange: CollectionExchange,
  { key, collection: { referrers } }: WriteRequest,
  { resource, field }: Referrer,
): Promise<{ readonly kind: "refers" } | { readonly kind: "leftover"; readonly record: StoredRecord | undefined }> {
  const [record] = (await exchange.reader.read([resource])).records;
  const reference = referrers.find((one) => one.field === field && resource.startsWith(`${one.from}/`));
  const text = record?.text ?? undefined;
  if (reference === undefined || text === undefined) return { kind: "leftover", record };
  const referred = referredKey(exchange.settings.requestLimits, reference, parseRepresentation(text));
  return referred === key ? { kind: "refers" } : { kind: "leftover", record };
}

/** Fails where one of them has become a reference again: who looks once more will find it. */
async function removeLeftovers(
  { settings: { store, requestLimits } }: CollectionExchange,
  left: readonly Leftover[],
  at: Moment,
): Promise<void> {
  const readings = new Map(
    left.map(({ resource, found }) => [resource, { key: resource, expect: expectationOf(found) }]),
  );
  const writes = left.map(({ record: { key, tag } }) => ({ key, expect: { tag }, delete: "forget" }) as const);
  const reads = [...readings.values()];
  const commit = { tag: createTag(), at, reads, writes, events: [], by: null, cause: "reference" };
  await commitOnce(store, commit, requestLimits).catch(nothingTried);
}

/** 409: never with the key of what refers to it, which its sender may not be allowed to know. */
async function stillReferred(
  exchange: CollectionExchange,
  { key }: WriteRequest,
  { resource, field }: Referrer,
): Promise<Refused> {
  const collection = resource.slice(0, resource.indexOf("/"));
  if (!(await exchange.mayRead(`${collection}/*`, noState))) {
    return refused("invalid-state", sentences.isReferredTo(key), {
      members: { resource: key },
    });
  }
  const detail = sentences.isReferredToBy(key, collection, field);
  return refused("invalid-state", detail, { members: { resource: key, field: pointerOf([field]) } });
}
