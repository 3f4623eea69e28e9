import type { Store } from "@unclash/core/store";
import { expect, test, vi } from "vitest";
import { Maintenance, type MaintenanceStep } from "./maintenance.js";
import { announced, countOf, putLapsing, SimulatedTime, unknown } from "./simulated-processes.test-support.js";

async function round(maintenance: Maintenance, nowMs: number, batchMax = 100): Promise<readonly MaintenanceStep[]> {
  const steps: MaintenanceStep[] = [];
  for await (const step of maintenance.round(nowMs, () => batchMax)) steps.push(step);
  return steps;
}

function setUp(...names: readonly string[]) {
  const time = new SimulatedTime();
  const store = time.openStore();
  const list = vi.fn(store.list);
  const watched: Store = { ...store, list };
  const maintenance = new Maintenance(watched);
  for (const name of names) maintenance.register(announced(name));
  const advance = (ms: number) => time.advance(ms);
  return {
    time,
    store,
    maintenance,
    advance,
    pages: () => list.mock.calls.length,
    rounds: () => round(maintenance, time.nowMs),
  };
}

test("a round is a step of cleaning, and one for each kind, with what waits and for how long", async () => {
  const { store, advance, rounds } = setUp("key", "lock");
  await putLapsing(store, "lock", 120);
  await advance(501);
  expect(await rounds()).toEqual([
    { kind: "cleaned", step: { removed: 0, more: false } },
    { kind: "lapsed", step: { ...nothing, kind: "key" } },
    {
      kind: "lapsed",
      step: { ...nothing, kind: "lock", offered: 100, ended: 100, events: 100, waiting: 20, lagMs: 500, more: true },
    },
  ]);
});

test("where a kind is through with its page, and there is another one, it says how far behind it is", async () => {
  const { store, advance, maintenance, time } = setUp("key", "lock");
  for (const kind of ["key", "lock"]) {
    await putLapsing(store, kind, 200);
    await advance(1_000);
  }
  // The first page has 200 keys and 50 locks.
  const [, keys, locks] = await round(maintenance, time.nowMs, 50);
  expect(keys).toMatchObject({ step: { offered: 50, waiting: 150, lagMs: 1_999, more: true } });
  expect(locks).toMatchObject({ step: { offered: 50, waiting: 0, lagMs: 999, more: true } });
});

const nothing = { offered: 0, ended: 0, events: 0, leftOver: 0, waiting: 0, lagMs: 0, more: false };

test("cleaning has its turn in each round while there is more, and else once a second", async () => {
  const { store, advance, maintenance, time } = setUp();
  const clean = vi.spyOn(store, "clean");
  const cleaned = async () => (await round(maintenance, time.nowMs)).length;
  for (let edit = 0; edit < 1_200; edit += 1) {
    const writes = [{ key: "note/1", expect: "any", put: `${edit}`, keep: { count: 1 } }] as const;
    await store.commit({ tag: `e${edit}`, at: 0, reads: [], writes, events: [], by: null, cause: "test" });
  }
  expect(await Promise.all([cleaned()])).toEqual([1]);
  expect([await cleaned(), await cleaned(), await cleaned()]).toEqual([1, 1, 0]);
  await advance(1_000);
  expect(await cleaned()).toBe(1);
  clean.mockRestore();
});

test("kinds that are as far as each other look at a page together, and at what comes last in each round", async () => {
  const { store, advance, pages, rounds } = setUp("key", "lock", "conflict");
  for (const kind of ["key", "lock", "conflict"]) await putLapsing(store, kind, 200);
  await advance(10);
  for (let rounds_ = 0; rounds_ < 8; rounds_ += 1) await rounds();
  expect(await Promise.all(["key", "lock", "conflict"].map((kind) => countOf(store, kind)))).toEqual([0, 0, 0]);
  expect(pages()).toBeLessThan(3 * 8);
});

test("what lapses by a clock that was set back is found within seconds", async () => {
  const { time, store, maintenance, rounds } = setUp("lock");
  maintenance.register(unknown("newer"));
  await putLapsing(store, "newer", 600);
  await time.advance(10);
  for (let count = 0; count < 8; count += 1) await rounds();
  time.stepStoreClock(-3_600_000);
  await putLapsing(store, "lock", 5);
  await time.advance(11_000);
  await rounds();
  await rounds();
  expect(await countOf(store, "lock")).toBe(0);
});

test("what was left is offered again after some minutes, and not before", async () => {
  const time = new SimulatedTime();
  const store = time.openStore();
  const maintenance = new Maintenance(store);
  const endingsOf = vi.fn(() => []);
  maintenance.register({ ...unknown("newer"), endingsOf });
  await putLapsing(store, "newer", 3);
  await time.advance(10);
  for (let count = 0; count < 5; count += 1) await round(maintenance, time.nowMs);
  expect(endingsOf).toHaveBeenCalledTimes(1);
  await time.advance(600_000);
  await round(maintenance, time.nowMs);
  expect(endingsOf).toHaveBeenCalledTimes(2);
});

test("what fails is told of, and the steps after it are done", async () => {
  const time = new SimulatedTime();
  const store = time.openStore();
  const failing: Store = { ...store, clean: () => Promise.reject(new Error("down")) };
  const maintenance = new Maintenance(failing);
  maintenance.register({ ...unknown("broken"), endingsOf: () => Promise.reject(new TypeError("broken")) });
  maintenance.register(announced("lock"));
  await putLapsing(store, "broken", 1);
  await putLapsing(store, "lock", 1);
  await time.advance(10);
  const steps = await round(maintenance, time.nowMs);
  expect(steps.map(({ kind }) => kind)).toEqual(["failed", "failed", "lapsed"]);
  expect(await countOf(store, "lock")).toBe(0);
});

test("a kind may be added again, and another kind of its name may not", () => {
  const { maintenance } = setUp("lock");
  maintenance.register(announced("lock"));
  expect(maintenance.kinds).toEqual(["lock"]);
  expect(() => maintenance.register({ ...announced("lock"), prefix: "_lock/" })).toThrow(
    /kind lock .* prefix lock\/ already/,
  );
});
