import type { JsonObject } from "@unclash/core/json";
import type { Reading, StoredRecord, Text, Write } from "@unclash/core/store";
import { recordedName } from "../access/actor.js";
import type { CommitHeader, CommitPart } from "../commits/commit-parts.js";
import { createTag, firstShape } from "../commits/commit-tag.js";
import type { SnapshotByKey } from "../commits/snapshot.js";
import {
  type Content,
  contentOf,
  nextShownVersion,
  representationText,
  type State,
  storedShape,
} from "../states/representation.js";
import type { Collection } from "./collection.js";
import type { CollectionExchange } from "./collection-exchange.js";
import type { SettledWrite } from "./stale-conflict.js";
import { uniqueValues } from "./unique.js";
import type { WriteRequest } from "./write-request.js";

/** A write that may happen: its part of the commit that makes it happen if nothing has changed until then. */
export interface PlannedWrite {
  readonly kind: "write";
  readonly header: CommitHeader;
  readonly part: CommitPart;
  /**
   * The record of the resource as the commit will make it: the commit names all that it relies on, so it can't differ.
   */
  readonly state: State;
  /** The new state, or `null` for a deletion. */
  readonly text: Text | null;
  readonly created: boolean;
  /** Set where a strategy let it through, though its precondition failed. */
  readonly settled: SettledWrite | undefined;
  /** The fields that are written, in the newest shape; `null` for a deletion. */
  readonly fields: JsonObject | null;
}

/** What is to be written: the content of the new state, or `null` for a deletion, and what it relies on. */
export interface NewState {
  readonly content: Content | null;
  readonly reads: readonly Reading[];
  /** The records that are written with it. */
  readonly writes: readonly Write[];
}

/** Plans the write of a new state. It names the state that it replaces, and so knows the version that it makes. */
export function planWrite(
  exchange: CollectionExchange,
  { collection, id, key, change, resolves }: WriteRequest,
  snapshot: SnapshotByKey,
  { content, reads, writes }: NewState,
  settled: SettledWrite | undefined,
): PlannedWrite {
  const found = snapshot.record(key);
  const version = (found?.version ?? 0) + 1;
  const at = Math.max(snapshot.now, found === undefined ? 0 : found.modifiedAt + 1);
  const shape = shapeToStore(collection, found);
  const stored = content && contentInShape(collection, content, shape);
  const text =
    stored === null ? null : representationText(collection, id, nextShownVersion(collection, version, at), stored);
  const created = found === undefined || found.deleted === true;
  const action =
    text === null || content === null
      ? ({ delete: "tombstone" } as const)
      : { put: text, keep: collection.retention, index: uniqueValues(collection, content.fields) };
  const tag = createTag(shape);
  const by = recordedName(exchange.actor);
  const cause = resolves ? "resolution" : settled?.strategy === "merge" ? "merge" : causeOf(change, created);
  const createdAt = created ? at : found.createdAt;
  const state = { key, version, tag, text, createdAt, modifiedAt: at, by, cause };
  return {
    kind: "write",
    header: { tag, at, by, cause },
    part: {
      reads,
      writes: [{ key, expect: expectationOf(found), ...action }, ...writes],
      events: [{ type: "resource.changed", key, version, data: changeData(by, cause) }],
    },
    state: text === null ? { ...state, deleted: true } : state,
    text,
    created,
    settled,
    fields: content?.fields ?? null,
  };
}

/**
 * The shape in which a state is stored: never an older one than that of the state that it replaces, which a later
 * release may have written, so that no field of it is lost.
 */
function shapeToStore(collection: Collection, found: StoredRecord | undefined): number {
  if (collection.view === undefined) return firstShape;
  const { stored } = collection.view.chain;
  return found === undefined ? stored : Math.max(stored, storedShape(collection, found));
}

/** Content of the newest shape in another one. */
export function contentInShape({ view }: Collection, content: Content, shape: number): Content {
  if (view === undefined || view.chain.isSame(view.chain.newest, shape)) return content;
  return contentOf(view.chain.convert(content.fields, view.chain.newest, shape));
}

/** What must hold of a record for it to be in the state that was found. */
export function expectationOf(
  found: StoredRecord | undefined,
): "absent" | { readonly gone: string } | { readonly tag: string } {
  if (found === undefined) return "absent";
  return found.deleted ? { gone: found.tag } : { tag: found.tag };
}

/** What the event of a change says besides: who has made it, and how. */
function changeData(by: string | null, cause: string): Text {
  return by === null ? `{"cause":"${cause}"}` : `{"by":${JSON.stringify(by)},"cause":"${cause}"}`;
}

function causeOf({ kind }: WriteRequest["change"], created: boolean): string {
  if (kind === "rollback") return kind;
  if (created) return "create";
  return kind === "merge-patch" || kind === "json-patch" ? "patch" : kind;
}
