import { randomBytes } from "node:crypto";
import type { Commit, Store, Write } from "@unclash/core/store";

const batch = 250;
const batchesAtOnce = 4;

/** What all records stand under. */
export const parent = "records/";

/** The key of the n-th record. */
export function keyAt(n: number): string {
  return parent + String(n).padStart(8, "0");
}

/** The n-th record's text at one of its edits: some 200 bytes. */
export function textAt(n: number, edit: number): string {
  return JSON.stringify({
    id: String(n),
    version: edit,
    note: "What is written down in a hurry is read at leisure. ".repeat(3),
  });
}

/** Puts the records from the `from`-th up to the `to`-th, each with an event and an index value. */
export async function fill(store: Store, from: number, to: number): Promise<void> {
  let next = from;
  const worker = async (): Promise<void> => {
    while (next < to) {
      const start = next;
      next += batch;
      const numbers = Array.from({ length: Math.min(batch, to - start) }, (_, at) => start + at);
      await commit(store, {
        writes: numbers.map(
          (n): Write => ({
            key: keyAt(n),
            expect: "absent",
            put: textAt(n, 1),
            index: [{ name: "group", value: `g${n % 1_000}` }],
          }),
        ),
        events: numbers.map((n) => ({ type: "resource.created", key: keyAt(n), version: 1 })),
      });
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, worker));
}

/** Commits what must not clash. */
export async function commit(store: Store, draft: Pick<Commit, "writes" | "events">): Promise<void> {
  const tag = randomBytes(12).toString("base64url");
  const result = await store.commit({ tag, at: Date.now(), reads: [], by: null, cause: "replace", ...draft });
  if (result.kind !== "committed") throw new Error(`A commit clashed: ${JSON.stringify(result.clashes).slice(0, 500)}`);
}
