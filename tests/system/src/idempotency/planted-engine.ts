import { createServer } from "node:http";
import { StoreError } from "@unclash/core";
import type { Commit, CommitResult, Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { mount } from "@unclash/node";
import { createUnclash } from "unclash";
import { z } from "zod";
import { withCommit } from "../black-box/planted-stores.js";
import type { KeyViolationKind } from "./history.js";
import { identifyByName } from "./planted-guard.js";
import { type PlantedServer, served } from "./planted-server.js";

/** What may go wrong with the records of keys below the engine, or around it, and what a run is to find of it. */
export const plantedEngines = {
  "writes answers in commits of their own": "applied-twice",
  "forgets answers": "ran-twice",
  "keeps answers to writes that fail": "lost-effect",
  "takes everybody for one": "refused-for-nothing",
} as const satisfies Readonly<Record<string, KeyViolationKind>>;

export type EngineBug = keyof typeof plantedEngines;

/** Starts a server of notes, a collection in memory. */
export async function startEngine(bug?: EngineBug): Promise<Omit<PlantedServer, "read">> {
  const store = createMemoryStore();
  const unclash = createUnclash({
    store: plant(store, bug),
    collections: {
      notes: {
        schema: z.looseObject({}),
        preconditions: { required: false },
        conflicts: { strategy: "last-write-wins" },
      },
    },
    identify: bug === "takes everybody for one" ? () => ({ name: "everybody" }) : identifyByName,
  });
  return served(createServer(mount(unclash, { fallthrough: false })));
}

function plant(store: Store, bug: EngineBug | undefined): Store {
  const [answers, others] = [true, false].map((isAnswer) => (commit: Commit) => ({
    ...commit,
    writes: commit.writes.filter(({ key }) => key.startsWith("idempotency/") === isAnswer),
  }));
  if (answers === undefined || others === undefined) return store;
  let commits = 0;
  const commit = async (given: Commit): Promise<CommitResult> => {
    const hasBoth = answers(given).writes.length > 0 && others(given).writes.length > 0;
    if (!hasBoth || bug === undefined || bug === "takes everybody for one") return store.commit(given);
    if (bug === "keeps answers to writes that fail") {
      if (++commits % 10 > 0) return store.commit(given);
      await store.commit({ ...answers(given), tag: `${given.tag.slice(0, -1)}A` });
      throw new StoreError("the connection was cut", "not-applied");
    }
    const result = await store.commit(others(given));
    if (result.kind === "clash" || bug !== "writes answers in commits of their own") return result;
    await new Promise((resolve) => setTimeout(resolve, 2));
    await store.commit({ ...answers(given), tag: `${given.tag.slice(0, -1)}A` });
    return result;
  };
  return withCommit(store, commit);
}
