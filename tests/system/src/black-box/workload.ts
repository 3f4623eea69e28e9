import type { Base, Fields, Operation } from "./history.js";
import type { HttpRequest } from "./http-client.js";
import type { Random } from "./random.js";
import { type Collection, fieldsOf, shopContents } from "./shop-content.js";

/** What a client believes is there: the last that it was told. */
export type Belief =
  | { readonly kind: "state"; readonly version: number; readonly etag: string; readonly body: string }
  | { readonly kind: "nothing" };

/** A request, and what the history is to tell about it. */
export interface Intent {
  readonly operation: Pick<Operation, "method" | "base" | "sent" | "marker" | "unchanged">;
  readonly message: HttpRequest;
}

export interface Subject {
  readonly collection: Collection;
  readonly id: string;
}

const json = { "content-type": "application/json" };
const mergePatch = { "content-type": "application/merge-patch+json" };

export function read({ collection, id }: Subject, knownTag?: string): Intent {
  const headers = knownTag === undefined ? {} : { "if-none-match": knownTag };
  return { operation: { method: "GET" }, message: { method: "GET", path: `/${collection}/${id}`, headers } };
}

/** A write of one of the kinds that there are, over what the client believes is there. */
export function write(subject: Subject, belief: Belief, marker: string, random: Random): Intent {
  if (belief.kind === "nothing") return create(subject, marker, random);
  const choice = random.next();
  if (choice < 0.06) return remove(subject, belief.etag);
  if (choice < 0.1) return create(subject, marker, random);
  if (choice < 0.14) return replace(subject, { etag: belief.etag }, fieldsOf(belief.body), undefined);
  const base = random.chance(0.25) ? { version: belief.version } : { etag: belief.etag };
  const { whole, part } = shopContents[subject.collection];
  if (choice < 0.6) return patch(subject, base, part(marker, random), marker);
  return replace(subject, base, whole(subject.id, marker, random, fieldsOf(belief.body)), marker);
}

/** Both ways to make what is not there. */
function create({ collection, id }: Subject, marker: string, random: Random): Intent {
  const sent = shopContents[collection].whole(id, marker, random, undefined);
  if (random.chance(0.5)) {
    const message = { method: "POST", path: `/${collection}`, headers: json, body: JSON.stringify({ id, ...sent }) };
    return { operation: { method: "POST", sent, marker }, message };
  }
  const headers = { ...json, "if-none-match": "*" };
  const message = { method: "PUT", path: `/${collection}/${id}`, headers, body: JSON.stringify(sent) };
  return { operation: { method: "PUT", sent, marker }, message };
}

function remove({ collection, id }: Subject, etag: string): Intent {
  const message = { method: "DELETE", path: `/${collection}/${id}`, headers: { "if-match": etag } };
  return { operation: { method: "DELETE", base: { etag } }, message };
}

function replace({ collection, id }: Subject, base: Base, sent: Fields, marker: string | undefined): Intent {
  const message = { method: "PUT", path: `/${collection}/${id}`, ...conditional(base, sent, json) };
  const mark = marker === undefined ? { unchanged: true as const } : { marker };
  return { operation: { method: "PUT", base, sent, ...mark }, message };
}

function patch({ collection, id }: Subject, base: Base, sent: Fields, marker: string): Intent {
  const message = { method: "PATCH", path: `/${collection}/${id}`, ...conditional(base, sent, mergePatch) };
  return { operation: { method: "PATCH", base, sent, marker }, message };
}

function conditional(
  base: Base,
  sent: Fields,
  type: Readonly<Record<string, string>>,
): Pick<HttpRequest, "headers" | "body"> & { readonly body: string } {
  if ("etag" in base) return { headers: { ...type, "if-match": base.etag }, body: JSON.stringify(sent) };
  return { headers: type, body: JSON.stringify({ version: base.version, ...sent }) };
}
