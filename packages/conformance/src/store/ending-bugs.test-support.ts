import type { Store, Tag } from "@unclash/core/store";
import { type Bug, changeEvents, changeFollowing } from "./bug.test-support.js";

const hourMs = 60 * 60 * 1_000;

/** Bugs in how following ends, and in how events do. */
export const endingBugs: readonly Bug[] = [
  {
    bug: "a stop is heard only when the next event comes",
    caughtBy: "a follower that is stopped while it waits ends",
    plant: (store) => ({
      ...store,
      async *follow(after, stop) {
        if (stop.aborted) return;
        for await (const event of store.follow(after, new AbortController().signal)) {
          if (stop.aborted) return;
          yield event;
        }
      },
    }),
  },
  {
    bug: "what was fetched before a stop is still given",
    caughtBy: "a follower that is stopped between two events ends, although there are more",
    plant: (store) => ({
      ...store,
      async *follow(after, stop) {
        if (!stop.aborted) yield* store.follow(after, new AbortController().signal);
      },
    }),
  },
  {
    bug: "a follower that was stopped before it began gives what is there first",
    caughtBy: "a follower that was stopped before it began ends at once, without a word",
    plant: (store) => ({
      ...store,
      async *follow(after, stop) {
        for await (const event of store.follow(after, new AbortController().signal)) {
          yield event;
          if (stop.aborted) return;
        }
      },
    }),
  },
  {
    bug: "followers leave their listeners on the signal",
    caughtBy: "a follower that has ended leaves no listener on its signal, however often it waited",
    plant: (store) => ({
      ...store,
      follow: (after, stop) =>
        store.follow(after, {
          get aborted() {
            return stop.aborted;
          },
          addEventListener: (type, listener) => stop.addEventListener(type, listener),
          removeEventListener: () => {},
        }),
    }),
  },
  {
    bug: "closing leaves followers waiting",
    caughtBy: "closing a store ends those who follow it, whether they wait or have more to read",
    plant: (store) =>
      changeFollowing(store, async function* (events, _, stop) {
        yield* events;
        if (!stop.aborted) await new Promise(() => {});
      }),
  },
  {
    bug: "a closed store can still be followed",
    caughtBy: "after it was closed, a store refuses to follow: a StoreError that says nothing was applied",
    plant: (store) => ({
      ...store,
      async *follow(after, stop) {
        yield* store.follow(after, stop);
      },
      async close() {},
    }),
  },
  {
    bug: "events go an hour too early",
    caughtBy: "cleaning leaves events for 25 hours, and then removes them",
    plant: (store) => cleanedAfter(store, 24 * hourMs),
  },
  {
    bug: "events go by themselves when they are old",
    caughtBy: "nothing but cleaning removes events, however old they are",
    plant: (store) =>
      changeFollowing(store, async function* (events) {
        for await (const event of events) {
          const { now } = await store.read([]);
          if ("reset" in event || event.at >= now - 25 * hourMs) yield event;
        }
      }),
  },
  {
    bug: "events are never cleaned",
    caughtBy: "a step of cleaning removes no more events than its budget, and the steps end when all old ones are gone",
    plant: (store) => ({ ...store, clean: async () => ({ removed: 0, more: false }) }),
  },
  {
    bug: "a step of cleaning does not count the events that it removes",
    caughtBy: "events and past states are cleaned together, and none of them is left",
    plant: (store) => ({
      ...store,
      async clean(budget) {
        const { removed, more } = await store.clean(budget);
        return { removed: Math.max(removed - 5, 0), more };
      },
    }),
  },
  {
    bug: "what comes while the store is cleaned is lost",
    caughtBy: "cleaning while others follow and commit keeps nothing from them",
    plant(store) {
      let cleaning = 0;
      const lost = new Set<Tag>();
      const busy: Store = {
        ...store,
        async clean(budget) {
          cleaning++;
          await new Promise<void>((resolve) => setImmediate(resolve));
          const result = await store.clean(budget);
          cleaning--;
          return result;
        },
        commit(commit) {
          if (cleaning > 0) lost.add(commit.tag);
          return store.commit(commit);
        },
      };
      return changeEvents(busy, (event) => (lost.has(event.tag) ? undefined : event));
    },
  },
];

// Events go after this age, once the store is cleaned.
function cleanedAfter(store: Store, ageMs: number): Store {
  let removedBefore = Number.NEGATIVE_INFINITY;
  const cleaning: Store = {
    ...store,
    async clean(budget) {
      removedBefore = (await store.read([])).now - ageMs;
      return store.clean(budget);
    },
  };
  return changeEvents(cleaning, (event) => (event.at < removedBefore ? undefined : event));
}
