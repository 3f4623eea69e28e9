import type { Bug } from "./bug.test-support.js";

const largePages =
  "a page of large texts ends before its limit, and its next goes on: no record is lost or comes twice";

const largeHistories =
  "a history of large texts ends before its limit, tells that there is more, and goes on: no state is lost " +
  "or comes twice";

/** Bugs in where a page ends for its texts, and how it goes on. */
export const pageBugs: readonly Bug[] = [
  {
    bug: "a page of large texts has no bound",
    caughtBy: largePages,
    plant: (store) => ({
      ...store,
      async list(range) {
        const pages = [await store.list(range)];
        for (let next = pages[0]?.next; next !== undefined; next = pages.at(-1)?.next) {
          pages.push(await store.list({ ...range, after: next }));
        }
        return { now: pages[0]?.now ?? 0, records: pages.flatMap(({ records }) => records) };
      },
    }),
  },
  {
    bug: "a page that was cut for its texts has no next",
    caughtBy: largePages,
    plant: (store) => ({
      ...store,
      async list(range) {
        const { next, ...page } = await store.list(range);
        return next === undefined || page.records.length < range.limit ? page : { ...page, next };
      },
    }),
  },
  {
    bug: "the record at which a page was cut for its texts is lost",
    caughtBy: largePages,
    plant: (store) => ({
      ...store,
      async list(range) {
        const page = await store.list(range);
        const isCut = page.next !== undefined && page.records.length < range.limit;
        return isCut ? { ...page, records: page.records.slice(0, -1) } : page;
      },
    }),
  },
  {
    bug: "a page has as many texts as ever, however few were asked for",
    caughtBy: "a page ends with the record whose text brings its texts to as much as was asked for, 8 MiB at most",
    plant: (store) => ({ ...store, list: ({ textBytesMax: _, ...range }) => store.list(range) }),
  },
  {
    bug: "a list always has its texts",
    caughtBy: "a page without texts has no bound but its limit",
    plant: (store) => ({ ...store, list: ({ texts: _, ...range }) => store.list(range) }),
  },
  {
    bug: "a page without texts is cut as if it had them",
    caughtBy: "a page without texts has no bound but its limit",
    plant: (store) => ({
      ...store,
      async list({ texts = true, ...range }) {
        const page = await store.list(range);
        return texts ? page : { ...page, records: page.records.map((record) => ({ ...record, text: null })) };
      },
    }),
  },
  {
    bug: "a large text is a page of its own",
    caughtBy: "a page of large texts that is cut at its limit and by no more has its limit's records",
    plant: (store) => ({
      ...store,
      async list(range) {
        const page = await store.list(range);
        return page.records.some(({ text }) => (text?.length ?? 0) > 1_000_000)
          ? store.list({ ...range, limit: 1 })
          : page;
      },
    }),
  },
  {
    bug: "a history of large texts has no bound",
    caughtBy: largeHistories,
    plant: (store) => ({
      ...store,
      async history(key, request) {
        const first = await store.history(key, request);
        if (!first.more) return first;
        const rest = await store.history(key, { ...request, before: first.records.at(-1)?.version ?? 0 });
        return { now: first.now, records: [...first.records, ...rest.records] };
      },
    }),
  },
  {
    bug: "a history that was cut for its texts does not tell of more",
    caughtBy: largeHistories,
    plant: (store) => ({
      ...store,
      async history(key, request) {
        const { more: _, ...page } = await store.history(key, request);
        return page;
      },
    }),
  },
  {
    bug: "the state before which a history goes on after its cut is lost",
    caughtBy: largeHistories,
    plant: (store) => ({
      ...store,
      async history(key, request) {
        const page = await store.history(key, request);
        return page.more ? { ...page, records: page.records.slice(0, -2).concat(page.records.slice(-1)) } : page;
      },
    }),
  },
  {
    bug: "a history tells of more where its limit ended it",
    caughtBy: "a history that its limit or its bounds end, and not its texts, tells of no more",
    plant: (store) => ({
      ...store,
      async history(key, request) {
        const page = await store.history(key, request);
        return page.records.length === request.limit ? { ...page, more: true } : page;
      },
    }),
  },
];
