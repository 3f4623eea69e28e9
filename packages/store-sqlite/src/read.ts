import type { Key, Moment, Snapshot } from "@unclash/core/store";
import { recordOf } from "./state.js";
import type { Tables } from "./tables.js";

/** The records under these keys, in one view: that of one statement, or of a read transaction for several. */
export function read(keys: readonly Key[], tables: Tables, now: Moment): Snapshot {
  const readAll = (): Snapshot => ({
    now,
    records: keys.map((key) => {
      const head = tables.heads.getWithText(key);
      return head === undefined ? undefined : recordOf(key, head, head.text, now);
    }),
  });
  return keys.length > 1 ? tables.transactions.reading(readAll) : readAll();
}
