import { expect, test } from "vitest";
import { endLapsed } from "../../commits/end-lapsed.js";
import { setUpConflicts } from "../conflicts.test-support.js";
import { openMax, slotPrefix } from "./conflict-keys.js";
import { lapsedConflicts } from "./lapsed-conflicts.js";

const dayMs = 86_400_000;

type SetUp = ReturnType<typeof setUpConflicts>;

/** Parks so many writes, and gives the answers. */
async function park({ as }: SetUp, count: number, actor = "bob") {
  const answers = [];
  for (let n = 0; n < count; n += 1)
    answers.push(await as(actor)("PUT /articles/1", { title: `${actor} ${n}`, version: 1 }));
  return answers;
}

/** Deals with all that has lapsed, as the housekeeper does. */
async function sweep({ store }: SetUp): Promise<void> {
  const { now, records } = await store.list({ lapsedBefore: Number.MAX_SAFE_INTEGER, limit: 1_000, texts: false });
  await endLapsed(store, await lapsedConflicts.endingsOf(records, { store, now }), now);
}

async function openCount({ store }: SetUp): Promise<number> {
  return (await store.list({ prefix: slotPrefix("articles/1"), limit: 1_000 })).records.length;
}

test("of a resource 100 conflicts are open at most: a further one is a plain conflict", async () => {
  const set = setUpConflicts({ conflicts: { strategy: "manual" } });
  await set.made();
  await park(set, openMax - 1);
  const [last, over] = await park(set, 2, "carol");
  expect(last?.body["conflict"]).toEqual(expect.any(String));
  expect(over).toMatchObject({ status: 409, body: { current: { version: 2 } } });
  expect(over?.body["conflict"]).toBeUndefined();
  expect(await openCount(set)).toBe(openMax);
  const conflict = last?.body["conflict"];
  await set.as("carol")("POST /resolve-conflict", { conflict, resolution: "theirs" });
  expect(await openCount(set)).toBe(openMax - 1);
  const [next] = await park(set, 1, "dave");
  expect(next?.body["conflict"]).toEqual(expect.any(String));
});

test("of many at once exactly so many are parked", async () => {
  const set = setUpConflicts({ conflicts: { strategy: "manual" } });
  await set.made();
  await park(set, openMax - 5);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) => set.as(`writer ${n}`)("PUT /articles/1", { title: `W${n}`, version: 1 })),
  );
  expect(answers.filter(({ body }) => body["conflict"] !== undefined)).toHaveLength(5);
  expect(answers.filter(({ status }) => status !== 409)).toEqual([]);
  expect(await openCount(set)).toBe(openMax);
});

test("the oldest plain refusal goes first", async () => {
  const conflicts = { recordRefusals: true, allowedStrategies: "all" } as const;
  const set = setUpConflicts({ conflicts });
  await set.made();
  const first = await set.as("first")("PUT /articles/1", { title: "1", version: 1 });
  const second = await set.as("second")("PUT /articles/1", { title: "2", version: 1 });
  await set.unclash.drain();
  const bob = set.as("bob");
  for (let n = 0; n < openMax - 1; n += 1)
    await bob("PUT /articles/1", { title: `${n}`, version: 1 }, { prefer: "on-conflict=manual" });
  const statuses = await Promise.all(
    [first, second].map(
      async ({ body }) => (await set.as("root")(`GET /conflicts/${String(body["conflict"])}`)).status,
    ),
  );
  expect(statuses).toEqual([404, 200]);
  expect(await openCount(set)).toBe(openMax);
});

test("an open conflict expires after 30 days, can be read for 30 more, and is told of once", async () => {
  const set = setUpConflicts({ conflicts: { strategy: "manual" } });
  await set.made();
  const [parked] = await park(set, 1);
  const conflict = String(parked?.body["conflict"]);
  const bob = set.as("bob");
  const state = async () => (await bob(`GET /conflicts/${conflict}`)).body["state"];
  set.advance(30 * dayMs - 1_000);
  await sweep(set);
  expect(await state()).toBe("open");
  set.advance(1_000);
  expect(await state()).toBe("expired");
  const resolve = { conflict, resolution: "mine" };
  expect(await bob("POST /resolve-conflict", resolve)).toMatchObject({ status: 409, body: { state: "expired" } });
  expect((await bob("GET /conflicts?state=open")).body["items"]).toEqual([]);
  await sweep(set);
  await sweep(set);
  expect(await state()).toBe("expired");
  expect((await bob("GET /conflicts?state=expired")).body["items"]).toMatchObject([{ id: conflict }]);
  expect(await openCount(set)).toBe(0);
  expect((await set.events()).filter(({ type }) => type === "conflict.expired")).toHaveLength(1);
  set.advance(30 * dayMs);
  await sweep(set);
  expect((await bob(`GET /conflicts/${conflict}`)).status).toBe(404);
});

test("how long records are kept can be set", async () => {
  const set = setUpConflicts({ conflicts: { strategy: "manual", resolveWithinMs: 5_000, keepRecordsMs: 7_000 } });
  await set.made();
  const [parked] = await park(set, 1);
  const status = async () => (await set.as("bob")(`GET /conflicts/${String(parked?.body["conflict"])}`)).body["state"];
  set.advance(5_000);
  await sweep(set);
  expect(await status()).toBe("expired");
  set.advance(7_000);
  await sweep(set);
  expect(await status()).toBeUndefined();
});

test("what a newer release has written is left to that", async () => {
  const set = setUpConflicts();
  const writes = [{ key: "_conflict/c_1", expect: "absent", put: '{"format":2}', ttlMs: 1 }] as const;
  const header = { tag: "newer", at: 1, reads: [], events: [], by: null, cause: "test" };
  await set.store.commit({ ...header, writes });
  set.advance(1_000);
  await sweep(set);
  expect((await set.store.read(["_conflict/c_1"])).records[0]?.text).toBe('{"format":2}');
});
