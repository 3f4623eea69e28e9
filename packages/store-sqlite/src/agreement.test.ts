import type { Expectation, IndexValue, Range, Retention, Store, StoredRecord, Write } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createSqliteStore } from "./store.js";
import { freshFile } from "./store.test-support.js";

/** What a step expects of a key; the tag is filled in from what is there when the step runs. */
type Hope = "any" | "absent" | "present" | "tag" | "gone" | "lapsed" | "wrong";
interface PlannedWrite {
  readonly key: string;
  readonly hope: Hope;
  readonly action: object;
}
type Step =
  | { readonly kind: "commit"; readonly writes: readonly PlannedWrite[]; readonly reads: readonly PlannedWrite[] }
  | { readonly kind: "list"; readonly range: Range }
  | { readonly kind: "wait"; readonly ms: number };

const keys = ["a/1", "a/2", "a/b/1", "a/é", "a/\u{1d4b3}", "b/1", "c"] as const;
const key = fc.constantFrom(...keys);
const index: fc.Arbitrary<IndexValue[]> = fc.array(
  fc.record(
    {
      name: fc.constantFrom("n", "m"),
      value: fc.constantFrom("", "x", "x\u0001", "x\u0002", "y"),
      unique: fc.boolean(),
    },
    { requiredKeys: ["name", "value"] },
  ),
  { maxLength: 3 },
);
const keep: fc.Arbitrary<Retention> = fc.oneof(
  fc.constantFrom("all" as const, "none" as const),
  fc.record({ count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ ageMs: fc.integer({ min: 0, max: 50 }) }),
  fc.record({ count: fc.integer({ min: 0, max: 2 }), ageMs: fc.integer({ min: 1, max: 50 }) }),
);
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      { put: fc.json({ maxDepth: 1 }), ttlMs: fc.integer({ min: 1, max: 40 }), keep, index },
      { requiredKeys: ["put"] },
    ),
  },
  { weight: 2, arbitrary: fc.record({ delete: fc.constantFrom("tombstone", "forget") }) },
  { weight: 1, arbitrary: fc.record({ extendMs: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ redact: fc.constant('"redacted"'), version: fc.integer({ min: 1, max: 5 }) }) },
);
const hope = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Hope>("any") },
  { weight: 1, arbitrary: fc.constantFrom<Hope>("absent", "present", "tag", "gone", "lapsed", "wrong") },
);
const planned = fc.record({ key, hope, action });
const range: fc.Arbitrary<Range> = fc.oneof(
  fc.record({ prefix: fc.constantFrom("a/", "a/b/", "b/"), limit: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    index: fc.constantFrom("n", "m"),
    from: fc.constantFrom("", "x", "x\u0001"),
    to: fc.constantFrom("x\u0001", "y"),
    limit: fc.integer({ min: 1, max: 3 }),
  }),
  fc.record({ lapsedBefore: fc.integer({ min: 1_000_000, max: 1_000_200 }), limit: fc.integer({ min: 1, max: 3 }) }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("commit" as const),
      writes: fc.uniqueArray(planned, { selector: (write) => write.key, maxLength: 3 }),
      reads: fc.array(planned, { maxLength: 1 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("list" as const), range }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("wait" as const), ms: fc.integer({ min: 1, max: 40 }) }) },
);

function expectationOf(hope: Hope, record: StoredRecord | undefined): Expectation {
  const tag = record?.tag ?? "nothing-is-there";
  if (hope === "any" || hope === "absent" || hope === "present") return hope;
  if (hope === "gone") return { gone: tag };
  if (hope === "lapsed") return { lapsed: tag };
  return { tag: hope === "tag" ? tag : "wrong" };
}

/**
 * Runs the steps and notes all that a caller gets to see. Revisions are each store's own; and so is what a retention
 * allows to go and was not cleaned yet, so that each commit is followed by a cleaning.
 */
async function protocolOf(store: Store, time: { now: number }, steps: readonly Step[]): Promise<unknown> {
  const seen: unknown[] = [];
  for (const [at, one] of steps.entries()) {
    if (one.kind === "wait") time.now += one.ms;
    else if (one.kind === "list") seen.push(await walk(store, one.range));
    else {
      seen.push(await store.commit(await commitOf(store, `tag-${at}`, one)));
      for (let more = true; more; ) more = (await store.clean(2)).more;
    }
  }
  const histories = keys.map((each) => store.history(each, { limit: 100, texts: true }));
  seen.push(await store.read(keys), await Promise.all(histories));
  return JSON.parse(
    JSON.stringify(seen, (name, value) => (name === "revision" || name === "next" ? undefined : value)),
  );
}

async function commitOf(store: Store, tag: string, { writes, reads }: Extract<Step, { kind: "commit" }>) {
  const { now, records } = await store.read(keys);
  const met = (one: PlannedWrite) => ({
    key: one.key,
    expect: expectationOf(
      one.hope,
      records.find((record) => record?.key === one.key),
    ),
  });
  const at = records.reduce((latest, record) => Math.max(latest, (record?.modifiedAt ?? 0) + 1), now);
  const complete: Write[] = JSON.parse(JSON.stringify(writes.map((one) => ({ ...met(one), ...one.action }))));
  return { tag, at, reads: reads.map(met), writes: complete, events: [], by: "é\u0001", cause: "test" };
}

async function walk(store: Store, range: Range): Promise<readonly (readonly StoredRecord[])[]> {
  const pages: (readonly StoredRecord[])[] = [];
  for (let next: string | undefined = ""; next !== undefined; ) {
    const page = await store.list(next === "" ? range : { ...range, after: next });
    pages.push(page.records);
    next = page.next;
  }
  return pages;
}

test("whatever is done to it, the SQLite store answers as the store in memory does", async () => {
  const file = freshFile();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const times = [{ now: 1_000_000 }, { now: 1_000_000 }] as const;
      const memory = createMemoryStore({ clock: () => times[0].now });
      const options = { file: `${file}-${run++}`, clock: () => times[1].now, synchronous: "normal" as const };
      const sqlite = await createSqliteStore(options);
      const expected = await protocolOf(memory, times[0], steps);
      expect(await protocolOf(sqlite, times[1], steps)).toEqual(expected);
      await sqlite.close();
    }),
    { numRuns: 80 },
  );
}, 60_000);
