import type { Key, Snapshot, StoredRecord } from "@unclash/core";
import type { Row } from "./driver.js";
import { nowOf } from "./list.js";
import { answerOf, recordOf } from "./record.js";

/** The records that the server's answer holds, in the order of the keys asked for. */
export function snapshotOf(keys: readonly Key[], rows: readonly Row[]): Snapshot {
  const answers = rows.map(answerOf);
  const records: (StoredRecord | undefined)[] = keys.map(() => undefined);
  for (const answer of answers) if (answer.isState) records[answer.n - 1] = recordOf(answer);
  return { now: nowOf(answers), records };
}
