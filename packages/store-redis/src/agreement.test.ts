import type { Expectation, IndexValue, Range, Retention, Store, StoredRecord, Write } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { redisUrl } from "@unclash/test-servers";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { createRedisStore } from "./store.js";
import { freshName, removeStore } from "./store.test-support.js";

/** What a step expects of a key; the tag is filled in from what is there when the step runs. */
type Hope = "any" | "absent" | "present" | "tag" | "gone" | "wrong";
interface PlannedWrite {
  readonly key: string;
  readonly hope: Hope;
  readonly action: object;
}
type Step =
  | { readonly kind: "commit"; readonly writes: readonly PlannedWrite[]; readonly reads: readonly PlannedWrite[] }
  | { readonly kind: "list"; readonly range: Range };

// The server's time cannot be moved: nothing lapses here, and ages are over at once or never.
const longMs = 3_000_000_000_000;
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
  { maxLength: 2 },
);
const keep: fc.Arbitrary<Retention> = fc.oneof(
  fc.constantFrom("all" as const, "none" as const, { count: 2 }),
  fc.record({ count: fc.integer({ min: 1, max: 3 }) }),
  fc.record({ ageMs: fc.constantFrom(0, 50, longMs) }),
  fc.record({ count: fc.integer({ min: 0, max: 2 }), ageMs: fc.constantFrom(50, longMs) }),
);
const action = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      { put: fc.json({ maxDepth: 1 }), ttlMs: fc.constant(longMs), keep, index },
      { requiredKeys: ["put"] },
    ),
  },
  { weight: 4, arbitrary: fc.record({ put: fc.json({ maxDepth: 1 }) }) },
  { weight: 2, arbitrary: fc.record({ delete: fc.constantFrom("tombstone", "forget") }) },
  { weight: 1, arbitrary: fc.record({ extendMs: fc.constant(longMs) }) },
  { weight: 1, arbitrary: fc.record({ redact: fc.constant('"redacted"'), version: fc.integer({ min: 1, max: 5 }) }) },
);
const hope = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Hope>("any") },
  { weight: 4, arbitrary: fc.constant<Hope>("tag") },
  { weight: 1, arbitrary: fc.constantFrom<Hope>("absent", "present", "gone", "wrong") },
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
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("commit" as const),
      writes: fc.uniqueArray(planned, { selector: (write) => write.key, minLength: 1, maxLength: 3 }),
      reads: fc.array(planned, { maxLength: 1 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("commit" as const),
      writes: fc.array(planned, { minLength: 1, maxLength: 1 }),
      reads: fc.constant([]),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("list" as const), range }) },
);

function expectationOf(hope: Hope, record: StoredRecord | undefined): Expectation {
  const tag = record?.tag ?? "nothing-is-there";
  if (hope === "any" || hope === "absent" || hope === "present") return hope;
  if (hope === "gone") return { gone: tag };
  return { tag: hope === "tag" ? tag : "wrong" };
}

// Revisions, positions and times are each store's own; and so is what a retention allows to go and was not cleaned yet,
// so that each commit is followed by a cleaning.
const own = new Set(["revision", "next", "now", "lapsesAt"]);

async function protocolOf(store: Store, steps: readonly Step[]): Promise<unknown> {
  const seen: unknown[] = [];
  for (const [at, one] of steps.entries()) {
    if (one.kind === "list") seen.push(await walk(store, one.range));
    else {
      seen.push(await store.commit(await commitOf(store, at, one)));
      for (let more = true; more; ) more = (await store.clean(2)).more;
    }
  }
  const histories = keys.map((each) => store.history(each, { limit: 100, texts: true }));
  const moments = keys.map((each) => store.history(each, { limit: 2, at: 1_000 + 10 * steps.length, texts: false }));
  seen.push(await store.read(keys), await Promise.all(histories), await Promise.all(moments));
  return JSON.parse(JSON.stringify(seen, (name, value) => (own.has(name) ? undefined : value)));
}

async function commitOf(store: Store, step: number, { writes, reads }: Extract<Step, { kind: "commit" }>) {
  const { records } = await store.read(keys);
  const met = (one: PlannedWrite) => ({
    key: one.key,
    expect: expectationOf(
      one.hope,
      records.find((record) => record?.key === one.key),
    ),
  });
  const complete: Write[] = JSON.parse(JSON.stringify(writes.map((one) => ({ ...met(one), ...one.action }))));
  // Sometimes earlier than what is there: a state's own time never falls.
  const at = 1_000 + 20 * (step % 7);
  return { tag: `tag-${step}`, at, reads: reads.map(met), writes: complete, events: [], by: "é\u0001", cause: "" };
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

describe.skipIf(redisUrl === undefined)("agreement", () => {
  test("whatever is done to it, the Redis store answers as the store in memory does", async () => {
    const url = redisUrl ?? "";
    const name = freshName();
    let run = 0;
    onTestFinished(() => removeStore(url, `${name}.*`));
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const redis = await createRedisStore({ url, name: `${name}.${run++}`, onWarning: () => {} });
        const expected = await protocolOf(createMemoryStore(), steps);
        expect(await protocolOf(redis, steps)).toEqual(expected);
        await redis.close();
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
