import assert from "node:assert/strict";
import type { Commit, CommitResult, Key, Store, Write } from "@unclash/core/store";
import { apply, asItIs, nextTag, put, readThere, statesOf, submit, timeOf, versionsOf } from "./steps.js";
import type { StoreCase } from "./trial.js";

/** Commits and reads at the same time. */
export const raceCases: readonly StoreCase[] = [
  {
    name: "of 50 commits over the same tag at once, one wins, and the others are told what is there now",
    async run({ store }) {
      const { tag } = await put(store, "a/1");
      const at = (await timeOf(store)) + 1;
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, n) => commitNow(store, at, [{ key: "a/1", expect: { tag }, put: `${n}` }])),
      );
      assert.equal(results.filter(({ kind }) => kind === "committed").length, 1);
      const current = await readThere(store, "a/1");
      for (const result of results) {
        if (result.kind === "clash")
          assert.deepEqual(result.clashes, [{ key: "a/1", current: { ...current, text: null } }]);
        else assert.deepEqual(result.records, [current]);
      }
      assert.equal(current.version, 2);
    },
  },
  {
    name: "of 20 commits that create one record at once, one wins",
    async run({ store }) {
      const at = await timeOf(store);
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) => commitNow(store, at, [{ key: "a/1", expect: "absent", put: `${n}` }])),
      );
      assert.equal(results.filter(({ kind }) => kind === "committed").length, 1);
      assert.equal((await readThere(store, "a/1")).version, 1);
    },
  },
  {
    name: "50 increments at once, each read, committed and tried again, all count, and none clashes but with another",
    async run({ store }) {
      const attempts = await Promise.all(Array.from({ length: 50 }, () => increment(store, "a/counter")));
      const { text, version } = await readThere(store, "a/counter");
      assert.deepEqual([text, version], ["50", 50]);
      assert(Math.max(...attempts) <= 50, "each clash was another increment: 49 at most");
      const states = await statesOf(store, "a/counter");
      assert.deepEqual(
        versionsOf(states),
        Array.from({ length: 50 }, (_, n) => 50 - n),
      );
      assert.equal(new Set(states.map(({ tag }) => tag)).size, 50, "every version has a tag of its own");
      assert(
        states.every(({ version: counted, text: count }) => `${counted}` === count),
        "every version holds its own count",
      );
      assert(
        states.every(({ revision }, n) => n === 0 || revision < (states[n - 1]?.revision ?? 0)),
        "revisions grow with the versions",
      );
    },
  },
  {
    name: "transfers between accounts at once neither make nor lose anything",
    async run({ store }) {
      const accounts = ["account/1", "account/2", "account/3"];
      for (const key of accounts) await put(store, key, { put: "100" });
      await Promise.all(
        Array.from({ length: 30 }, (_, n) => transfer(store, accounts[n % 3] ?? "", accounts[(n + 1) % 3] ?? "")),
      );
      const { records } = await store.read(accounts);
      assert.equal(
        records.reduce((sum, record) => sum + Number(record?.text), 0),
        300,
      );
      assert.equal(
        records.reduce((sum, record) => sum + (record?.version ?? 0), 0),
        3 + 2 * 30,
      );
    },
  },
  {
    name: "of two commits that each write what the other read, one succeeds",
    async run({ store }) {
      const x = await put(store, "a/x");
      const y = await put(store, "a/y");
      for (let round = 0; round < 5; round++) {
        const expected = [x.key, y.key].map(async (key) => ({ key, expect: asItIs(await readThere(store, key)) }));
        const [seenX, seenY] = await Promise.all(expected);
        assert(seenX && seenY);
        const results = await Promise.all([
          submit(store, { reads: [seenY], writes: [{ ...seenX, put: "{}" }] }),
          submit(store, { reads: [seenX], writes: [{ ...seenY, put: "{}" }] }),
        ]);
        assert.deepEqual(results.map(({ kind }) => kind).sort(), ["clash", "committed"]);
      }
    },
  },
  {
    name: "commits at once that name the same keys in opposite orders all end",
    async run({ store }) {
      const keys = ["a/1", "a/2", "a/3", "a/4"];
      await Promise.all(
        Array.from({ length: 20 }, (_, n) => {
          const writes = keys.map((key): Write => ({ key, expect: "any", put: `${n}` }));
          return apply(store, { writes: n % 2 === 0 ? writes : writes.reverse() });
        }),
      );
      const { records } = await store.read(keys);
      assert.deepEqual(
        records.map((record) => record?.version),
        [20, 20, 20, 20],
      );
      assert.equal(new Set(records.map((record) => record?.tag)).size, 1, "the last commit wrote all of them");
    },
  },
  {
    name: "a read and a list never show half of a commit",
    async run({ store }) {
      const keys = ["pair/1", "pair/2", "pair/3"];
      await apply(store, { writes: keys.map((key) => ({ key, expect: "absent", put: "0" })) });
      const writer = async (): Promise<void> => {
        for (let n = 1; n <= 40; n++)
          await apply(store, { writes: keys.map((key) => ({ key, expect: "any", put: `${n}` })) });
      };
      const reader = async (): Promise<void> => {
        for (let n = 0; n < 40; n++) {
          const { records } = n % 2 === 0 ? await store.read(keys) : await store.list({ prefix: "pair/", limit: 3 });
          assert.equal(new Set(records.map((record) => record?.tag)).size, 1);
        }
      };
      await Promise.all([writer(), reader(), reader()]);
    },
  },
  {
    name: "what was committed is in every read that begins afterwards",
    async run({ store }) {
      for (let n = 1; n <= 20; n++) {
        const written = await put(store, "a/1", { put: `${n}` });
        const reads = await Promise.all([1, 2, 3].map(() => readThere(store, "a/1")));
        assert.deepEqual(reads, [written, written, written]);
      }
    },
  },
];

function commitNow(store: Store, at: number, writes: Commit["writes"]): Promise<CommitResult> {
  return store.commit({ tag: nextTag(), at, reads: [], writes, events: [], by: null, cause: "test" });
}

// Says how many attempts it took.
async function increment(store: Store, key: Key): Promise<number> {
  for (let attempts = 1; attempts <= 100; attempts++) {
    const { now, records } = await store.read([key]);
    const [record] = records;
    const text = `${Number(record?.text ?? 0) + 1}`;
    const at = Math.max(now, (record?.modifiedAt ?? 0) + 1);
    const result = await commitNow(store, at, [{ key, expect: asItIs(record), put: text }]);
    if (result.kind === "committed") return attempts;
  }
  assert.fail("an increment succeeds some time");
}

async function transfer(store: Store, from: Key, to: Key): Promise<void> {
  for (let attempts = 1; attempts <= 100; attempts++) {
    const { records } = await store.read([from, to]);
    const [source, target] = records;
    const result = await submit(store, {
      writes: [
        { key: from, expect: asItIs(source), put: `${Number(source?.text) - 1}` },
        { key: to, expect: asItIs(target), put: `${Number(target?.text) + 1}` },
      ],
    });
    if (result.kind === "committed") return;
  }
  assert.fail("a transfer succeeds some time");
}
