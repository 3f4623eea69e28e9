import { type Cursor, parseCursor, type Store } from "@unclash/core/store";
import { type Bug, changeEvents, changeFollowing } from "./bug.test-support.js";

/** Bugs in where a follower goes on, and in what it is told of what it misses. */
export const cursorBugs: readonly Bug[] = [
  {
    bug: "from the start a reset comes first",
    caughtBy: "from the start, all events that are kept are followed, and then those to come, without a reset",
    plant: (store) =>
      changeFollowing(store, async function* (events, after) {
        if (after === "start") yield { reset: "start" };
        yield* events;
      }),
  },
  {
    bug: "from now on no reset says where that is",
    caughtBy: "from now on, a reset comes first and says where that is, and then only what comes",
    plant: (store) =>
      changeFollowing(store, async function* (events, after) {
        for await (const event of events) if (after !== "now" || !("reset" in event)) yield event;
      }),
  },
  {
    bug: "from now on is from the start",
    caughtBy: "from now on, a reset comes first and says where that is, and then only what comes",
    plant: (store) => ({
      ...store,
      async *follow(after, stop) {
        if (after === "now") yield { reset: "start" };
        yield* store.follow(after === "now" ? "start" : after, stop);
      },
    }),
  },
  {
    bug: "an event comes again after its own cursor",
    caughtBy: "after any event's cursor it goes on with exactly the next one, and each event is the same again",
    plant: (store) => ({
      ...store,
      async *follow(after, stop) {
        const place = parseCursor(after);
        if (place === undefined) yield* store.follow(after, stop);
        else
          for await (const event of store.follow("start", stop))
            if (!("reset" in event) && event.cursor >= after) yield event;
      },
    }),
  },
  {
    bug: "what is behind an event of the same commit is skipped",
    caughtBy: "after any event's cursor it goes on with exactly the next one, and each event is the same again",
    plant: (store) =>
      changeFollowing(store, async function* (events, after) {
        const tag = parseCursor(after)?.tag;
        for await (const event of events) if ("reset" in event || event.tag !== tag) yield event;
      }),
  },
  {
    bug: "going on always begins with a reset",
    caughtBy: "after the newest event's cursor it goes on with what comes, without a reset",
    plant: (store) =>
      changeFollowing(store, async function* (events, after) {
        if (parseCursor(after) !== undefined) yield { reset: after };
        yield* events;
      }),
  },
  {
    bug: "the place that a reset gives is none",
    caughtBy: "after the place that a reset gave it goes on with what came since, without another reset",
    plant: (store) =>
      changeFollowing(store, async function* (events) {
        for await (const event of events)
          yield "reset" in event ? { reset: `${event.reset.slice(0, 20)}.none` } : event;
      }),
  },
  {
    bug: "a cursor differs each time that its event is followed",
    caughtBy: "after any event's cursor it goes on with exactly the next one, and each event is the same again",
    plant(store) {
      let followings = 0;
      const original = new Map<Cursor, Cursor>();
      return {
        ...store,
        async *follow(after, stop) {
          const following = ++followings;
          for await (const event of store.follow(original.get(after) ?? after, stop)) {
            if ("reset" in event) yield event;
            else {
              const cursor = `${event.cursor}.${following}`;
              original.set(cursor, event.cursor);
              yield { ...event, cursor };
            }
          }
        },
      };
    },
  },
  {
    bug: "cursors grow as numbers, not as texts",
    caughtBy: "events come in the order of the commits, and their cursors grow as texts",
    plant: (store) => changeEvents(store, (event) => ({ ...event, cursor: event.cursor.replace(/^0+/, "") })),
  },
  {
    bug: "cursors hold what no header line may",
    caughtBy: "an event has all that it was given, and the revision, tag and time of its commit",
    plant: (store) => changeEvents(store, (event) => ({ ...event, cursor: `${event.cursor}:${event.key}` })),
  },
  {
    bug: "what is no cursor is the start",
    caughtBy: "after what is no place of the log, one reset comes, and then only what comes: an empty text",
    plant: (store) => followInstead(store, (after) => (isNoCursor(after) ? "start" : after)),
  },
  {
    bug: "what is no cursor is an error",
    caughtBy: "after what is no place of the log, one reset comes, and then only what comes: text with a line break",
    plant: (store) => ({
      ...store,
      async *follow(after, stop) {
        if (isNoCursor(after)) {
          yield* [];
          throw new TypeError("malformed cursor");
        }
        yield* store.follow(after, stop);
      },
    }),
  },
  {
    bug: "what is no cursor is now, without a word",
    caughtBy: "after what is no place of the log, one reset comes, and then only what comes: a number",
    plant: (store) =>
      changeFollowing(store, async function* (events, after) {
        for await (const event of events) if (!("reset" in event) || !isNoCursor(after)) yield event;
      }),
  },
  {
    bug: "a place beyond the end is waited for",
    caughtBy:
      "after what is no place of the log, one reset comes, and then only what comes: a place far beyond the end",
    plant: (store) => ({
      ...store,
      async *follow(after, stop) {
        const place = parseCursor(after);
        if (place !== undefined && place.position === Number.MAX_SAFE_INTEGER) {
          for await (const event of store.follow("start", stop))
            if ("reset" in event || event.cursor > after) yield event;
        } else yield* store.follow(after, stop);
      },
    }),
  },
  {
    bug: "a reset comes twice",
    caughtBy: "after what is no place of the log, one reset comes, and then only what comes: a number beyond all",
    plant: (store) =>
      changeFollowing(store, async function* (events) {
        for await (const event of events) {
          if ("reset" in event) yield event;
          yield event;
        }
      }),
  },
  {
    bug: "after a reset it goes on at the start",
    caughtBy: "after what is no place of the log, one reset comes, and then only what comes: a word in capitals",
    plant: (store) =>
      changeFollowing(store, async function* (events, after, stop) {
        for await (const event of events) {
          yield event;
          if ("reset" in event && after !== "now") yield* store.follow("start", stop);
        }
      }),
  },
  {
    bug: "the tag in a cursor is not looked at",
    caughtBy: "after a place that this log gave to another event, one reset comes, and then only what comes",
    plant: (store) => ({
      ...store,
      async *follow(after, stop) {
        const place = parseCursor(after);
        if (place === undefined) yield* store.follow(after, stop);
        else
          for await (const event of store.follow("start", stop)) {
            const { position = 0 } = ("reset" in event ? undefined : parseCursor(event.cursor)) ?? {};
            if (position > place.position) yield event;
          }
      },
    }),
  },
  {
    bug: "after the newest event that was removed a reset comes",
    caughtBy:
      "after the cursor of the newest event that was removed, what is kept comes without a reset: nothing is missing",
    plant: (store) => resetBeforeOldest(store, true),
  },
  {
    bug: "what was removed is not missed",
    caughtBy: "after the cursor of an event that is followed by one that was removed, a reset comes",
    plant: (store) => resetBeforeOldest(store, false),
  },
  {
    bug: "a follower that is overtaken by cleaning goes on without a word",
    caughtBy: "a slow follower that is overtaken by cleaning is told so by a reset, and misses nothing before that",
    plant: (store) =>
      changeFollowing(store, async function* (events) {
        let isFirst = true;
        for await (const event of events) {
          if (isFirst || !("reset" in event)) yield event;
          isFirst = false;
        }
      }),
  },
];

function isNoCursor(after: Cursor): boolean {
  return after !== "start" && after !== "now" && parseCursor(after) === undefined;
}

function followInstead(store: Store, change: (after: Cursor) => Cursor): Store {
  return { ...store, follow: (after, stop) => store.follow(change(after), stop) };
}

// Whether a cursor before the oldest event that is kept gives a reset, always or never.
function resetBeforeOldest(store: Store, resets: boolean): Store {
  return {
    ...store,
    async *follow(after, stop) {
      const controller = new AbortController();
      const steps = store.follow("start", controller.signal)[Symbol.asyncIterator]();
      const oldest = parseCursor(after) === undefined ? undefined : (await steps.next()).value;
      controller.abort();
      const isBefore = oldest !== undefined && !("reset" in oldest) && after < oldest.cursor;
      if (isBefore && resets) yield* store.follow("now", stop);
      else yield* store.follow(isBefore ? "start" : after, stop);
    },
  };
}
