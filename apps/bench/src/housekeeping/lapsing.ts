import type { Key, Store, StoredRecord, Write } from "@unclash/core/store";
import { type Ending, forgotten, type LapsedKind } from "../../../../packages/engine/src/commits/lapsed-kinds.js";
import { commit } from "../scale/fill.js";

const textOf = (n: number): string =>
  JSON.stringify({ format: 1, state: "held", by: `someone-${n}`, note: "x".repeat(150) });

/** Kinds of records as features have them: forgotten, announced, put anew, or looked into before. */
export const kinds: readonly LapsedKind[] = [
  { name: "keys", prefix: "_keys/", endingsOf: (records) => records.map(forgotten) },
  { name: "locks", prefix: "_locks/", endingsOf: (records) => records.map((record) => announced(record)) },
  {
    name: "conflicts",
    prefix: "_conflicts/",
    endingsOf: (records) =>
      records.map(
        (record): Ending => ({
          ...announced(record),
          action: { put: '{"state":"expired"}', ttlMs: 30 * 24 * 3_600_000, keep: "none" },
        }),
      ),
  },
  {
    name: "transactions",
    prefix: "_transactions/",
    async endingsOf(records, { store }) {
      const found = (await store.read(records.map(({ key }) => key))).records;
      return found.flatMap((record) => (record?.text?.includes("held") ? announced(record) : []));
    },
  },
  { name: "tickets", prefix: "_tickets/", endingsOf: (records) => records.map(forgotten) },
];

function announced(record: StoredRecord): Ending {
  return { ...forgotten(record), events: [{ type: "something.expired", key: record.key }] };
}

/** Puts so many records of each kind that have lapsed a moment later. */
export async function putLapsed(store: Store, countOfEach: number): Promise<void> {
  for (let from = 0; from < countOfEach; from += 50) {
    // Those of all kinds lapse among each other.
    for (const { prefix } of kinds) {
      const keys = Array.from({ length: Math.min(50, countOfEach - from) }, (_, n): Key => `${prefix}${from + n}`);
      const writes = keys.map((key, n): Write => ({ key, expect: "any", put: textOf(n), ttlMs: 1, keep: "none" }));
      await commit(store, { writes, events: [] });
    }
  }
}

/** How many records of these kinds have lapsed, and are still there; counted no further than `max`. */
export async function lapsedIn(store: Store, max: number): Promise<number> {
  const { records } = await store.list({ lapsedBefore: Number.MAX_SAFE_INTEGER, limit: max, texts: false });
  return records.length;
}
