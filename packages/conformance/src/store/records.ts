import assert from "node:assert/strict";
import {
  apply,
  bury,
  forget,
  keysOf,
  nextTag,
  put,
  readOne,
  readThere,
  statesOf,
  submit,
  timeOf,
  write,
} from "./steps.js";
import type { StoreCase } from "./trial.js";

/** What a record says of itself, and what a read gives. */
export const recordCases: readonly StoreCase[] = [
  {
    name: "a store declares what it promises",
    async run({ store }) {
      const { durability, failover, processes } = store.capabilities;
      assert(["none", "process", "fsync"].includes(durability));
      assert(["safe", "lossy"].includes(failover));
      assert(["one", "host", "many"].includes(processes));
    },
  },
  {
    name: "a put gives the record with everything that the commit said, and the first version",
    async run({ store }) {
      const tag = nextTag();
      const at = (await timeOf(store)) + 7;
      const writes = [{ key: "a/1", expect: "absent" as const, put: '{"b":1}' }];
      const [record] = await apply(store, { tag, at, by: "alice", cause: "create", writes });
      assert(record !== null && record !== undefined);
      const { revision, ...rest } = record;
      assert(Number.isSafeInteger(revision), "a revision is a whole number");
      const times = { createdAt: at, modifiedAt: at };
      assert.deepEqual(rest, { key: "a/1", version: 1, tag, text: '{"b":1}', ...times, by: "alice", cause: "create" });
    },
  },
  {
    name: "what a commit gives is what is read afterwards",
    async run({ store }) {
      const writes = ["a/1", "a/2", "a/3"].map((key) => ({
        key,
        expect: "any" as const,
        put: `"${key}"`,
        ttlMs: 60_000,
      }));
      const written = await apply(store, { writes });
      assert.deepEqual((await store.read(["a/1", "a/2", "a/3"])).records, written);
      const tombstone = await bury(store, "a/1");
      assert.deepEqual(await readOne(store, "a/1"), tombstone);
      const renewed = await write(store, { key: "a/2", expect: "present", extendMs: 90_000 });
      assert.deepEqual(await readOne(store, "a/2"), renewed);
    },
  },
  {
    name: "an anonymous actor is null",
    async run({ store }) {
      await apply(store, { by: null, writes: [{ key: "a/1", expect: "absent", put: "{}" }] });
      assert.equal((await readThere(store, "a/1")).by, null);
    },
  },
  {
    name: "a commit's results stand in the order of its writes, whatever they do",
    async run({ store }) {
      await put(store, "a/forgotten");
      await put(store, "a/deleted");
      await put(store, "a/extended");
      const results = await apply(store, {
        writes: [
          { key: "a/new", expect: "absent", put: "1" },
          { key: "a/forgotten", expect: "present", delete: "forget" },
          { key: "a/extended", expect: "present", extendMs: 60_000 },
          { key: "a/deleted", expect: "present", delete: "tombstone" },
          { key: "a/another", expect: "absent", put: "2" },
        ],
      });
      const keys = results.map((record) => record?.key ?? null);
      assert.deepEqual(keys, ["a/new", null, "a/extended", "a/deleted", "a/another"]);
    },
  },
  {
    name: "a read gives the records in the order of its keys, and nothing where nothing is",
    async run({ store }) {
      await put(store, "a/1", { put: "1" });
      await put(store, "a/2", { put: "2" });
      const { records } = await store.read(["a/2", "a/none", "a/1", "a/2"]);
      assert.deepEqual(
        records.map((record) => record?.text),
        ["2", undefined, "1", "2"],
      );
    },
  },
  {
    name: "a read of no key gives the store's time",
    async run({ store }) {
      const { now, records } = await store.read([]);
      assert(Number.isSafeInteger(now), "the time is whole milliseconds");
      assert.deepEqual(records, []);
    },
  },
  {
    name: "every answer to a read tells the same time, or a later one",
    async run({ store }) {
      const first = await timeOf(store);
      const { now: second } = await store.list({ prefix: "a/", limit: 1 });
      const { now: third } = await store.history("a/1", { limit: 1, texts: false });
      const fourth = await timeOf(store);
      assert(first <= second && second <= third && third <= fourth, `${[first, second, third, fourth]}`);
    },
  },
  {
    name: "the store's time is that of the clock it was given",
    needs: "clock",
    async run({ store, clock }) {
      assert.equal(await timeOf(store), clock.now());
      clock.advance(1_234);
      assert.equal(await timeOf(store), clock.now());
    },
  },
  {
    name: "256 keys are read at once",
    async run({ store }) {
      const keys = Array.from({ length: 256 }, (_, n) => `a/${n}`);
      await put(store, "a/255", { put: '"last"' });
      const { records } = await store.read(keys);
      assert.equal(records.length, 256);
      assert.deepEqual(keysOf(records.filter((record) => record !== undefined)), ["a/255"]);
    },
  },
  {
    name: "the time of a state is that of its commit, and the record's beginning is that of its first put",
    async run({ store }) {
      const now = await timeOf(store);
      const stepAt = async (at: number): Promise<void> => {
        await apply(store, { at, writes: [{ key: "a/1", expect: "any", put: "{}" }] });
      };
      await stepAt(now + 10);
      await stepAt(now + 25);
      const { createdAt, modifiedAt } = await readThere(store, "a/1");
      assert.deepEqual({ createdAt, modifiedAt }, { createdAt: now + 10, modifiedAt: now + 25 });
    },
  },
  {
    name: "a tombstone keeps the beginning of its record, and what is put in its place begins anew",
    async run({ store }) {
      const first = await put(store, "a/1");
      const tombstone = await bury(store, "a/1");
      assert.equal(tombstone.createdAt, first.createdAt);
      const second = await put(store, "a/1");
      assert.equal(second.createdAt, second.modifiedAt);
      assert(second.createdAt > first.createdAt);
    },
  },
  {
    name: "a record that was forgotten begins anew",
    async run({ store }) {
      const first = await put(store, "a/1");
      await forget(store, "a/1");
      const at = first.createdAt + 50;
      await apply(store, { at, writes: [{ key: "a/1", expect: "absent", put: "{}" }] });
      assert.equal((await readThere(store, "a/1")).createdAt, at);
    },
  },
  {
    name: "a put over a lapsed record goes on with it: its beginning, its versions, its history",
    async run({ store, until }) {
      const first = await put(store, "a/1", { ttlMs: 5 });
      await until(first.lapsesAt ?? 0);
      const second = await put(store, "a/1");
      assert.equal(second.createdAt, first.createdAt);
      assert.equal(second.version, 2);
      assert.equal((await statesOf(store, "a/1")).length, 2);
    },
  },
  {
    name: "a commit may carry events of up to 8 KiB",
    async run({ store }) {
      const data = JSON.stringify("é".repeat(4_095));
      const events = [
        { type: "resource.changed", key: "a/1", version: 1, data },
        { type: "resource.changed", key: "a/2" },
      ];
      const result = await submit(store, { events, writes: [{ key: "a/1", expect: "absent", put: "{}" }] });
      assert.equal(result.kind, "committed");
    },
  },
];
