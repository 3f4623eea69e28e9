import type { Key, Store, StoredRecord, Version, Write } from "@unclash/core/store";
import type { LookUp } from "../commits/commit-once.js";
import type { CommitHeader } from "../commits/commit-parts.js";
import { indexValueOf } from "../commits/index-value.js";
import { rewriteRecords } from "../commits/rewrite-records.js";
import { withoutStateMembers } from "./hidden-state.js";
import { type KeptAnswer, readRecord, recordText } from "./record.js";
import { withLength } from "./replay.js";

/** The index in which kept answers stand that hold a copy of a state, or parts of one, by the resource. */
export const copiesIndex = "_idempotency.copies";

/** A past state, some of which no answer may show any more. */
export interface RedactedState {
  readonly key: Key;
  readonly version: Version;
  /** The entity-tags that it has had until now, in all API versions. */
  readonly etags: readonly string[];
  readonly problemTypePrefix: string;
}

const writesMax = 100;

/**
 * Takes a past state out of the answers that are kept: one that copied it names its version instead, and refusals of
 * writes to its resource lose what they tell of states. It may be called again, and is, once the state is redacted:
 * what was being answered meanwhile may have looked at it before.
 *
 * @throws StoreError where the store failed: some answers may be done then
 */
export async function redactCopies(
  store: Store,
  state: RedactedState,
  header: Omit<CommitHeader, "tag" | "at">,
  lookUp: LookUp,
): Promise<void> {
  const value = indexValueOf(state.key);
  const range = { index: copiesIndex, from: value, to: value, limit: writesMax };
  await rewriteRecords({ store, header, lookUp }, range, (record, now) => redactedCopy(record, state, now));
}

/** The write that leaves nothing of the state in a kept answer; none where there is nothing of it. */
function redactedCopy(record: StoredRecord, state: RedactedState, now: number): readonly Write[] {
  const { key, tag, lapsesAt, text } = record;
  if (record.lapsed) return [{ key, expect: { lapsed: tag }, delete: "forget" }];
  const kept = readRecord(text);
  if (kept.state !== "answered") return [];
  const answer = withoutCopy(kept.answer, state);
  if (answer === kept.answer) return [];
  const put = recordText({ ...kept, answer });
  const index = answer.body === null ? [] : [{ name: copiesIndex, value: indexValueOf(state.key) }];
  const ttl = lapsesAt === undefined ? {} : { ttlMs: Math.max(1, lapsesAt - now) };
  return [{ key, expect: { tag }, put, keep: "none", index, ...ttl }];
}

function withoutCopy(answer: KeptAnswer, { version, etags, problemTypePrefix }: RedactedState): KeptAnswer {
  const { status, headers, body } = answer;
  const { etag } = headers;
  if (status < 300) {
    const isCopy = typeof etag === "string" && etags.includes(etag) && body !== null;
    return isCopy ? { ...answer, body: null, version } : answer;
  }
  const left = withoutStateMembers(body, problemTypePrefix);
  if (left === body) return answer;
  if (left === undefined) return { ...answer, body: null, withoutBody: true };
  return { ...answer, headers: withLength(headers, left), body: left };
}
