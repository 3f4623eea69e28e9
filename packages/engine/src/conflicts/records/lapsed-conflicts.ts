import type { StoredRecord } from "@unclash/core/store";
import { internalRecords } from "../../commits/internal-records.js";
import { type Ending, forgotten, type LapsedKind } from "../../commits/lapsed-kinds.js";
import { expiredPart } from "./conflict-writes.js";
import { type ConflictRecord, readConflict } from "./record.js";

/** Records hold states, which may be large: so many are read at once. */
const readMax = 16;

/** The records of conflicts: an open one expires, which is told once, and any other is forgotten. */
export const lapsedConflicts: LapsedKind = {
  name: "conflicts",
  prefix: internalRecords.conflicts.prefix,
  async endingsOf(records, { store }) {
    const endings: Ending[] = [];
    for (let from = 0; from < records.length; from += readMax) {
      const { records: found } = await store.read(records.slice(from, from + readMax).map(({ key }) => key));
      for (const record of found) if (record?.lapsed) endings.push(...endingOf(record));
    }
    return endings;
  },
};

function endingOf(stored: StoredRecord): readonly Ending[] {
  const record = readOwn(stored);
  if (record === undefined) return [];
  if (record.state !== "open") return [forgotten(stored)];
  return [{ record: stored, ...expiredPart(stored, record) }];
}

/** Nothing for what a newer release has written: that one ends it. */
function readOwn({ text }: StoredRecord): ConflictRecord | undefined {
  try {
    return readConflict(text);
  } catch {
    return undefined;
  }
}
