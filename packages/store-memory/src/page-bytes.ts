import { pageBytesMax, type StoredRecord } from "@unclash/core";

/** How many of these records one page holds: it ends with the one whose text brings its bytes to the most, about 8 MiB unless fewer are asked for. */
export function countOnPage(records: readonly StoredRecord[], bytesMax: number = pageBytesMax): number {
  let bytes = 0;
  const last = records.findIndex(({ text }) => {
    // Code units, not bytes: counting bytes would read every text.
    bytes += text?.length ?? 0;
    return bytes >= Math.min(bytesMax, pageBytesMax);
  });
  return last === -1 ? records.length : last + 1;
}

/** The record as a page without texts has it. */
export function withoutText(record: StoredRecord): StoredRecord {
  return { ...record, text: null };
}
