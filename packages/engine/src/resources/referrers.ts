import { idFault, resourceKey, StoreError } from "@unclash/core";
import { type JsonObject, pointerOf } from "@unclash/core/json";
import type { Key, Moment, Page, Reading, StoredRecord, Text, Write } from "@unclash/core/store";
import { noState } from "../access/asked-resource.js";
import { commitOnce, nothingTried } from "../commits/commit-once.js";
import { createTag } from "../commits/commit-tag.js";
import { internalRecords } from "../commits/internal-records.js";
import { pauseBeforeTry } from "../commits/pause-before-try.js";
import { type Refused, refused, unavailable } from "../http/refusal.js";
import type { RequestLimits } from "../http/request-limits.js";
import { sentences } from "../http/sentences.js";
import { hashParts } from "../idempotency/fingerprint.js";
import { fieldsIn } from "../states/representation.js";
import { pointerForCaller } from "./callers-names.js";
import type { Referrers } from "./collection.js";
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
  return `${internalRecords.references.prefix}${key}/`;
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
 * nobody kept them while `onDelete` was something else, is removed; 503 where that does not come to an end. A record of
 * a field that restricts nothing here stays as it is: it does in a process with other options.
 */
export async function checkReferrers(exchange: CollectionExchange, request: WriteRequest): Promise<CheckedReferrers> {
  if (request.collection.referrers.length === 0) return { kind: "unreferenced", reads: [] };
  const prefix = referrersOf(request.key);
  const reads: Reading[] = [];
  let after: string | undefined;
  let lost = 0;
  while (performance.now() < exchange.writeEndsAt && reads.length < pagesMax) {
    const page = await exchange.reader.list({ prefix, limit: lookedAtMax, ...(after !== undefined && { after }) });
    const found = await findLeftovers(exchange, request, page.records);
    if (found.kind === "refused") return found;
    if (found.left.length > 0 && !request.preferences.dryRun) {
      if (!(await removeLeftovers(exchange, found.left, page.now))) {
        lost += 1;
        await pauseBeforeTry(lost + 1);
      }
    } else {
      reads.push(readingOf({ prefix, after }, page));
      if (page.next === undefined) return { kind: "unreferenced", reads };
      after = page.next;
    }
  }
  return unavailable("not-applied", sentences.recordsLeft(request.key));
}

/** So many records are looked at in one go: more are there only where those block nothing. */
const lookedAtMax = 64;

/** A commit may hold 512 readings, some of others. */
const pagesMax = 256;

/** A page of records, all of which may stay; the last one ends the range. */
function readingOf(
  { prefix, after }: { readonly prefix: string; readonly after: string | undefined },
  { records, next }: Page,
): Reading {
  const limit = next === undefined ? records.length + 1 : records.length;
  const range = { prefix, limit, texts: false, ...(after !== undefined && { after }) };
  return { range, seen: records.map(({ key, tag }) => ({ key, tag })) };
}

/** The leftovers among records, or the refusal that the first of a living reference is. */
async function findLeftovers(
  exchange: CollectionExchange,
  request: WriteRequest,
  records: readonly StoredRecord[],
): Promise<{ readonly kind: "leftovers"; readonly left: readonly Leftover[] } | Refused> {
  const left: Leftover[] = [];
  for (const record of records) {
    const referrer = readRecord(record);
    const reference = restrictingReference(request, referrer);
    if (reference === undefined) continue;
    const found = await findReference(exchange, request, reference, referrer.resource);
    if (found.kind === "refers") return stillReferred(exchange, request, referrer);
    left.push({ record, found: found.record, resource: referrer.resource });
  }
  return { kind: "leftovers", left };
}

/** The reference of a record, if it restricts deletions by the options of this process. */
function restrictingReference(
  { collection: { referrers } }: WriteRequest,
  { resource, field }: Referrer,
): Referrers | undefined {
  return referrers.find((one) => one.field === field && resource.startsWith(`${one.from}/`));
}

/** A record whose reference is no more, and the state of its resource that says so. */
interface Leftover {
  readonly record: StoredRecord;
  readonly resource: Key;
  readonly found: StoredRecord | undefined;
}

async function findReference(
  exchange: CollectionExchange,
  { key }: WriteRequest,
  reference: Referrers,
  resource: Key,
): Promise<{ readonly kind: "refers" } | { readonly kind: "leftover"; readonly record: StoredRecord | undefined }> {
  const [record] = (await exchange.reader.read([resource])).records;
  if (record === undefined || record.text === null) return { kind: "leftover", record };
  const referring = exchange.settings.collections.get(reference.from);
  const fields = referring === undefined ? undefined : fieldsIn(referring, record)();
  const referred = referredKey(exchange.settings.requestLimits, reference, fields);
  return referred === key ? { kind: "refers" } : { kind: "leftover", record };
}

/** Tells whether they are gone; not where one has become a reference again: who looks once more will find it. */
async function removeLeftovers(
  { settings: { store, requestLimits } }: CollectionExchange,
  left: readonly Leftover[],
  at: Moment,
): Promise<boolean> {
  const readings = new Map(
    left.map(({ resource, found }) => [resource, { key: resource, expect: expectationOf(found) }]),
  );
  const writes = left.map(({ record: { key, tag } }) => ({ key, expect: { tag }, delete: "forget" }) as const);
  const reads = [...readings.values()];
  const commit = { tag: createTag(), at, reads, writes, events: [], by: null, cause: "reference" };
  const { kind } = await commitOnce(store, commit, requestLimits).catch(nothingTried);
  return kind === "committed";
}

/** 409: never with the key of what refers to it, which its sender may not be allowed to know. */
async function stillReferred(
  exchange: CollectionExchange,
  { key, collection: { view } }: WriteRequest,
  { resource, field }: Referrer,
): Promise<Refused> {
  const collection = resource.slice(0, resource.indexOf("/"));
  if (!(await exchange.mayRead(`${collection}/*`, noState))) {
    return refused("invalid-state", sentences.isReferredTo(key), {
      members: { resource: key },
    });
  }
  const referring = exchange.settings.collections.get(collection)?.view;
  const shown = referring && view && { ...referring, version: view.version };
  const pointer = pointerForCaller({ view: shown }, pointerOf([field]));
  const detail = sentences.isReferredToBy(key, collection, pointer.slice(1));
  return refused("invalid-state", detail, { members: { resource: key, field: pointer } });
}
