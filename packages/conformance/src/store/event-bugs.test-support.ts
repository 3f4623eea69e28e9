import { setImmediate } from "node:timers/promises";
import type { Moment, Store, StoredEvent, Tag } from "@unclash/core/store";
import { type Bug, changeCommits, changeEvents, changeFollowing } from "./bug.test-support.js";

/** Bugs in which events are followed, in which order, and in what is in them. */
export const eventBugs: readonly Bug[] = [
  {
    bug: "a commit waits until nothing is left to clean",
    caughtBy: "whoever cleans step by step until there is no more keeps no commit waiting for that",
    plant(store) {
      let more = false;
      return {
        ...store,
        async clean(budget) {
          more = true;
          const step = await store.clean(budget);
          more = step.more;
          return step;
        },
        async commit(commit) {
          while (more) await setImmediate();
          return store.commit(commit);
        },
      };
    },
  },
  {
    bug: "a follower skips events of commits that came while another was on its way",
    caughtBy:
      "of 200 commits at once, every follower is given each event once, and those of a key in the order of " +
      "its versions",
    plant(store) {
      const late = new Set<Tag>();
      let underWay = 0;
      let commits = 0;
      const racing: Store = {
        ...store,
        async commit(commit) {
          if (underWay++ > 0 && commits++ % 7 === 0) late.add(commit.tag);
          try {
            return await store.commit(commit);
          } finally {
            underWay--;
          }
        },
      };
      return changeEvents(racing, (event) => (late.has(event.tag) ? undefined : event));
    },
  },
  {
    bug: "a follower that goes on while others commit is given some events twice",
    caughtBy: "followers that stop and go on after their last event while others commit are given each event once",
    plant: (store) =>
      changeFollowing(store, async function* (events, after) {
        let given = after;
        for await (const event of events) {
          if (!("reset" in event)) {
            if (given !== "start" && Number.parseInt(event.cursor, 10) % 50 === 0) yield event;
            given = event.cursor;
          }
          yield event;
        }
      }),
  },
  {
    bug: "the events of a commit come in the opposite order",
    caughtBy: "256 events of one commit, with 8 KiB each, come in the order in which they were given",
    plant: (store) => changeCommits(store, (commit) => ({ ...commit, events: commit.events.toReversed() })),
  },
  {
    bug: "the events of a commit come in the order of their keys",
    caughtBy: "256 events of one commit, with 8 KiB each, come in the order in which they were given",
    plant: (store) =>
      changeCommits(store, (commit) => ({
        ...commit,
        events: commit.events.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
      })),
  },
  {
    bug: "a commit's second event about a key is left out",
    caughtBy: "after any event's cursor it goes on with exactly the next one, and each event is the same again",
    plant(store) {
      const seen = new Set<string>();
      return changeEvents(store, (event) => {
        const isSeen = seen.has(`${event.key} ${event.type}`);
        seen.add(`${event.key} ${event.type}`);
        return isSeen ? undefined : event;
      });
    },
  },
  {
    bug: "a commit that clashes leaves its events",
    caughtBy: "a commit that clashes leaves no event, whatever it clashes on",
    plant: (store) => ({
      ...store,
      async commit(commit) {
        const result = await store.commit(commit);
        if (result.kind === "clash") await store.commit({ ...commit, reads: [], writes: [] });
        return result;
      },
    }),
  },
  {
    bug: "every commit has an event",
    caughtBy: "commits without events do not appear, and events of a commit without writes do",
    plant: (store) =>
      changeCommits(store, (commit) => {
        const [write] = commit.writes;
        const events = [{ type: "changed", key: write?.key ?? "a/none" }];
        return commit.events.length === 0 ? { ...commit, events } : commit;
      }),
  },
  {
    bug: "events without writes are dropped",
    caughtBy: "commits without events do not appear, and events of a commit without writes do",
    plant: (store) =>
      changeCommits(store, (commit) => (commit.writes.length === 0 ? { ...commit, events: [] } : commit)),
  },
  {
    bug: "the data of an event are parsed and written anew",
    caughtBy:
      "the data of an event are returned byte for byte: the order of members, and digits that a double would lose",
    plant: (store) =>
      changeEvents(store, (event) =>
        event.data === undefined ? event : { ...event, data: JSON.stringify(JSON.parse(event.data)) },
      ),
  },
  {
    bug: "the data of an event are cut at 8,192 UTF-16 units of Latin-1",
    caughtBy:
      "the data of an event are returned byte for byte: characters of every length in UTF-8, line breaks and escapes",
    plant: (store) =>
      changeEvents(store, (event) =>
        event.data === undefined ? event : { ...event, data: Buffer.from(event.data, "latin1").toString("latin1") },
      ),
  },
  {
    bug: "an event without data has empty data",
    caughtBy: "an event without a version or data has none, rather than an empty one",
    plant: (store) => changeEvents(store, (event) => ({ ...event, data: event.data ?? "" })),
  },
  {
    bug: "an event without a version has 0",
    caughtBy: "an event without a version or data has none, rather than an empty one",
    plant: (store) => changeEvents(store, (event) => ({ ...event, version: event.version ?? 0 })),
  },
  {
    bug: "an event has a revision of its own",
    caughtBy: "an event has all that it was given, and the revision, tag and time of its commit",
    plant: (store) => changeEvents(store, (event) => ({ ...event, revision: event.revision + 1 })),
  },
  {
    bug: "an event has the time of the state that was written",
    caughtBy: "an event's time is that of its commit, also where a state's is later",
    plant(store) {
      const times = new Map<Tag, Moment>();
      const timed: Store = {
        ...store,
        async commit(commit) {
          const result = await store.commit(commit);
          if (result.kind === "committed") times.set(commit.tag, result.records[0]?.modifiedAt ?? commit.at);
          return result;
        },
      };
      return changeEvents(timed, (event) => ({ ...event, at: times.get(event.tag) ?? event.at }));
    },
  },
  {
    bug: "events are told before they are committed",
    caughtBy: "who is given an event finds its commit already there",
    plant: (store) => ({
      ...store,
      async commit(commit) {
        if (commit.events.length === 0 || commit.writes.length === 0) return store.commit(commit);
        await store.commit({ ...commit, reads: [], writes: [] });
        for (let turns = 0; turns < 5; turns++) await new Promise<void>((resolve) => setImmediate(resolve));
        return store.commit({ ...commit, events: [] });
      },
    }),
  },
  {
    bug: "a slow follower misses what its buffer does not hold",
    caughtBy: "a slow follower misses nothing: what comes meanwhile waits for it",
    plant: (store) =>
      changeFollowing(store, async function* (events, _, stop) {
        const buffer: StoredEvent[] = [];
        const steps = events[Symbol.asyncIterator]();
        for (let pending = steps.next(); !stop.aborted; ) {
          const first = await Promise.race([pending, turns(5)]);
          if (first === undefined && buffer.length > 0) yield* buffer.splice(0).slice(-1_000);
          if (first === undefined) continue;
          if (first.done) return;
          pending = steps.next();
          if ("reset" in first.value) yield first.value;
          else buffer.push(first.value);
        }
      }),
  },
  {
    bug: "a follower does not know its own place behind an event with a long tag",
    caughtBy: "a follower goes on behind events whose tags are longer than a cursor holds",
    plant: (store) =>
      changeFollowing(store, async function* (events) {
        let last: StoredEvent | undefined;
        for await (const event of events) {
          if (last !== undefined && last.tag.length > 16) yield { reset: last.cursor };
          last = "reset" in event ? undefined : event;
          yield event;
        }
      }),
  },
  {
    bug: "an event goes to one follower only",
    caughtBy: "several followers each are given all, at their own pace",
    plant(store) {
      const given = new Set<string>();
      return changeEvents(store, (event) => {
        if (given.has(event.cursor)) return undefined;
        given.add(event.cursor);
        return event;
      });
    },
  },
];

async function turns(count: number): Promise<undefined> {
  for (let turn = 0; turn < count; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  return undefined;
}
