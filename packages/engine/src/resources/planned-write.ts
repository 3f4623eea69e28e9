import type { Commit, Reading, Snapshot, Text } from "@unclash/core";
import { recordedName } from "../access/actor.js";
import type { Exchange } from "../access/exchange.js";
import { createTag } from "../commits/commit-tag.js";
import type { Strategy } from "../conflicts/strategy.js";
import { type Content, nextShownVersion, representationText, type State } from "../states/representation.js";
import { uniqueValues } from "./unique.js";
import type { WriteIntent } from "./write-request.js";

/** A write that may happen: the commit that makes it happen if nothing has changed until then. */
export interface PlannedWrite {
  readonly commit: Commit;
  /** The record of the resource as the commit will make it: the commit names all that it relies on, so it can't differ. */
  readonly state: State;
  /** The new state, or `null` for a deletion. */
  readonly text: Text | null;
  readonly created: boolean;
  /** The strategy that let it through, though its precondition failed. */
  readonly settledBy: Strategy | undefined;
}

/** What is to be written: the content of the new state, or `null` for a deletion, and what it relies on. */
export interface Outcome {
  readonly content: Content | null;
  readonly reads: readonly Reading[];
}

/** The one commit of a write. It names the state that it replaces, and so knows the version that it makes. */
export function planWrite(
  exchange: Exchange,
  intent: WriteIntent,
  { now, records: [found] }: Snapshot,
  { content, reads }: Outcome,
  settledBy: Strategy | undefined,
): PlannedWrite {
  const { collection, id, key } = intent;
  const version = (found?.version ?? 0) + 1;
  const at = Math.max(now, found === undefined ? 0 : found.modifiedAt + 1);
  const text =
    content === null ? null : representationText(collection, id, nextShownVersion(collection, version, at), content);
  const created = found === undefined || found.deleted === true;
  const expect = found === undefined ? "absent" : found.deleted ? { gone: found.tag } : { tag: found.tag };
  const action =
    text === null || content === null
      ? ({ delete: "tombstone" } as const)
      : { put: text, keep: collection.retention, index: uniqueValues(collection, content.fields) };
  const tag = createTag();
  const [by, cause] = [recordedName(exchange.actor), causeOf(intent, created)];
  const times = { createdAt: created ? at : found.createdAt, modifiedAt: at };
  return {
    text,
    created,
    settledBy,
    state: { key, version, tag, text, ...times, by, cause, ...(text === null && { deleted: true }) },
    commit: {
      tag,
      at,
      reads,
      writes: [{ key, expect, ...action }],
      events: [{ type: "resource.changed", key, version }],
      by,
      cause,
    },
  };
}

function causeOf({ change }: WriteIntent, created: boolean): string {
  if (created) return "create";
  switch (change.kind) {
    case "replace":
      return "replace";
    case "merge-patch":
    case "json-patch":
      return "patch";
    case "delete":
      return "delete";
  }
}
