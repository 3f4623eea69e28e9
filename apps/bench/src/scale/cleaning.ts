import type { Store } from "@unclash/core/store";
import { quantile } from "../median.js";
import { commit, textAt } from "./fill.js";

const busyKey = "busy/1";
const keysAtOnce = 100;
const quietMs = 2_000;

/**
 * Makes so many past states that nothing asks for, and compares the slowest commits while they are cleaned away with
 * those before. Gives one line of text.
 */
export async function measureCleaning(store: Store, pastStates: number): Promise<string> {
  await makeWaste(store, pastStates);
  let running = true;
  setTimeout(() => {
    running = false;
  }, quietMs);
  const before = await commitWhile(store, () => running);
  let removed = 0;
  let steps = 0;
  running = true;
  const during = commitWhile(store, () => running);
  for (let more = true; more; steps++) {
    const step = await store.clean(500);
    removed += step.removed;
    more = step.more;
  }
  running = false;
  return (
    `commits while ${removed.toLocaleString("en")} rows were cleaned in ${steps.toLocaleString("en")} steps: ` +
    `p99 ${ms(quantile(await during, 0.99))}, max ${ms(quantile(await during, 1))}; before: p99 ` +
    `${ms(quantile(before, 0.99))}, max ${ms(quantile(before, 1))}`
  );
}

// Each write leaves a past state that its retention asks nobody to keep.
async function makeWaste(store: Store, pastStates: number): Promise<void> {
  for (let written = 0; written < pastStates + keysAtOnce; written += keysAtOnce) {
    await commit(store, {
      writes: Array.from({ length: keysAtOnce }, (_, n) => ({
        key: `waste/${n}`,
        expect: "any" as const,
        put: textAt(n, written),
        // What a bound of one state keeps goes once the last write drops the bound.
        keep: written < pastStates ? ("all" as const) : { count: 1 },
      })),
      events: [],
    });
  }
}

/** How long each commit took, in milliseconds. */
async function commitWhile(store: Store, isRunning: () => boolean): Promise<readonly number[]> {
  const taken: number[] = [];
  for (let edit = 0; isRunning(); edit++) {
    const startedAt = performance.now();
    await commit(store, { writes: [{ key: busyKey, expect: "any", put: textAt(0, edit) }], events: [] });
    taken.push(performance.now() - startedAt);
    // Where a commit needs no I/O, the cleaning would not get its turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return taken;
}

function ms(milliseconds: number): string {
  return `${milliseconds.toFixed(milliseconds < 10 ? 2 : 0)} ms`;
}
