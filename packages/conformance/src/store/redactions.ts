import assert from "node:assert/strict";
import type { Write } from "@unclash/core/store";
import {
  apply,
  assertClashes,
  bury,
  clashOn,
  forget,
  nextTag,
  put,
  readOne,
  readThere,
  refuse,
  statesOf,
  versionsOf,
} from "./steps.js";
import type { StoreCase } from "./trial.js";

/** The one change of a past state. */
export const redactionCases: readonly StoreCase[] = [
  {
    name: "a redaction of a past state replaces its text and its tag, and nothing else anywhere",
    async run({ store }) {
      const first = await put(store, "a/1", { put: '"secret"' });
      const second = await put(store, "a/1", { put: '"open"' });
      const third = await put(store, "a/1", { put: "3" });
      const tag = nextTag();
      const [redacted] = await apply(store, { tag, by: "admin", cause: "redaction", writes: [redaction(1)] });
      assert.deepEqual(redacted, { ...first, text: '"redacted"', tag });
      assert.deepEqual(await statesOf(store, "a/1"), [third, second, redacted]);
      assert.deepEqual(await readOne(store, "a/1"), third);
    },
  },
  {
    name: "what the history no longer shows cannot be redacted, however little of it was cleaned away",
    async run({ store }) {
      await put(store, "a/1");
      await put(store, "a/1");
      await put(store, "a/1", { keep: "none" });
      const kept = versionsOf(await statesOf(store, "a/1"));
      for (const version of [1, 2].filter((past) => !kept.includes(past))) {
        const clashes = await refuse(store, { writes: [redaction(version)] });
        assertClashes(clashes, [{ ...(await clashOn(store, "a/1")), version }]);
      }
    },
  },
  {
    name: "a redaction of the current state replaces its text and its tag, and makes no version",
    async run({ store }) {
      const first = await put(store, "a/1");
      const second = await put(store, "a/1", { put: '"secret"', ttlMs: 60_000 });
      const tag = nextTag();
      const [redacted] = await apply(store, { tag, writes: [{ ...redaction(2), expect: { tag: second.tag } }] });
      assert.deepEqual(redacted, { ...second, text: '"redacted"', tag });
      assert.deepEqual(await readOne(store, "a/1"), redacted);
      assert.deepEqual(await statesOf(store, "a/1"), [redacted, first]);
      assert.deepEqual((await store.list({ prefix: "a/", limit: 1 })).records, [redacted]);
      await apply(store, { reads: [{ key: "a/1", expect: { tag } }] });
      await refuse(store, { reads: [{ key: "a/1", expect: { tag: second.tag } }] });
      assert.equal((await put(store, "a/1")).version, 3);
    },
  },
  {
    name: "a redaction's expectation is about the current state, whichever version it redacts",
    async run({ store }) {
      const first = await put(store, "a/1");
      const second = await put(store, "a/1");
      const clashes = await refuse(store, { writes: [{ ...redaction(1), expect: { tag: first.tag } }] });
      assertClashes(clashes, [await clashOn(store, "a/1")]);
      await apply(store, { writes: [{ ...redaction(1), expect: { tag: second.tag } }] });
    },
  },
  {
    name: "a past state of a tombstone can be redacted",
    async run({ store }) {
      await put(store, "a/1", { put: '"secret"' });
      const tombstone = await bury(store, "a/1");
      await apply(store, { writes: [{ ...redaction(1), expect: { gone: tombstone.tag } }] });
      const [current, past] = await statesOf(store, "a/1");
      assert.deepEqual([current, past?.text], [tombstone, '"redacted"']);
    },
  },
  {
    name: "a redaction of a version that is not there, or of a tombstone, clashes and changes no state",
    async run({ store }) {
      await put(store, "a/1");
      await bury(store, "a/1");
      await put(store, "a/1");
      await bury(store, "a/1");
      const states = await statesOf(store, "a/1");
      for (const version of [2, 4, 5, 1_000]) {
        const clash = { ...(await clashOn(store, "a/1")), version };
        assertClashes(await refuse(store, { writes: [redaction(version)] }), [clash]);
      }
      assert.deepEqual(await statesOf(store, "a/1"), states);
    },
  },
  {
    name: "a redaction of what was never there, or was forgotten, clashes",
    async run({ store }) {
      assertClashes(await refuse(store, { writes: [redaction(1)] }), [{ key: "a/1", version: 1 }]);
      await put(store, "a/1");
      await forget(store, "a/1");
      assertClashes(await refuse(store, { writes: [redaction(1)] }), [{ key: "a/1", version: 1 }]);
    },
  },
  {
    name: "a redaction can be redacted again, and other states go on",
    async run({ store }) {
      await put(store, "a/1", { put: '"secret"' });
      await put(store, "a/1");
      await apply(store, { writes: [redaction(1)] });
      await apply(store, { writes: [{ ...redaction(1), redact: "null" }] });
      await put(store, "a/1");
      const texts = (await statesOf(store, "a/1")).map(({ text }) => text);
      assert.deepEqual(texts, ["{}", "{}", "null"]);
      assert.equal((await readThere(store, "a/1")).version, 3);
    },
  },
];

function redaction(version: number): Extract<Write, { redact: unknown }> {
  return { key: "a/1", expect: "any", redact: '"redacted"', version };
}
