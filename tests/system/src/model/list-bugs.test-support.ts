import type { Page, Range, Store } from "@unclash/core/store";
import { isDescending } from "./model.js";
import { type Bug, changeCommits } from "./planting.test-support.js";

/** Bugs in ranges that are read backwards. */
export const listBugs: readonly Bug[] = [
  {
    bug: "a descending range is ascending",
    plant: (store) => changeDescending(store, (range) => store.list(ascending(range))),
  },
  {
    bug: "the record behind the edge of a descending page is lost",
    plant: (store) =>
      changeDescending(store, async (range) => {
        if (range.after === undefined) return store.list(range);
        const { next, ...skipped } = await store.list({ ...range, limit: 1 });
        return next === undefined ? { ...skipped, records: [] } : store.list({ ...range, after: next });
      }),
  },
  {
    bug: "of the keys of one value, a descending range has the lowest first",
    plant: (store) =>
      changeDescending(store, async (range) => {
        const page = await store.list(range);
        const isOneValue = "index" in range && range.from === range.to;
        return isOneValue ? { ...page, records: page.records.toReversed() } : page;
      }),
  },
  {
    bug: "descending readings are checked as ascending ones",
    plant: (store) =>
      changeCommits(store, (commit) => ({
        ...commit,
        reads: commit.reads.map((reading) =>
          "key" in reading ? reading : { ...reading, range: ascending(reading.range) },
        ),
      })),
  },
];

function changeDescending(store: Store, list: (range: Range) => Promise<Page>): Store {
  return { ...store, list: (range) => (isDescending(range) ? list(range) : store.list(range)) };
}

function ascending(range: Range): Range {
  return "lapsedBefore" in range ? range : { ...range, descending: false };
}
