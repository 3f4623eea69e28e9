import type { Key, Moment, Store, StoredRecord } from "@unclash/core/store";

/** Records of a store at one moment, by their keys. */
export class SnapshotByKey {
  /** The store's time. */
  readonly now: Moment;
  readonly #records = new Map<Key, StoredRecord>();

  constructor(now: Moment, records: readonly (StoredRecord | undefined)[]) {
    this.now = now;
    for (const record of records) if (record !== undefined) this.#records.set(record.key, record);
  }

  record(key: Key): StoredRecord | undefined {
    return this.#records.get(key);
  }
}

/** Reads all keys that the steps of a request want to see, in one view. */
export async function readByKey(reader: Pick<Store, "read">, keys: readonly Key[]): Promise<SnapshotByKey> {
  const { now, records } = await reader.read(keys);
  return new SnapshotByKey(now, records);
}
