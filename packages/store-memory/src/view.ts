import type { CommitView, StoredRecord } from "@unclash/core/store";
import { asRead } from "./entry.js";
import { list } from "./list.js";
import type { Records } from "./records.js";

/** What a commit is checked against. */
export function viewOf(records: Records): CommitView<StoredRecord> {
  return {
    current: (key) => records.get(key)?.current,
    version(current, version) {
      if (current.version === version) return current;
      return records.get(current.key)?.past.find((state) => state.version === version);
    },
    page: (range, now) => list(range, records, now).records,
    holders({ name, value }, limit) {
      const entries = records.indexes.after(name, { value, key: "" }, limit);
      return entries.filter((entry) => entry.value === value).map(({ key }) => key);
    },
    recordOf(current, now) {
      const entry = records.get(current.key);
      return { ...(entry === undefined ? current : asRead(entry, now)), text: null };
    },
  };
}
