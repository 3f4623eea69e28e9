import assert from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import type { Clash, Commit, CommitResult, Moment, Revision, StoredRecord } from "@unclash/core/store";
import { carryOut, type World } from "./model.js";
import type { Setting } from "./resolve.js";

/**
 * What is there after a commit with this result. When it was carried out is known to the store alone: at some moment
 * from one reading of its clock to the next, which are one and the same where the clock was handed in.
 *
 * @throws AssertionError where the result is right at none of these moments
 */
export function evaluateRequest(
  { world, now: from }: Setting,
  until: Moment,
  commit: Commit,
  result: CommitResult,
  revision: Revision,
): World {
  for (let now = from; now <= until; now++) {
    const expected = carryOut(world, commit, now, revision);
    if (isDeepStrictEqual(inOrder(result), inOrder(asNamed(expected.result, result)))) return expected.world;
  }
  const expected = carryOut(world, commit, until, revision).result;
  assert.deepEqual(inOrder(result), inOrder(asNamed(expected, result)), "what a commit gives");
  return assert.fail("the store's clock went back");
}

// Clashes are named in no particular order, and it makes no difference whether one is named twice.
function inOrder(result: CommitResult): CommitResult {
  if (result.kind === "committed") return { ...result, records: result.records.map(unmarked) };
  const named = new Map(result.clashes.map((clash) => [nameOf(clash), clash]));
  return { kind: "clash", clashes: [...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, clash]) => clash) };
}

// Every expectation that failed is named. Unique values that are taken need not be, beside those.
function asNamed(expected: CommitResult, actual: CommitResult): CommitResult {
  if (expected.kind === "committed" || actual.kind === "committed") return expected;
  if (!expected.clashes.some((clash) => !("index" in clash))) return expected;
  const named = new Set(actual.clashes.map(nameOf));
  return { ...expected, clashes: expected.clashes.filter((clash) => !("index" in clash) || named.has(nameOf(clash))) };
}

// Only what is read is marked as lapsed. What a redaction of a lapsed record gives may be either.
function unmarked(record: StoredRecord | null): StoredRecord | null {
  if (record === null) return null;
  const { lapsed: _, ...rest } = record;
  return rest;
}

function nameOf(clash: Clash): string {
  if ("range" in clash) return JSON.stringify(clash.range);
  return "index" in clash ? `${clash.key} ${clash.index} ${clash.value}` : `${clash.key} ${clash.version}`;
}
