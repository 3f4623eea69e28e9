import type { Cursor, Store } from "@unclash/core/store";
import { commit, keyAt, parent, textAt } from "./fill.js";

/** Something that must cost the same whatever the store holds. */
export interface Operation {
  readonly name: string;
  readonly run: (store: Store, target: Target) => Promise<void>;
}

/** What an operation works on. */
export interface Target {
  /** How many records the store holds. */
  readonly records: number;
  /** A place some hundred events before the end of the log. */
  readonly cursor: Cursor;
}

/** A record that has a thousand versions. */
export const muchEdited = "edited/1";

/** Another one, which gets more. */
export const stillEdited = "edited/2";

export const operations: readonly Operation[] = [
  {
    name: "read of a record",
    async run(store, { records }) {
      const [record] = (await store.read([keyAt(anyOf(records))])).records;
      if (record === undefined) throw new Error("A record is missing.");
    },
  },
  {
    name: "commit of a record",
    async run(store, { records }) {
      const n = anyOf(records);
      const key = keyAt(n);
      await commit(store, {
        writes: [{ key, expect: "present", put: textAt(n, 2), index: [{ name: "group", value: `g${n % 1_000}` }] }],
        events: [{ type: "resource.changed", key }],
      });
    },
  },
  {
    name: "commit over 1,000 versions",
    async run(store) {
      await commit(store, { writes: [{ key: stillEdited, expect: "any", put: textAt(0, 3) }], events: [] });
    },
  },
  {
    name: "a page of 20",
    async run(store, { records }) {
      await store.list({ prefix: parent, after: keyAt(anyOf(records)), limit: 20 });
    },
  },
  {
    name: "a look-up by index",
    async run(store, { records }) {
      const value = `g${anyOf(records) % 1_000}`;
      await store.list({ index: "group", from: value, to: value, limit: 1 });
    },
  },
  {
    name: "20 of 1,000 versions",
    async run(store) {
      await store.history(muchEdited, { before: 500, limit: 20, texts: false });
    },
  },
  {
    name: "100 events from a cursor",
    async run(store, { cursor }) {
      let left = 100;
      for await (const _ of store.follow(cursor, new AbortController().signal)) if (--left === 0) break;
    },
  },
];

function anyOf(count: number): number {
  return Math.floor(Math.random() * count);
}
