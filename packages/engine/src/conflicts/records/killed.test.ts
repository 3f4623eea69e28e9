import type { Commit, Store, StoredRecord } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../../ask.test-support.js";
import { internalRecords } from "../../commits/internal-records.js";
import { createUnclash, type Unclash } from "../../unclash.js";
import { conflictIdOf, conflictKey, slotPrefix } from "./conflict-keys.js";
import { type ConflictRecord, readConflict } from "./record.js";

const article = "articles/1";

function engineOver(store: Store): Unclash {
  const conflicts = { allowedStrategies: "all", recordRefusals: true } as const;
  return createUnclash({
    store,
    identify: () => ({ name: "bob", role: "admin" }),
    collections: { articles: { schema: z.looseObject({}), conflicts } },
  });
}

const send = (unclash: Unclash, line: string, json: object, prefer = ""): ReturnType<typeof ask> =>
  ask(unclash, line, { json, headers: { prefer } });

/** A process that is killed at a call of its store, before or after that had its effect: nothing of it happens then. */
function killedAt(store: Store, call: number): { readonly store: Store; readonly isKilled: () => boolean } {
  let calls = 0;
  let isKilled = false;
  const kill = (): never => {
    isKilled = true;
    throw new Error("killed");
  };
  const step = async <Result>(carryOut: () => Promise<Result>): Promise<Result> => {
    if (isKilled || calls++ === call) kill();
    const result = await carryOut();
    if (isKilled || calls++ === call) kill();
    return result;
  };
  return {
    isKilled: () => isKilled,
    store: {
      ...store,
      read: (keys) => step(() => store.read(keys)),
      list: (range) => step(() => store.list(range)),
      history: (key, request) => step(() => store.history(key, request)),
      commit: (commit) => step(() => store.commit(commit)),
    },
  };
}

/** A store, planted, whose commits can be cut off between two of their writes. */
function withoutAtomicity(store: Store): Store {
  return {
    ...store,
    async commit({ writes, events, ...rest }: Commit) {
      const results: (StoredRecord | null)[] = [];
      for (const write of writes) {
        const result = await store.commit({ ...rest, writes: [write], events: [] });
        if (result.kind === "clash") return result;
        results.push(...result.records);
      }
      await store.commit({ ...rest, writes: [], events });
      return { kind: "committed", records: results };
    },
  };
}

/** What is there of conflicts, and does not fit together. */
async function faultsIn(store: Store): Promise<readonly string[]> {
  const prefixes = [internalRecords.conflicts.prefix, slotPrefix(article)];
  const [open, slots] = await Promise.all(prefixes.map((prefix) => store.list({ prefix, limit: 100 })));
  const records = new Map(open?.records.map(({ key, text }) => [key, readConflict(text)]));
  const { records: versions } = await store.history(article, { limit: 100, texts: false });
  const causes = versions.map(({ cause }) => cause);
  const places = (slots?.records ?? []).map(({ key, text }) => [key, JSON.parse(text ?? "{}").conflict] as const);
  const isResolvedByWrite = ({ origin, resolution }: ConflictRecord) =>
    origin !== "settled" && resolution !== undefined && resolution.kind !== "theirs";
  const count = (isMeant: (record: ConflictRecord) => boolean) => [...records.values()].filter(isMeant).length;
  return [
    ...places.flatMap(([key, id]) => (records.get(conflictKey(id))?.slot === key ? [] : [`${key} without record`])),
    ...places.flatMap(([key, id]) => (records.get(conflictKey(id))?.state === "open" ? [] : [`${key} of one closed`])),
    ...[...records].flatMap(([key, { state }]) =>
      state !== "open" || places.some(([, id]) => id === conflictIdOf(key)) ? [] : [`${key} without place`],
    ),
    ...(causes.filter((cause) => cause === "merge").length === count(({ origin }) => origin === "settled")
      ? []
      : ["merges without records, or records without merges"]),
    ...(causes.filter((cause) => cause === "resolution").length === count(isResolvedByWrite)
      ? []
      : ["resolutions without records, or records without resolutions"]),
  ];
}

const late = { title: "A", text: "mine", version: 1 };
const operations: readonly (readonly [name: string, run: (unclash: Unclash, conflict: string) => Promise<unknown>])[] =
  [
    ["a merge", (unclash) => send(unclash, "PUT /articles/1", late, "on-conflict=merge")],
    ["a park", (unclash) => send(unclash, "PUT /articles/1", late, "on-conflict=manual")],
    [
      "a refusal",
      async (unclash) => {
        await send(unclash, "PUT /articles/1", late);
        await unclash.drain();
      },
    ],
    ...["mine", "theirs", "merge"].map(
      (resolution) =>
        [
          `a resolution by ${resolution}`,
          (unclash: Unclash, conflict: string) => send(unclash, "POST /resolve-conflict", { conflict, resolution }),
        ] as const,
    ),
  ];

/** Kills a process at each of its calls in turn, and gives all faults that it has left behind in any of these runs. */
async function faultsAfterKills(
  run: (unclash: Unclash, conflict: string) => Promise<unknown>,
  plant: (store: Store, kill: (store: Store) => Store) => Store,
): Promise<{ readonly faults: readonly string[]; readonly kills: number }> {
  const faults: string[] = [];
  for (let call = 0; ; call++) {
    const store = createMemoryStore();
    const sound = engineOver(store);
    await send(sound, "POST /articles", { id: "1", title: "A", text: "t" });
    await send(sound, "PUT /articles/1", { title: "B", text: "t", version: 1 });
    const parked = await send(sound, "PUT /articles/1", late, "on-conflict=manual");
    let isKilled = (): boolean => false;
    const killing = plant(store, (inner) => {
      const killed = killedAt(inner, call);
      ({ isKilled } = killed);
      return killed.store;
    });
    await run(engineOver(killing), String(bodyOf(parked)["conflict"])).catch(() => undefined);
    faults.push(...(await faultsIn(store)));
    if (!isKilled()) return { faults, kills: call };
  }
}

test.each(operations)("%s that is killed between any two steps leaves no half of it", async (_name, run) => {
  const { faults, kills } = await faultsAfterKills(run, (store, kill) => kill(store));
  expect(faults).toEqual([]);
  expect(kills).toBeGreaterThanOrEqual(6);
});

test.each(operations)("%s that is killed would be found out to leave half of it", async (_name, run) => {
  const { faults } = await faultsAfterKills(run, (store, kill) => withoutAtomicity(kill(store)));
  expect(faults).not.toEqual([]);
});
