import assert from "node:assert/strict";
import type { NewEvent, StoredEvent } from "@unclash/core/store";
import { follow } from "./follower.js";
import { apply, nextTag, put, readThere, refuse, submit, tell, timeOf } from "./steps.js";
import type { StoreCase } from "./trial.js";

/** What is followed: which events, in which order, with what in them. */
export const followingCases: readonly StoreCase[] = [
  {
    name: "from the start, all events that are kept are followed, and then those to come, without a reset",
    async run({ store, patienceMs }) {
      await tell(store, "first", "a/1");
      await tell(store, "second", "a/2");
      const follower = follow(store, "start", patienceMs);
      assert.deepEqual(typesOf(await follower.events(2)), ["first", "second"]);
      await tell(store, "third", "a/1");
      await tell(store, "fourth", "b/1");
      assert.deepEqual(typesOf(await follower.events(2)), ["third", "fourth"]);
    },
  },
  {
    name: "from the start of a log in which nothing is yet, the first event comes without a reset",
    async run({ store, patienceMs }) {
      const follower = follow(store, "start", patienceMs);
      const coming = follower.events(1);
      await tell(store, "first", "a/1");
      assert.deepEqual(typesOf(await coming), ["first"]);
    },
  },
  {
    name: "from now on, a reset comes first and says where that is, and then only what comes",
    async run({ store, patienceMs }) {
      const early = follow(store, "now", patienceMs);
      assertCursor(await early.reset());
      await tell(store, "first", "a/1");
      await tell(store, "second", "a/1");
      assert.deepEqual(typesOf(await early.events(2)), ["first", "second"]);
      const late = follow(store, "now", patienceMs);
      assertCursor(await late.reset());
      await tell(store, "third", "a/1");
      assert.deepEqual(typesOf(await late.events(1)), ["third"]);
      assert.deepEqual(typesOf(await early.events(1)), ["third"]);
    },
  },
  {
    name: "a follower that waits is given what is committed then, however often it waits",
    async run({ store, patienceMs }) {
      const follower = follow(store, "now", patienceMs);
      await follower.reset();
      for (let n = 0; n < 8; n++) {
        const coming = follower.events(1);
        await tell(store, `number-${n}`, "a/1");
        assert.deepEqual(typesOf(await coming), [`number-${n}`]);
      }
    },
  },
  {
    name: "a follower goes on behind events whose tags are longer than a cursor holds",
    async run({ store, patienceMs }) {
      const follower = follow(store, "now", patienceMs);
      const start = await follower.reset();
      for (let n = 0; n < 3; n++) {
        const coming = follower.events(1);
        await apply(store, { tag: `${nextTag()}12`, events: [{ type: `number-${n}`, key: "a/1" }] });
        assert.deepEqual(typesOf(await coming), [`number-${n}`]);
      }
      const [first] = await follow(store, start, patienceMs).events(1);
      const rest = follow(store, first?.cursor ?? "", patienceMs);
      assert.deepEqual(typesOf(await rest.events(2)), ["number-1", "number-2"]);
    },
  },
  {
    name: "an event has all that it was given, and the revision, tag and time of its commit",
    async run({ store, patienceMs }) {
      const at = (await timeOf(store)) + 1_234;
      const tag = nextTag();
      const event: NewEvent = { type: "resource.changed", key: "a/1", version: 1, data: '{"b":[],"a":1.0}' };
      const writes = [{ key: "a/1", expect: "absent" as const, put: "{}" }];
      const [record] = await apply(store, { tag, at, writes, events: [event] });
      const [stored] = await follow(store, "start", patienceMs).events(1);
      assertCursor(stored?.cursor);
      assert.deepEqual(stored, { ...event, cursor: stored?.cursor, revision: record?.revision, tag, at });
    },
  },
  {
    name: "an event's time is that of its commit, also where a state's is later",
    async run({ store, patienceMs }) {
      const before = (await timeOf(store)) + 60_000;
      await apply(store, { at: before, writes: [{ key: "a/1", expect: "absent", put: "{}" }] });
      const writes = [{ key: "a/1", expect: "any" as const, put: "{}" }];
      const events = [{ type: "changed", key: "a/1" }];
      const [record] = await apply(store, { at: before - 30_000, writes, events });
      assert.equal(record?.modifiedAt, before + 1);
      const [event] = await follow(store, "start", patienceMs).events(1);
      assert.equal(event?.at, before - 30_000);
    },
  },
  {
    name: "an event without a version or data has none, rather than an empty one",
    async run({ store, patienceMs }) {
      const events: readonly NewEvent[] = [
        { type: "bare", key: "a/1" },
        { type: "versioned", key: "a/1", version: 7 },
        { type: "talkative", key: "a/1", data: '""' },
      ];
      await apply(store, { events });
      const stored = await follow(store, "start", patienceMs).events(3);
      assert.deepEqual(stored.map(givenPart), events);
    },
  },
  ...Object.entries({
    "8 KiB": `"${"x".repeat(8_190)}"`,
    "8 KiB beyond ASCII": `"${"é".repeat(4_095)}"`,
    "characters of every length in UTF-8, line breaks and escapes": '"aé€😀\u0085\u2028\\u0000\\ud800"\r\n',
    "the order of members, and digits that a double would lose": '{"b":1,"a":[],"n":9007199254740993}',
  }).map(
    ([what, data]): StoreCase => ({
      name: `the data of an event are returned byte for byte: ${what}`,
      async run({ store, patienceMs }) {
        const event: NewEvent = { type: "typé.😀", key: "ä/😀 \u2028", data };
        await apply(store, { events: [event] });
        assert.deepEqual((await follow(store, "start", patienceMs).events(1)).map(givenPart), [event]);
      },
    }),
  ),
  {
    name: "256 events of one commit, with 8 KiB each, come in the order in which they were given",
    async run({ store, patienceMs }) {
      const events = Array.from({ length: 256 }, (_, n) => ({
        type: "many",
        // No order of keys or versions is theirs.
        key: `a/${(n * 97) % 256}`,
        version: ((n * 31) % 256) + 1,
        data: `"${String(n).padEnd(8_190, "x")}"`,
      }));
      await apply(store, { events });
      const stored = await follow(store, "start", patienceMs).events(256);
      assert.deepEqual(stored.map(givenPart), events);
      assert.equal(new Set(stored.map(({ revision }) => revision)).size, 1, "they have the revision of their commit");
    },
  },
  {
    name: "events come in the order of the commits, and their cursors grow as texts",
    async run({ store, patienceMs }) {
      for (let n = 0; n < 15; n++) await tell(store, `number-${n}`, "a/1", "b/1");
      const stored = await follow(store, "start", patienceMs).events(30);
      assert.deepEqual(
        typesOf(stored),
        Array.from({ length: 30 }, (_, n) => `number-${n >> 1}`),
      );
      assertCursorsGrow(stored);
      const revisions = stored.filter(({ key }) => key === "a/1").map(({ revision }) => revision);
      assert(
        revisions.every((revision, n) => n === 0 || revision > (revisions[n - 1] ?? Number.NaN)),
        "revisions of one key grow from commit to commit",
      );
    },
  },
  {
    name: "commits without events do not appear, and events of a commit without writes do",
    async run({ store, patienceMs }) {
      await put(store, "a/1");
      await tell(store, "told", "a/1");
      await put(store, "a/1");
      await apply(store, { writes: [{ key: "a/1", expect: "any", delete: "tombstone" }] });
      await tell(store, "end", "a/1");
      assert.deepEqual(typesOf(await follow(store, "start", patienceMs).events(2)), ["told", "end"]);
    },
  },
  {
    name: "a commit that clashes leaves no event, whatever it clashes on",
    async run({ store, patienceMs }) {
      const follower = follow(store, "now", patienceMs);
      await follower.reset();
      const index = [{ name: "n", value: "x", unique: true }];
      await put(store, "a/1", { index });
      const events = [{ type: "refused", key: "a/1" }];
      await refuse(store, { events, writes: [{ key: "a/1", expect: "absent", put: "{}" }] });
      await refuse(store, { events, reads: [{ key: "a/1", expect: "absent" }] });
      await refuse(store, { events, reads: [{ range: { prefix: "a/", limit: 5 }, seen: [] }] });
      await refuse(store, { events, writes: [{ key: "a/2", expect: "absent", put: "{}", index }] });
      await refuse(store, { events, writes: [{ key: "a/1", expect: "any", redact: "{}", version: 5 }] });
      const tooLong = { type: "refused", key: "a/1", data: `"${"x".repeat(8_191)}"` };
      await assert.rejects(submit(store, { events: [...events, tooLong] }), TypeError);
      await tell(store, "end", "a/1");
      assert.deepEqual(await follower.eventsUntil("end"), []);
    },
  },
  {
    name: "the events of a record stay when it is deleted or forgotten, and its past is cleaned",
    async run({ store, patienceMs }) {
      const events = [{ type: "changed", key: "a/1" }];
      for (let n = 0; n < 3; n++) {
        await apply(store, { events, writes: [{ key: "a/1", expect: "any", put: "{}", keep: "none" }] });
      }
      await apply(store, { events, writes: [{ key: "a/1", expect: "any", delete: "forget" }] });
      while ((await store.clean(100)).more);
      assert.equal((await follow(store, "start", patienceMs).events(4)).length, 4);
    },
  },
  {
    name: "who is given an event finds its commit already there",
    async run({ store, patienceMs }) {
      const follower = follow(store, "now", patienceMs);
      await follower.reset();
      for (let n = 1; n <= 5; n++) {
        const coming = follower.events(1).then(async ([event]) => ({ event, record: await readThere(store, "a/1") }));
        const writes = [{ key: "a/1", expect: "any" as const, put: `${n}` }];
        const events = [{ type: "changed", key: "a/1", version: n }];
        const [{ event, record }] = await Promise.all([coming, submit(store, { writes, events })]);
        assert.deepEqual([record.tag, record.version], [event?.tag, event?.version]);
      }
    },
  },
  {
    name: "a slow follower misses nothing: what comes meanwhile waits for it",
    async run({ store, patienceMs }) {
      const follower = follow(store, "start", patienceMs);
      await tell(store, "before", "a/1");
      await follower.events(1);
      const events = Array.from({ length: 256 }, (_, n) => ({ type: "many", key: `a/${n}` }));
      for (let n = 0; n < 5; n++) await apply(store, { events });
      const stored = await follower.events(5 * 256);
      assert.deepEqual(stored.map(givenPart), Array.from({ length: 5 }, () => events).flat());
      assertCursorsGrow(stored);
    },
  },
  {
    name: "several followers each are given all, at their own pace",
    async run({ store, patienceMs }) {
      const followers = [1, 2, 3].map(() => follow(store, "start", patienceMs));
      const [first, second, third] = followers;
      await tell(store, "first", "a/1");
      await first?.events(1);
      await tell(store, "second", "a/1");
      await first?.events(1);
      await second?.events(1);
      await first?.stop();
      await tell(store, "third", "a/1");
      assert.deepEqual(typesOf((await second?.events(2)) ?? []), ["second", "third"]);
      assert.deepEqual(typesOf((await third?.events(3)) ?? []), ["first", "second", "third"]);
    },
  },
];

/** The types of these events. */
export function typesOf(events: readonly StoredEvent[]): readonly string[] {
  return events.map(({ type }) => type);
}

/** Shows that these cursors stand in the order of their events. */
export function assertCursorsGrow(events: readonly StoredEvent[]): void {
  for (const [n, { cursor }] of events.entries()) {
    assertCursor(cursor);
    const before = events[n - 1]?.cursor;
    if (before !== undefined && before >= cursor) assert.fail(`the cursor ${cursor} is greater than ${before}`);
  }
}

function assertCursor(cursor: string | undefined): void {
  assert.match(cursor ?? "", /^[\w.-]{1,128}$/);
}

// The event without what the store added to it.
function givenPart({ cursor: _cursor, revision: _revision, tag: _tag, at: _at, ...event }: StoredEvent): NewEvent {
  return event;
}
