import assert from "node:assert/strict";
import type { Commit, CommitResult, Key, Revision } from "@unclash/core/store";

/** Which number a revision is, is the store's to say. It is one for a commit, and grows along what depends on it. */
export class Revisions {
  readonly #newest = new Map<Key, Revision>();

  /** Takes the revision of a commit from its result; there is none where it wrote no state. */
  note({ writes, reads }: Commit, result: CommitResult): Revision | undefined {
    if (result.kind === "clash") return undefined;
    const at = writes.findIndex(
      (write, index) => "put" in write || ("delete" in write && result.records[index] !== null),
    );
    const revision = result.records[at]?.revision;
    if (revision === undefined) return undefined;
    assert(Number.isSafeInteger(revision), `${revision} is a whole number`);
    const written = writes.map(({ key }) => key);
    const read = reads.flatMap((reading) => ("key" in reading ? [reading.key] : reading.seen.map(({ key }) => key)));
    for (const key of [...written, ...read]) {
      assert(revision > (this.#newest.get(key) ?? -1), `the revision of ${key} grows from ${this.#newest.get(key)}`);
    }
    for (const key of written)
      if (result.records[written.indexOf(key)]?.revision === revision) this.#newest.set(key, revision);
    return revision;
  }
}
