import { randomBytes } from "node:crypto";
import type { ResponsePlan, StreamPlan } from "@unclash/core";
import type { Commit, Key, Snapshot, Store, Write } from "@unclash/core/store";
import type { RequestFacts } from "unclash";
import type { Handler } from "./client.js";
import type { Replaced } from "./race.js";

/** A system that loses updates, or shows what is not so. */
export interface RaceBug extends Replaced {
  readonly bug: string;
}

/** Bugs that show only where clients get in each other's way. */
export const raceBugs: readonly RaceBug[] = [
  {
    bug: "a handler checks the entity-tag, and writes whatever is there by then",
    handler: (store, engine) => ({
      handle: (request) => (request.method === "PUT" ? checkAwaitAct(store, engine, request) : engine.handle(request)),
    }),
  },
  {
    bug: "a store checks a commit in one call, and carries it out in a later one",
    store: (store) => ({
      ...store,
      async commit(commit) {
        const expected = commit.writes.map(({ key, expect }) => ({ key, expect }));
        const checked = await store.commit({
          ...commit,
          reads: [...commit.reads, ...expected],
          writes: [],
          events: [],
        });
        return checked.kind === "clash" ? checked : store.commit(expectingAny(commit));
      },
    }),
  },
  {
    bug: "a store reads, compares the tags by itself, and then writes",
    store: (store) => ({
      ...store,
      async commit(commit) {
        const { records } = await store.read(commit.writes.map(({ key }) => key));
        const isSame = commit.writes.every(({ expect }, at) => {
          if (expect === "absent") return records[at] === undefined;
          if (typeof expect === "string") return true;
          return Object.values(expect).includes(records[at]?.tag ?? "");
        });
        return store.commit(isSame ? expectingAny(commit) : commit);
      },
    }),
  },
  {
    bug: "what clashed is tried again over whatever is there, and nobody is told",
    store: (store) => ({
      ...store,
      async commit(commit) {
        const result = await store.commit(commit);
        return result.kind === "clash" ? store.commit(expectingAny(commit)) : result;
      },
    }),
  },
  {
    bug: "who was refused is let in at a second try with the newest entity-tag, and is not told",
    handler: (_, engine) => ({
      async handle(request) {
        const refused = await engine.handle(request);
        const { "if-match": ifMatch, ...headers } = request.headers;
        if (refused.outcome !== "version-conflict" || ifMatch === undefined) return refused;
        const { etag } = (await engine.handle({ ...request, method: "GET", headers })).headers;
        return etag === undefined ? refused : engine.handle({ ...request, headers: { ...headers, "if-match": etag } });
      },
    }),
  },
  {
    bug: "a state's text is fetched after its tag",
    store: (store) => ({
      ...store,
      async read(keys) {
        const snapshot = await store.read(keys);
        const { records: later } = await store.read(keys);
        const records = snapshot.records.map(
          (record, at) => record && { ...record, text: later[at]?.text ?? record.text },
        );
        return { ...snapshot, records };
      },
    }),
  },
  {
    bug: "every other reading is that of the time before",
    store(store) {
      const remembered = new Map<string, Snapshot>();
      return {
        ...store,
        async read(keys) {
          const before = remembered.get(keys.join());
          if (before !== undefined && remembered.delete(keys.join())) return before;
          const snapshot = await store.read(keys);
          remembered.set(keys.join(), snapshot);
          return snapshot;
        },
      };
    },
  },
  {
    bug: "an acknowledged write is lost where the one before it is not answered yet",
    store(store) {
      const busy = new Set<Key>();
      return {
        ...store,
        async commit(commit) {
          const key = commit.writes[0]?.key ?? "";
          if (busy.has(key)) {
            const { records } = await store.read([key]);
            return { kind: "committed", records: [records[0] ?? null] };
          }
          busy.add(key);
          const result = await store.commit(commit);
          busy.delete(key);
          return result;
        },
      };
    },
  },
  {
    bug: "a refused write is told to those who follow",
    store: (store) => ({
      ...store,
      async commit(commit) {
        const result = await store.commit(commit);
        if (result.kind === "clash") await store.commit({ ...commit, reads: [], writes: [] });
        return result;
      },
    }),
  },
  {
    bug: "a write and its event are two commits",
    store: (store) => ({
      ...store,
      async commit(commit) {
        const result = await store.commit({ ...commit, events: [] });
        if (result.kind === "committed") await store.commit({ ...commit, reads: [], writes: [] });
        return result;
      },
    }),
  },
  {
    bug: "a commit whose answer is slow is carried out twice",
    store: (store) => ({
      ...store,
      async commit(commit) {
        const result = await store.commit(commit);
        if (result.kind === "committed" && commit.cause === "patch") await store.commit(expectingAny(commit));
        return result;
      },
    }),
  },
];

function expectingAny(commit: Commit): Commit {
  return { ...commit, reads: [], writes: commit.writes.map((write): Write => ({ ...write, expect: "any" })) };
}

// As many an API does it: read, compare, and save. What it can't do it leaves to the engine.
async function checkAwaitAct(
  store: Store,
  engine: Handler,
  request: RequestFacts<unknown>,
): Promise<ResponsePlan | StreamPlan> {
  const key = request.path.slice(1);
  const { now, records } = await store.read([key]);
  const current = records[0];
  const ifMatch = request.headers["if-match"];
  if (current === undefined || current.deleted || ifMatch !== `"${current.version}-${current.tag}"`) {
    return engine.handle(request);
  }
  const content = request.body.kind === "unread" ? await request.body.read(1_000_000) : undefined;
  const sent = content?.kind === "bytes" ? JSON.parse(String(content.bytes)) : {};
  const version = current.version + 1;
  const text = JSON.stringify({ id: key.slice(key.indexOf("/") + 1), version, ...sent });
  const tag = randomBytes(12).toString("base64url");
  await store.commit({
    tag,
    at: now,
    reads: [],
    writes: [{ key, expect: "any", put: text }],
    events: [{ type: "resource.changed", key, version }],
    by: String(request.headers["authorization"]),
    cause: "replace",
  });
  return { status: 200, headers: { etag: `"${version}-${tag}"` }, body: text, outcome: "changed" };
}
