import { type Commit, type CommitResult, keptPastOf, type Write } from "@unclash/core/store";
import type { Calls } from "./calls.js";
import { eventOf } from "./event.js";
import { putScript } from "./put-script.js";
import { items, number } from "./reply.js";
import { recordOf, tailOf } from "./state.js";

/** A write that puts a text. */
export type Put = Extract<Write, { put: unknown }>;

/** How many past states to keep, -1 for all, and for how long, -1 for no age. */
export function keepOf({ keep }: Put): readonly [count: string, ageMs: string] {
  const { count, ageMs } = keptPastOf(keep);
  return [`${count ?? -1}`, `${ageMs ?? -1}`];
}

/**
 * The index values of a record as scripts take them: name, U+0000, value, U+0000, each pair once, in the order given.
 */
export function indexOf({ index }: Put): string {
  if (index === undefined || index.length === 0) return "";
  return [...new Set(index.map(({ name, value }) => `${name}\u0000${value}\u0000`))].join("");
}

/**
 * Carries out the commonest commit in a script of its own: one put over a tag that keeps a past, without a ttl, with at
 * most one event, relying on keys that are absent or have a tag. `undefined` where it is another one, or where the
 * general script has to look: then nothing was done.
 */
export async function putAlone(calls: Calls, commit: Commit): Promise<CommitResult | undefined> {
  const [write, more] = commit.writes;
  if (write === undefined || more !== undefined || commit.events.length > 1) return undefined;
  if (!("put" in write) || write.ttlMs !== undefined || write.keep === "none") return undefined;
  if (typeof write.expect === "string" || !("tag" in write.expect)) return undefined;
  const readings: string[] = [];
  for (const reading of commit.reads) {
    if (!("key" in reading)) return undefined;
    const { key, expect } = reading;
    if (expect === "absent") readings.push(key, "");
    else if (typeof expect === "object" && "tag" in expect) readings.push(key, `${expect.tag}\u0000`);
    else return undefined;
  }
  const reply = await calls.run(putScript, [
    write.key,
    `${write.expect.tag}\u0000`,
    `${commit.at}`,
    tailOf(commit),
    write.put,
    commit.events[0] === undefined ? "" : eventOf(commit.events[0], commit),
    indexOf(write),
    ...keepOf(write),
    ...readings,
  ]);
  return reply === "look" ? undefined : resultOf(commit, write, items(reply));
}

function resultOf(commit: Commit, { key, put }: Put, reply: readonly unknown[]): CommitResult {
  if (reply.length !== 4) {
    const [now, ...state] = items(reply, 8);
    return { kind: "clash", clashes: [{ key, current: recordOf(key, state, number(now), null) }] };
  }
  const [version, revision, createdAt, modifiedAt] = reply;
  const record = {
    key,
    version: number(version),
    revision: number(revision),
    tag: commit.tag,
    text: put,
    createdAt: number(createdAt),
    modifiedAt: number(modifiedAt),
    by: commit.by,
    cause: commit.cause,
  };
  return { kind: "committed", records: [record] };
}
