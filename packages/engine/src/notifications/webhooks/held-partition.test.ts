import { StoreError } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import { expect, test } from "vitest";
import { SimulatedTime, settled } from "../../commits/simulated-processes.test-support.js";
import { HeldPartition } from "./held-partition.js";
import { leaseKey, PartitionLeases } from "./partition-lease.js";
import { StoreClock } from "./store-clock.js";

const write = { key: "_partition/0/cursor", expect: "absent", put: "{}" } as const;

async function hold(change: (store: Store) => Store = (store) => store) {
  const time = new SimulatedTime();
  const store = time.openStore();
  const pace = time.startProcess();
  const lease = await new PartitionLeases(store, 10_000, pace.nowMs).claim("0", { kind: "free", expect: "absent" }, 0);
  if (lease === undefined) throw new Error("The lease was free.");
  const clock = new StoreClock(pace.nowMs);
  return { time, store, held: new HeldPartition(lease, { store: change(store), clock, pace }) };
}

test("a holder whose lease has ended by its own clock writes nothing, and holds the partition no longer", async () => {
  const { time, store, held } = await hold();
  await time.advance(9_500);
  expect(await held.commit([write])).toEqual({ kind: "lost" });
  expect(held.ended.aborted).toBe(true);
  expect((await store.read([write.key])).records).toEqual([undefined]);
});

test("a holder whose lease is another's writes nothing, and holds the partition no longer", async () => {
  const { store, held } = await hold();
  const taken = { key: leaseKey("0"), expect: "any", put: "{}" } as const;
  await store.commit({ tag: "other", at: 0, reads: [], writes: [taken], events: [], by: null, cause: "test" });
  expect(await held.commit([write])).toEqual({ kind: "lost" });
  expect(held.ended.aborted).toBe(true);
  expect(held.isHeld).toBe(false);
});

test("a commit whose outcome is unknown is tried again, and found to have arrived", async () => {
  let commits = 0;
  const { time, store, held } = await hold((whole) => ({
    ...whole,
    async commit(commit) {
      commits += 1;
      const result = await whole.commit(commit);
      if (commits === 1) throw new StoreError("The connection was lost.", "unknown");
      return result;
    },
  }));
  const committing = held.commit([write]);
  await settled();
  await time.advance(1_000);
  const result = await committing;
  expect(result.kind).toBe("committed");
  const [record] = (await store.read([write.key])).records;
  expect(result).toEqual({ kind: "committed", tag: record?.tag });
  expect(commits).toBe(2);
});
