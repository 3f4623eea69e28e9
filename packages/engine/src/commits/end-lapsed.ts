import {
  type Clash,
  type Commit,
  commitReadsMax,
  commitWritesMax,
  type Key,
  type Moment,
  type Store,
  type Write,
} from "@unclash/core/store";
import { commitOf } from "./commit-parts.js";
import { createTag } from "./commit-tag.js";
import type { Ending } from "./lapsed-kinds.js";

/** What was carried out of a batch of endings. */
export interface Ended {
  readonly ended: number;
  /** The events that went with them. */
  readonly events: number;
  /** What has changed since it was looked at: another process was faster, or the record is in use again. */
  readonly missed: number;
}

/**
 * Carries out endings, in as few commits as can hold them. Where some are out of date, the others are tried without
 * them.
 *
 * @throws StoreError where the store failed: what was not carried out is found again
 */
export async function endLapsed(store: Store, endings: readonly Ending[], now: Moment): Promise<Ended> {
  let [ended, events, missed] = [0, 0, 0];
  const waiting = [...batchesOf(endings)];
  for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
    const commit = commitFor(batch, now);
    const result = await store.commit(commit);
    if (result.kind === "committed") {
      ended += batch.length;
      events += commit.events.length;
      continue;
    }
    const rest = batch.filter((ending) => !isNamed(ending, result.clashes));
    missed += batch.length - rest.length;
    if (rest.length < batch.length) waiting.unshift(...(rest.length > 0 ? [rest] : []));
    // A range or a unique value: one of them is at fault, and nothing says which.
    else if (batch.length > 1) waiting.unshift(...halvesOf(batch));
    else missed += 1;
  }
  return { ended, events, missed };
}

function commitFor(batch: readonly Ending[], now: Moment): Commit {
  const at = Math.max(now, ...batch.map(({ record }) => record.modifiedAt + 1));
  const endings = batch.map(({ record, action }): Write => {
    return { key: record.key, expect: { lapsed: record.tag }, ...action };
  });
  return commitOf({ tag: createTag(), at, by: null, cause: "lapse" }, [{ writes: endings }, ...batch]);
}

function isNamed(ending: Ending, clashes: readonly Clash[]): boolean {
  const keys = new Set([...writtenBy(ending), ...readBy(ending)]);
  return clashes.some((clash) => "key" in clash && keys.has(clash.key));
}

function halvesOf(batch: readonly Ending[]): readonly (readonly Ending[])[] {
  const middle = Math.ceil(batch.length / 2);
  return [batch.slice(0, middle), batch.slice(middle)];
}

/** Endings that fit into a commit together: none writes what another one of them writes or relies on. */
function* batchesOf(endings: readonly Ending[]): Generator<readonly Ending[]> {
  let batch = new Batch();
  for (const ending of endings) {
    if (!batch.fits(ending)) {
      yield batch.endings;
      batch = new Batch();
    }
    batch.add(ending);
  }
  if (batch.endings.length > 0) yield batch.endings;
}

class Batch {
  readonly endings: Ending[] = [];
  readonly #written = new Set<Key>();
  readonly #read = new Set<Key>();
  #reads = 0;
  #events = 0;

  /** Whether it can be added; a batch has room for any first one. */
  fits(ending: Ending): boolean {
    if (this.endings.length === 0) return true;
    const writes = writtenBy(ending);
    const reads = readBy(ending);
    return (
      this.#written.size + writes.length <= commitWritesMax &&
      this.#reads + (ending.reads?.length ?? 0) <= commitReadsMax &&
      this.#events + (ending.events?.length ?? 0) <= commitWritesMax &&
      !writes.some((key) => this.#written.has(key) || this.#read.has(key)) &&
      !reads.some((key) => this.#written.has(key))
    );
  }

  add(ending: Ending): void {
    this.endings.push(ending);
    for (const key of writtenBy(ending)) this.#written.add(key);
    for (const key of readBy(ending)) this.#read.add(key);
    this.#reads += ending.reads?.length ?? 0;
    this.#events += ending.events?.length ?? 0;
  }
}

function writtenBy({ record, writes = [] }: Ending): readonly Key[] {
  return [record.key, ...writes.map(({ key }) => key)];
}

function readBy({ reads = [] }: Ending): readonly Key[] {
  return reads.flatMap((reading) => ("key" in reading ? reading.key : []));
}
