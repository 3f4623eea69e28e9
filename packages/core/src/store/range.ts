import type { Moment, StoredRecord } from "./record.js";

/**
 * A set of records in a fixed order. Tombstones are never in it; lapsed records are, marked.
 *
 * @example const newest = await store.list({ prefix: "notes/", descending: true, limit: 20 });
 */
export type Range = (
  | ({ /** Ends in `/`: the records whose parent this is, by key. */ readonly prefix: string } & Direction)
  | ({
      /** By value, then key; both bounds included. A record comes once for each of its values. */
      readonly index: string;
      readonly from: string;
      readonly to: string;
    } & Direction)
  | {
      /** The records that have lapsed, and did before this moment, by the moment they lapsed, then key. */
      readonly lapsedBefore: Moment;
    }
) & {
  /**
   * Go on after the page that gave this as its `next`: behind it, or before it where the range is descending. A place
   * is the same in both directions, so that a walk may turn around at it.
   */
  readonly after?: string;
  /** At most this many records, from 1 to 1,000. */
  readonly limit: number;
  /**
   * Whether to fetch the texts: sweeps, queues and readings of ranges want keys and tags alone. Without them `text` is
   * `null`; tombstones are never in a range, so it can mean nothing else.
   *
   * @default true
   */
  readonly texts?: boolean;
  /**
   * The page ends with the record whose text brings its texts to about this many bytes, as it does at 8 MiB
   * (`pageBytesMax`) at the latest.
   *
   * @default 8,388,608
   */
  readonly textBytesMax?: number;
};

/** In which direction a range by key, or by value, is read. What has lapsed is read in one direction only. */
export interface Direction {
  /**
   * Read it backwards: exactly the reverse order, so records with one value come by falling key. `from` is still the
   * smaller bound. `after` goes on downwards.
   *
   * @default false
   */
  readonly descending?: boolean;
}

/**
 * A page of a range. It may end before its `limit` once its texts hold about 8 MiB (`pageBytesMax`), or as much as was
 * asked for; `next` then goes on.
 * It holds at least one record where there is one.
 */
export interface Page {
  readonly now: Moment;
  readonly records: readonly StoredRecord[];
  /** Where the next page begins; absent on the last one. */
  readonly next?: string;
}
