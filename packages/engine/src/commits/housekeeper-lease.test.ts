import type { StoredRecord } from "@unclash/core/store";
import { describe, expect, test } from "vitest";
import {
  evaluateLease,
  HousekeeperLease,
  type LeaseVerdict,
  leaseKey,
  leaseMs,
  type SeenLease,
} from "./housekeeper-lease.js";
import { SimulatedTime } from "./simulated-processes.test-support.js";

const start = 1_800_000_000_000;

function lease(kinds: readonly string[] | string, more: Partial<StoredRecord> = {}): StoredRecord {
  const text = typeof kinds === "string" ? kinds : JSON.stringify({ format: 1, kinds });
  const moments = { createdAt: start, modifiedAt: start, lapsesAt: start + leaseMs };
  return {
    key: leaseKey,
    version: 1,
    revision: 1,
    tag: "t",
    text,
    by: null,
    cause: "housekeeper",
    ...moments,
    ...more,
  };
}

const seen: SeenLease = { tag: "t", lapsesAt: start + leaseMs, sinceMs: 1_000 };
const soon = 1_000 + 2 * leaseMs;
const late = soon + 1;

test.each<[what: string, found: StoredRecord | undefined, seen: SeenLease | undefined, nowMs: number, LeaseVerdict]>([
  ["nobody's", undefined, undefined, 0, { kind: "free", expect: "absent" }],
  [
    "one that was deleted",
    lease([], { deleted: true, text: null }),
    undefined,
    0,
    { kind: "free", expect: { gone: "t" } },
  ],
  ["one that has lapsed", lease(["a", "b"], { lapsed: true }), undefined, 0, { kind: "free", expect: { lapsed: "t" } }],
  ["of one that knows the same kinds", lease(["b", "a"]), undefined, 0, { kind: "held" }],
  ["of one that knows more kinds", lease(["a", "b", "c"]), undefined, 0, { kind: "held" }],
  ["of one that knows fewer kinds", lease(["a", "c"]), undefined, 0, { kind: "free", expect: { tag: "t" } }],
  ["of a newer release", lease('{"format":2}'), undefined, 0, { kind: "held" }],
  ["that can't be read", lease("{"), undefined, 0, { kind: "held" }],
  ["not renewed for a while", lease(["a", "b"]), seen, soon, { kind: "held" }],
  ["not renewed for twice its time", lease(["a", "b"]), seen, late, { kind: "free", expect: { tag: "t" } }],
  ["a newer release's, not renewed for twice its time", lease("{"), seen, late, { kind: "free", expect: { tag: "t" } }],
  ["renewed meanwhile", lease(["a", "b"], { lapsesAt: start + 2 * leaseMs }), seen, late, { kind: "held" }],
  ["another's by now", lease(["a", "b"], { tag: "u" }), seen, late, { kind: "held" }],
])("a lease is free or held: %s", (_, found, seen, nowMs, verdict) => {
  expect(evaluateLease(found, ["a", "b"], seen, nowMs)).toEqual(verdict);
});

describe("a process", () => {
  function setUp(...processes: readonly (readonly string[])[]) {
    const time = new SimulatedTime();
    const store = time.openStore();
    const leases = processes.map(
      (kinds) =>
        new HousekeeperLease(
          store,
          () => kinds,
          () => time.nowMs,
        ),
    );
    const found = async () => (await store.read([leaseKey])).records[0];
    return { time, store, leases, found };
  }

  test("holds the lease as long as it comes back in time, and no other one gets it", async () => {
    const { time, leases, found } = setUp(["a"], ["a"]);
    const [first, second] = leases;
    for (let round = 0; round < 10; round += 1) {
      expect([await first?.hold(), await second?.hold()]).toEqual([true, false]);
      await time.advance(leaseMs - 1);
    }
    expect(await found()).toMatchObject({ version: 1 });
  });

  test("that comes back too late finds another one in its place", async () => {
    const { time, leases } = setUp(["a"], ["a"]);
    const [first, second] = leases;
    await first?.hold();
    await time.advance(leaseMs);
    expect([await second?.hold(), await first?.hold(), first?.isHeld]).toEqual([true, false, false]);
  });

  test("that comes back too late, and finds nobody, holds it again", async () => {
    const { time, leases } = setUp(["a"]);
    await leases[0]?.hold();
    await time.advance(10 * leaseMs);
    expect(await leases[0]?.hold()).toBe(true);
  });

  test("that gives it up leaves nothing, and one that does not hold it leaves it alone", async () => {
    const { leases, found } = setUp(["a"], ["a"]);
    const [first, second] = leases;
    await first?.hold();
    await second?.hold();
    await second?.release();
    expect(await found()).toBeDefined();
    await first?.release();
    expect(await found()).toBeUndefined();
    expect(await second?.hold()).toBe(true);
  });

  test("says so when it has come to know another kind", async () => {
    const kinds = ["a"];
    const time = new SimulatedTime();
    const store = time.openStore();
    const grown = new HousekeeperLease(
      store,
      () => kinds,
      () => time.nowMs,
    );
    await grown.hold();
    kinds.push("b");
    expect(await grown.hold()).toBe(true);
    const other = new HousekeeperLease(
      store,
      () => ["b"],
      () => time.nowMs,
    );
    expect(await other.hold()).toBe(false);
  });

  test("whose lease arrived, though nobody could say so, holds it at its next look", async () => {
    const { time, store } = setUp();
    let isCut = true;
    const cut = {
      ...store,
      commit: async (commit: Parameters<typeof store.commit>[0]) => {
        const result = await store.commit(commit);
        if (isCut) throw new Error("The connection was cut.");
        return result;
      },
    };
    const lease = new HousekeeperLease(
      cut,
      () => ["a"],
      () => time.nowMs,
    );
    await expect(lease.hold()).rejects.toThrow("cut");
    isCut = false;
    expect(await lease.hold()).toBe(true);
  });
});
