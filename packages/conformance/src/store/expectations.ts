import assert from "node:assert/strict";
import type { Expectation, Key, Moment, Store, Tag } from "@unclash/core/store";
import { apply, assertClashes, bury, clashOn, forget, nextTag, put, putBriefly, readOne, refuse } from "./steps.js";
import type { StoreCase, Trial } from "./trial.js";

/** A key in some state: the tag that it has, or had last, and one that it had before. */
interface Staged {
  readonly its: Tag;
  readonly earlier: Tag;
  readonly lapsesAt?: Moment;
}

interface State {
  readonly name: string;
  readonly stage: (store: Store, key: Key) => Promise<Staged>;
  /** The expectations that hold for it, by name. All others fail. */
  readonly holds: readonly string[];
}

const expectations: Readonly<Record<string, (staged: Staged) => Expectation>> = {
  any: () => "any",
  absent: () => "absent",
  present: () => "present",
  "its tag": ({ its }) => ({ tag: its }),
  "an earlier tag": ({ earlier }) => ({ tag: earlier }),
  "its tag, gone": ({ its }) => ({ gone: its }),
  "an earlier tag, gone": ({ earlier }) => ({ gone: earlier }),
  "its tag, lapsed": ({ its }) => ({ lapsed: its }),
  "an earlier tag, lapsed": ({ earlier }) => ({ lapsed: earlier }),
};

const states: readonly State[] = [
  {
    name: "a key that was never there",
    holds: ["any", "absent"],
    stage: async () => ({ its: nextTag(), earlier: nextTag() }),
  },
  {
    name: "a living record",
    holds: ["any", "present", "its tag"],
    async stage(store, key) {
      const { tag: earlier } = await put(store, key);
      const { tag: its } = await put(store, key);
      return { its, earlier };
    },
  },
  {
    name: "a living record that will lapse",
    holds: ["any", "present", "its tag"],
    async stage(store, key) {
      const { tag: earlier } = await put(store, key, { ttlMs: 1 });
      const { tag: its } = await put(store, key, { ttlMs: 3_600_000 });
      return { its, earlier };
    },
  },
  {
    name: "a lapsed record",
    holds: ["any", "its tag, lapsed"],
    async stage(store, key) {
      const { tag: earlier } = await put(store, key);
      const { tag: its, lapsesAt } = await putBriefly(store, key);
      return { its, earlier, lapsesAt };
    },
  },
  {
    name: "a tombstone",
    holds: ["any", "its tag, gone"],
    async stage(store, key) {
      const { tag: earlier } = await put(store, key);
      const { tag: its } = await bury(store, key);
      return { its, earlier };
    },
  },
  {
    name: "a forgotten record",
    holds: ["any", "absent"],
    async stage(store, key) {
      const { tag: earlier } = await put(store, key);
      const { tag: its } = await put(store, key);
      await forget(store, key);
      return { its, earlier };
    },
  },
];

// Stages a key for each expectation, then passes the time that lapses what is to lapse.
async function stageAll(
  { store, until }: Trial,
  state: State,
): Promise<ReadonlyMap<string, { key: Key; staged: Staged }>> {
  const all = new Map<string, { key: Key; staged: Staged }>();
  for (const name of Object.keys(expectations)) {
    const key = `table/${name}`;
    all.set(name, { key, staged: await state.stage(store, key) });
  }
  for (const { staged } of all.values()) if (staged.lapsesAt !== undefined) await until(staged.lapsesAt);
  return all;
}

async function expectToWrite(trial: Trial, state: State): Promise<void> {
  const { store } = trial;
  for (const [name, { key, staged }] of await stageAll(trial, state)) {
    const expect = expectations[name]?.(staged) ?? "any";
    const draft = { writes: [{ key, expect, put: '"written"' }] };
    if (state.holds.includes(name)) {
      await apply(store, draft);
      assert.equal((await readOne(store, key))?.text, '"written"', name);
    } else {
      const clash = await clashOn(store, key);
      assertClashes(await refuse(store, draft), [clash]);
    }
  }
}

async function expectToRead(trial: Trial, state: State): Promise<void> {
  const { store } = trial;
  for (const [name, { key, staged }] of await stageAll(trial, state)) {
    const expect = expectations[name]?.(staged) ?? "any";
    const before = await readOne(store, key);
    const other = `beside/${name}`;
    const draft = { reads: [{ key, expect }], writes: [{ key: other, expect: "absent" as const, put: "{}" }] };
    if (state.holds.includes(name)) await apply(store, draft);
    else assertClashes(await refuse(store, draft), [await clashOn(store, key)]);
    assert.deepEqual(await readOne(store, key), before, `${name}: what is only read stays as it was`);
  }
}

// One put over a tag, as writes under locks are: stores may have a shorter way for it.
async function expectToRely(trial: Trial, state: State): Promise<void> {
  const { store } = trial;
  for (const [name, { key, staged }] of await stageAll(trial, state)) {
    const expect = expectations[name]?.(staged) ?? "any";
    const { tag } = await put(store, `over/${name}`);
    const reads = [
      { key: "never/there", expect: "absent" as const },
      { key, expect },
    ];
    const draft = { reads, writes: [{ key: `over/${name}`, expect: { tag }, put: '"written"' }] };
    if (state.holds.includes(name)) {
      await apply(store, draft);
      assert.equal((await readOne(store, `over/${name}`))?.text, '"written"', name);
    } else assertClashes(await refuse(store, draft), [await clashOn(store, key)]);
  }
}

/** Each expectation against each state of a key: for writes, for readings, and for those of one put over a tag. */
export const expectationCases: readonly StoreCase[] = states.flatMap((state) => [
  {
    name: `a write over ${state.name} clashes unless it expects ${state.holds.join(" or ")}`,
    run: (trial: Trial) => expectToWrite(trial, state),
  },
  {
    name: `a commit that read ${state.name} clashes unless it expects ${state.holds.join(" or ")}`,
    run: (trial: Trial) => expectToRead(trial, state),
  },
  {
    name: `a put over a tag that relies on ${state.name} clashes unless it expects ${state.holds.join(" or ")}`,
    run: (trial: Trial) => expectToRely(trial, state),
  },
]);
