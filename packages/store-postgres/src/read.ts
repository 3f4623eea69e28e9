import type { Key, Snapshot, StoredRecord } from "@unclash/core/store";
import { NotUnderstoodError, type Row } from "./driver.js";
import { readAnswersOf, recordOf } from "./record.js";

/** The records that the server's answer holds, in the order of the keys asked for. */
export function snapshotOf(keys: readonly Key[], rows: readonly Row[]): Snapshot {
  const answers = readAnswersOf(rows);
  const records: (StoredRecord | undefined)[] = keys.map(() => undefined);
  for (const answer of answers.rows) {
    const at = answer.n - 1;
    if (answer.key === null || keys[at] !== answer.key) throw new NotUnderstoodError();
    records[at] = recordOf(answer);
  }
  return { now: answers.now, records };
}
