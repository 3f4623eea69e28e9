import type {
  Clash,
  Commit,
  CommitResult,
  Expectation,
  NewEvent,
  Reading,
  StoredRecord,
  Write,
} from "@unclash/core/store";
import type { Calls } from "./calls.js";
import { commitScript } from "./commit-script.js";
import { eventOf } from "./event.js";
import { childBounds } from "./list.js";
import { indexOf, keepOf, putAlone } from "./put.js";
import { flag, items, number, text, unexpected } from "./reply.js";
import { recordOf, tailOf } from "./state.js";

/** Carries out a commit: all or nothing, in one step of the server. */
export async function commit(calls: Calls, commit: Commit): Promise<CommitResult> {
  return (await putAlone(calls, commit)) ?? generally(calls, commit);
}

async function generally(calls: Calls, commit: Commit): Promise<CommitResult> {
  const [isCommitted, time, found] = items(await calls.run(commitScript, argumentsOf(commit)), 3);
  const now = number(time);
  if (flag(isCommitted)) return { kind: "committed", records: recordsOf(commit, items(found, commit.writes.length)) };
  const clashes = items(found).map((clash) => clashOf(commit, items(clash), now));
  if (clashes.length === 0) throw unexpected(found);
  return { kind: "clash", clashes };
}

function argumentsOf(commit: Commit): readonly string[] {
  const { tag, at, reads, writes, events } = commit;
  const claims = writes.flatMap(claimsOf);
  return [
    tag,
    `${at}`,
    tailOf(commit),
    `${reads.length}`,
    ...reads.flatMap(readingOf),
    `${writes.length}`,
    ...writes.flatMap(writeOf),
    `${events.length}`,
    ...events.map((event: NewEvent) => eventOf(event, commit)),
    `${claims.length}`,
    ...claims.flat(),
  ];
}

function readingOf(reading: Reading): readonly string[] {
  if ("key" in reading) {
    const [expect, tag] = expectationOf(reading.expect);
    return [expect, reading.key, tag];
  }
  const { range, seen } = reading;
  // Only a prefix can be read in a commit: that was checked.
  if (!("prefix" in range)) return [];
  const shown = seen.flatMap(({ key, tag }) => [key, tag]);
  const way = range.descending ? "reversed" : "range";
  return [way, range.prefix, ...childBounds(range), `${range.limit}`, `${seen.length}`, ...shown];
}

function expectationOf(expect: Expectation): readonly [expect: string, tag: string] {
  if (typeof expect === "string") return [expect, ""];
  if ("tag" in expect) return ["tag", expect.tag];
  return "gone" in expect ? ["gone", expect.gone] : ["lapsed", expect.lapsed];
}

function writeOf(write: Write): readonly string[] {
  const common = [write.key, ...expectationOf(write.expect)];
  if ("put" in write) return ["put", ...common, write.put, `${write.ttlMs ?? 0}`, ...keepOf(write), indexOf(write)];
  if ("extendMs" in write) return ["extend", ...common, `${write.extendMs}`];
  if ("redact" in write) return ["redact", ...common, write.redact, `${write.version}`];
  return [write.delete === "forget" ? "forget" : "bury", ...common];
}

function claimsOf(write: Write): readonly (readonly [key: string, name: string, value: string])[] {
  if (!("put" in write) || write.index === undefined) return [];
  return write.index.filter(({ unique }) => unique).map(({ name, value }) => [write.key, name, value]);
}

function recordsOf({ writes }: Commit, states: readonly unknown[]): readonly (StoredRecord | null)[] {
  return writes.map((write, at) => {
    const state = states[at];
    if (state === null) return null;
    const given = "put" in write ? write.put : "redact" in write ? write.redact : undefined;
    return recordOf(write.key, state, undefined, given);
  });
}

function clashOf({ reads, writes }: Commit, clash: readonly unknown[], now: number): Clash {
  const [kind, first, second, third, fourth] = clash;
  if (kind === "range") {
    const reading = reads[number(first)];
    if (reading !== undefined && "range" in reading) return { range: reading.range };
  }
  const key = text(first);
  if (kind === "unique") return { index: key, value: text(second), key: text(third), holder: text(fourth) };
  const found = second ?? null;
  const on = found === null ? { key } : { key, current: recordOf(key, found, now, null) };
  const write = kind === "version" ? writes.find((one) => one.key === key) : undefined;
  return write !== undefined && "redact" in write ? { ...on, version: write.version } : on;
}
