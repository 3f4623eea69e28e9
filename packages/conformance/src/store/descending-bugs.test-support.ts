import { type IndexValue, type Key, type Page, parsePosition, type Range, type Store } from "@unclash/core/store";
import { type Bug, changeCommits, changeWrites } from "./bug.test-support.js";
import { compareBytes } from "./ranges.js";

const pagesOfPrefix = "a descending range of a prefix is its order reversed, in pages of any size";
const pagesOfIndex =
  "a descending range of an index comes by falling value, and by falling key where values are the same";
const bounds = "both bounds of a descending index range are included, and nothing outside them";

/** Bugs in ranges that are read backwards. */
export const descendingBugs: readonly Bug[] = [
  {
    bug: "every range is ascending",
    caughtBy: pagesOfPrefix,
    plant: (store) => changeDescending(store, (range) => store.list({ ...range, descending: false })),
  },
  {
    bug: "a descending page is the first ascending one, reversed",
    caughtBy: pagesOfPrefix,
    plant: (store) =>
      changeDescending(store, async (range) => {
        const page = await store.list({ ...range, descending: false });
        return { ...page, records: page.records.toReversed() };
      }),
  },
  {
    bug: "a descending walk goes on upwards",
    caughtBy: pagesOfPrefix,
    plant: (store) =>
      changeDescending(store, (range) => store.list({ ...range, descending: range.after === undefined })),
  },
  {
    bug: "keys of one value come by rising key in a descending range",
    caughtBy: pagesOfIndex,
    plant(store) {
      const values = new Map<Key, readonly IndexValue[]>();
      const remembering = changeWrites(store, (write) => {
        if ("put" in write) values.set(write.key, write.index ?? []);
        return write;
      });
      return changeDescending(remembering, async (range) => {
        if (!("index" in range)) return store.list(range);
        const { after: _, ...whole } = range;
        const page = await store.list({ ...whole, limit: 1_000 });
        const heldBy = (key: Key): string => values.get(key)?.find(({ name }) => name === range.index)?.value ?? "";
        const sorted = page.records.toSorted(
          (a, b) => compareBytes(heldBy(b.key), heldBy(a.key)) || compareBytes(a.key, b.key),
        );
        const start = sorted.findIndex(({ key }) => key === parsePosition(range.after ?? "")?.key) + 1;
        const records = sorted.slice(start, start + range.limit);
        const last = records.at(-1)?.key ?? "";
        const isLast = start + range.limit >= sorted.length;
        return { now: page.now, records, ...(!isLast && { next: `${heldBy(last)}\u0000${last}` }) };
      });
    },
  },
  {
    bug: "the record behind the edge of a descending page is lost",
    caughtBy: pagesOfIndex,
    plant: (store) =>
      changeDescending(store, async (range) => {
        if (range.after === undefined) return store.list(range);
        const skipped = await store.list({ ...range, limit: 1 });
        return skipped.next === undefined
          ? { now: skipped.now, records: [] }
          : store.list({ ...range, after: skipped.next });
      }),
  },
  {
    bug: "the record at the edge of a descending page comes twice",
    caughtBy: pagesOfPrefix,
    plant: (store) =>
      changeDescending(store, async (range) => {
        if (!("prefix" in range) || range.after === undefined) return store.list(range);
        const edge = (await store.read([range.after])).records.filter((record) => record !== undefined);
        const page = await store.list(range);
        return { ...page, records: [...edge, ...page.records].slice(0, range.limit) };
      }),
  },
  {
    bug: "a full descending page is never the last",
    caughtBy: "a descending page that ends with the first record of its range is the last page",
    plant: (store) =>
      changeDescending(store, async (range) => {
        const page = await store.list(range);
        const last = page.records.at(-1);
        return last !== undefined && page.records.length === range.limit ? { ...page, next: last.key } : page;
      }),
  },
  {
    bug: "the upper bound of a descending index range is left out",
    caughtBy: bounds,
    plant: (store) =>
      changeDescending(store, (range) =>
        store.list("index" in range && range.from !== range.to ? { ...range, to: `${range.to.slice(0, -1)}c` } : range),
      ),
  },
  {
    bug: "values that begin with the upper bound are in a descending index range",
    caughtBy: bounds,
    plant: (store) =>
      changeDescending(store, (range) =>
        store.list("index" in range ? { ...range, to: `${range.to}\u{10ffff}` } : range),
      ),
  },
  {
    bug: "a descending range takes its greater bound for the first",
    caughtBy: bounds,
    plant: (store) =>
      changeDescending(store, (range) =>
        store.list("index" in range ? { ...range, from: range.to, to: range.from } : range),
      ),
  },
  {
    bug: "the place of a descending page is its number of records",
    caughtBy: "a descending walk beside writers meets each record that stays once, in order",
    plant: (store) =>
      changeDescending(store, async (range) => {
        const { after = "0", ...whole } = range;
        const { now, records } = await store.list({ ...whole, limit: 1_000 });
        const end = Number(after) + range.limit;
        const next = end < records.length && { next: `${end}` };
        return { now, records: records.slice(Number(after), end), ...next };
      }),
  },
  {
    bug: "a descending page shows no lapsed records",
    caughtBy: "a descending list gives the records as an ascending one does: whole, and marked where they have lapsed",
    plant: (store) =>
      changeDescending(store, async (range) => {
        const page = await store.list(range);
        return { ...page, records: page.records.filter(({ lapsed }) => !lapsed) };
      }),
  },
  {
    bug: "descending readings are checked as ascending ones",
    caughtBy: "a descending reading holds in its own order, and not in the other",
    plant: (store) => changeReadings(store, (range) => ({ ...range, descending: false })),
  },
  {
    bug: "descending readings are not checked",
    caughtBy: "a reading of a descending page relies on that page alone",
    plant: (store) =>
      changeCommits(store, (commit) => ({
        ...commit,
        reads: commit.reads.filter((reading) => "key" in reading || !isDescending(reading.range)),
      })),
  },
];

type Descending = Exclude<Range, { lapsedBefore: unknown }>;

function changeDescending(store: Store, list: (range: Descending) => Promise<Page>): Store {
  return {
    ...store,
    list: (range) => (isDescending(range) ? list(range) : store.list(range)),
  };
}

function isDescending(range: Range): range is Descending {
  return !("lapsedBefore" in range) && range.descending === true;
}

function changeReadings(store: Store, change: (range: Descending) => Range): Store {
  return changeCommits(store, (commit) => ({
    ...commit,
    reads: commit.reads.map((reading) =>
      "key" in reading || "lapsedBefore" in reading.range ? reading : { ...reading, range: change(reading.range) },
    ),
  }));
}
