import assert from "node:assert/strict";
import type { Commit, Store, StoredRecord } from "@unclash/core/store";
import {
  apply,
  assertClashes,
  bury,
  clashOn,
  forget,
  nextTag,
  put,
  readOne,
  refuse,
  statesOf,
  versionsOf,
  write,
} from "./steps.js";
import type { StoreCase } from "./trial.js";

/** Versions, tags, revisions, tombstones and forgetting. */
export const versionCases: readonly StoreCase[] = [
  {
    name: "versions count the puts and deletions of a key, also past a tombstone",
    async run({ store }) {
      const counted = [
        await put(store, "a/1"),
        await put(store, "a/1"),
        await bury(store, "a/1"),
        await put(store, "a/1"),
        await bury(store, "a/1"),
        await put(store, "a/1"),
      ];
      assert.deepEqual(versionsOf(counted), [1, 2, 3, 4, 5, 6]);
      assert.equal((await put(store, "a/2")).version, 1, "each key counts for itself");
    },
  },
  {
    name: "versions begin again only where the record was forgotten",
    async run({ store }) {
      await put(store, "a/1");
      await put(store, "a/1");
      await forget(store, "a/1");
      assert.equal((await put(store, "a/1")).version, 1);
    },
  },
  {
    name: "a tombstone is a version without a text",
    async run({ store }) {
      await put(store, "a/1", { ttlMs: 60_000 });
      const { version, text, deleted, lapsesAt, lapsed } = await bury(store, "a/1");
      assert.deepEqual({ version, text, deleted }, { version: 2, text: null, deleted: true });
      assert.equal(lapsesAt ?? lapsed, undefined, "a tombstone does not lapse");
      assert.equal((await readOne(store, "a/1"))?.deleted, true, "a tombstone is read as one");
    },
  },
  {
    name: "the time of a state is later than that of the state before, whatever the commit says",
    async run({ store }) {
      const at = (await put(store, "a/1")).modifiedAt;
      const late = await store.commit({ ...commitOf([{ key: "a/1", expect: "any", put: "{}" }]), at: at - 500 });
      const buried = await store.commit({ ...commitOf([{ key: "a/1", expect: "any", delete: "tombstone" }]), at: 0 });
      const times = [late, buried].map((result) => (result.kind === "committed" ? result.records[0]?.modifiedAt : 0));
      assert.deepEqual(times, [at + 1, at + 2]);
      assert.deepEqual(
        (await statesOf(store, "a/1")).map(({ modifiedAt }) => modifiedAt),
        [at + 2, at + 1, at],
      );
    },
  },
  {
    name: "a tombstone over a tombstone is one more version",
    async run({ store }) {
      await put(store, "a/1");
      const first = await bury(store, "a/1");
      const second = await write(store, { key: "a/1", expect: { gone: first.tag }, delete: "tombstone" });
      assert.deepEqual([second.version, second.deleted], [3, true]);
    },
  },
  {
    name: "a record that was put again is no tombstone",
    async run({ store }) {
      await put(store, "a/1");
      await bury(store, "a/1");
      const record = await put(store, "a/1", { put: '"again"' });
      assert.equal(Object.hasOwn(record, "deleted"), false);
      assert.equal((await readOne(store, "a/1"))?.text, '"again"');
    },
  },
  {
    name: "deleting what is not there does nothing and gives null",
    async run({ store }) {
      for (const how of ["tombstone", "forget"] as const) {
        for (const expect of ["any", "absent"] as const) {
          const records = await apply(store, { writes: [{ key: "a/1", expect, delete: how }] });
          assert.deepEqual(records, [null]);
          assert.equal(await readOne(store, "a/1"), undefined);
        }
      }
      assert.equal((await put(store, "a/1")).version, 1);
    },
  },
  {
    name: "forgetting leaves nothing: no record, no tombstone, no history",
    async run({ store }) {
      await put(store, "a/1");
      await put(store, "a/1");
      await forget(store, "a/1");
      await put(store, "a/2");
      await bury(store, "a/2");
      await forget(store, "a/2");
      for (const key of ["a/1", "a/2"]) {
        assert.equal(await readOne(store, key), undefined);
        assert.deepEqual(await statesOf(store, key), []);
      }
    },
  },
  {
    name: "every record of a commit has the commit's tag",
    async run({ store }) {
      await put(store, "a/2");
      const tag = nextTag();
      await apply(store, {
        tag,
        writes: [
          { key: "a/1", expect: "absent", put: "{}" },
          { key: "a/2", expect: "present", delete: "tombstone" },
        ],
      });
      const { records } = await store.read(["a/1", "a/2"]);
      assert.deepEqual(
        records.map((record) => record?.tag),
        [tag, tag],
      );
    },
  },
  {
    name: "a tag is told from one that differs only in case",
    async run({ store }) {
      const tag = "AAAAAAAAAAAAAAAb";
      await apply(store, { tag, writes: [{ key: "a/1", expect: "absent", put: "{}" }] });
      const expect = { tag: "AAAAAAAAAAAAAAAB" };
      assertClashes(await refuse(store, { writes: [{ key: "a/1", expect, put: "{}" }] }), [
        await clashOn(store, "a/1"),
      ]);
    },
  },
  {
    name: "revisions grow with each write of a key, past tombstones and forgetting",
    async run({ store }) {
      const revisions = [(await put(store, "a/1")).revision, (await put(store, "a/1")).revision];
      revisions.push((await bury(store, "a/1")).revision, (await put(store, "a/1")).revision);
      await forget(store, "a/1");
      revisions.push((await put(store, "a/1")).revision);
      assertGrowing(revisions);
    },
  },
  {
    name: "revisions grow along commits that depend on each other",
    async run({ store }) {
      let last = await put(store, "chain/0");
      const revisions = [last.revision];
      for (let link = 1; link < 8; link++) {
        last = await dependOn(store, last, `chain/${link}`);
        revisions.push(last.revision);
      }
      assertGrowing(revisions);
    },
  },
  {
    name: "a commit that clashes uses up no version",
    async run({ store }) {
      await put(store, "a/1");
      await refuse(store, { writes: [{ key: "a/1", expect: "absent", put: "{}" }] });
      assert.equal((await put(store, "a/1")).version, 2);
    },
  },
  {
    name: "what is made in a tombstone's place knows its version beforehand",
    async run({ store }) {
      await put(store, "a/1");
      const { tag, version } = await bury(store, "a/1");
      const again = await write(store, { key: "a/1", expect: { gone: tag }, put: "{}" });
      assert.equal(again.version, version + 1);
      const clashes = await refuse(store, { writes: [{ key: "a/1", expect: { gone: tag }, put: "{}" }] });
      assertClashes(clashes, [await clashOn(store, "a/1")]);
    },
  },
];

async function dependOn(store: Store, { key: read, tag }: StoredRecord, key: string): Promise<StoredRecord> {
  const reads = [{ key: read, expect: { tag } }];
  const [record] = await apply(store, { reads, writes: [{ key, expect: "absent", put: "{}" }] });
  assert(record);
  return record;
}

function assertGrowing(revisions: readonly number[]): void {
  for (const [at, revision] of revisions.entries()) {
    assert(at === 0 || revision > (revisions[at - 1] ?? 0), `revisions grow: ${revisions.join(", ")}`);
  }
}

function commitOf(writes: Commit["writes"]): Commit {
  return { tag: nextTag(), at: 0, reads: [], writes, events: [], by: null, cause: "test" };
}
