import { createServer, type IncomingMessage } from "node:http";
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
import { marksIn } from "./subjects.js";

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
  let strikes = 0;
  const strike = (): void => void strikes++;
  const unclash = createUnclash({
    store: plant(createMemoryStore(), bug, strike),
    collections: {
      notes: {
        schema: z.looseObject({}),
        preconditions: { required: false },
        conflicts: { strategy: "last-write-wins" },
      },
    },
    identify: bug === "takes everybody for one" ? () => ({ name: "everybody" }) : identifyByName,
  });
  const isAnothers = createOwnership();
  const handler = mount(unclash, { fallthrough: false });
  const server = createServer((req, res) => {
    if (bug === "takes everybody for one" && isAnothers(req)) strike();
    handler(req, res);
  });
  return { ...(await served(server)), struck: () => strikes };
}

/** Tells whether a key comes from another caller than the first who sent it. */
function createOwnership(): (request: IncomingMessage) => boolean {
  const owners = new Map<string, string>();
  return ({ method, headers: { "idempotency-key": key, authorization = "" } }) => {
    // Deletions are alike, whoever sends them.
    if (typeof key !== "string" || method === "DELETE") return false;
    const owner = owners.get(key) ?? authorization;
    owners.set(key, owner);
    return owner !== authorization;
  };
}

function plant(store: Store, bug: EngineBug | undefined, strike: () => void): Store {
  const [answers, others] = [true, false].map((isAnswer) => (commit: Commit) => ({
    ...commit,
    writes: commit.writes.filter(({ key }) => key.startsWith("_idempotency/") === isAnswer),
  }));
  if (answers === undefined || others === undefined) return store;
  let commits = 0;
  const committed = new Set<string>();
  const commit = async (given: Commit): Promise<CommitResult> => {
    const hasBoth = answers(given).writes.length > 0 && others(given).writes.length > 0;
    if (!hasBoth || bug === undefined || bug === "takes everybody for one") return store.commit(given);
    if (bug === "keeps answers to writes that fail") {
      if (++commits % 10 > 0) return store.commit(given);
      const { kind } = await store.commit({ ...answers(given), tag: `${given.tag.slice(0, -1)}A` });
      if (kind === "committed" && marksOf(others(given)).length > 0) strike();
      throw new StoreError("the connection was cut", "not-applied");
    }
    const result = await store.commit(others(given));
    for (const mark of result.kind === "committed" ? marksOf(others(given)) : []) {
      if (committed.has(mark)) strike();
      committed.add(mark);
    }
    if (result.kind === "clash" || bug !== "writes answers in commits of their own") return result;
    await new Promise((resolve) => setTimeout(resolve, 2));
    await store.commit({ ...answers(given), tag: `${given.tag.slice(0, -1)}A` });
    return result;
  };
  return withCommit(store, commit);
}

/** What a commit would be found by: a deletion leaves nothing. */
function marksOf({ writes }: Commit): readonly string[] {
  return writes.flatMap((write) => ("put" in write ? marksIn(write.put) : []));
}
