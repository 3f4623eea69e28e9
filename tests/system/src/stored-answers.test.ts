import type { CommitResult, Store, StoredRecord } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { postgresUrl, redisUrl } from "@unclash/test-servers";
import { createUnclash, type RequestFacts, type Unclash } from "unclash";
import { afterAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { postgresStores, redisStores, type Stores, sqliteStores } from "./adapters/open-store.js";
import { asStore } from "./black-box/planted-stores.js";

const memoryStores: Stores = { open: async () => createMemoryStore(), remove: async () => {} };

/** What a request says besides its method and path. */
interface Said {
  readonly key?: string;
  readonly ifMatch?: string;
  readonly json?: unknown;
}

function ask(unclash: Unclash, method: string, path: string, { key, ifMatch, json }: Said) {
  const headers: RequestFacts["headers"] = {
    ...(json !== undefined && { "content-type": "application/json" }),
    ...(ifMatch !== undefined && { "if-match": ifMatch }),
    ...(key !== undefined && { "idempotency-key": key }),
  };
  const bytes = Buffer.from(json === undefined ? "" : JSON.stringify(json));
  const body = { kind: "unread", read: async () => ({ kind: "bytes", bytes }) as const } as const;
  return unclash.handle({ method, base: "", path, query: "", headers, address: "192.0.2.1", body, native: undefined });
}

/** The store, with what its last commit wrote. */
function watched(store: Store): { readonly store: Store; written(): readonly (StoredRecord | null)[] } {
  let last: CommitResult | undefined;
  return {
    store: {
      capabilities: store.capabilities,
      read: (keys) => store.read(keys),
      async commit(commit) {
        last = await store.commit(commit);
        return last;
      },
      list: (range) => store.list(range),
      history: (key, request) => store.history(key, request),
      follow: (after, stop) => store.follow(after, stop),
      watch: (wake) => store.watch(wake),
      clean: (budget) => store.clean(budget),
      close: () => store.close(),
    },
    written: () => (last?.kind === "committed" ? last.records : []),
  };
}

const everyStore: readonly (readonly [name: string, isThere: boolean, stores: Stores])[] = [
  ["memory", true, memoryStores],
  ["SQLite", true, sqliteStores()],
  ["PostgreSQL", postgresUrl !== undefined, postgresStores()],
  ["Redis", redisUrl !== undefined, redisStores()],
];

// What comes soon is waited for as long as a busy machine may take.
const patient = { timeout: 15_000 };

describe.each(everyStore)("on %s:", (_, isThere, stores) => {
  afterAll(() => (isThere ? stores.remove() : undefined));
  const collections = {
    notes: { schema: z.looseObject({}) },
    stamped: { schema: z.looseObject({}), versions: "timestamps" },
  } as const;

  test.skipIf(!isThere)(
    "the answer that is kept with a write, before there is one, is true of what is written",
    async () => {
      const { store, written } = watched(await stores.open());
      const unclash = createUnclash({ store, collections });
      let keys = 0;
      for (const [collection, versionOf] of [
        ["notes", ({ version }: StoredRecord) => version],
        ["stamped", ({ modifiedAt }: StoredRecord) => modifiedAt],
      ] as const) {
        let ifMatch: string | undefined;
        for (const [method, path, json] of [
          ["POST", `/${collection}`, { id: "1", n: 1 }],
          ["PUT", `/${collection}/1`, { n: 2 }],
          ["DELETE", `/${collection}/1`],
          ["POST", `/${collection}`, { id: "1", n: 3 }],
          ["PUT", `/${collection}/1`, { n: 4, text: "ü\u2028" }],
        ] as const) {
          const said = { key: `key-of-16-letters-${keys++}`, ...(method !== "POST" && ifMatch && { ifMatch }), json };
          const plan = await ask(unclash, method, path, said);
          const [state, kept] = written();
          if (!state || !kept) throw new Error("Both are written in one commit.");
          expect(kept).toMatchObject({ tag: state.tag, lapsesAt: expect.any(Number), version: 1 });
          expect(await ask(unclash, method, path, said)).toMatchObject({
            status: plan.status,
            body: plan.body,
            outcome: "replayed",
          });
          ifMatch = plan.headers["etag"];
          if (method === "DELETE") continue;
          expect(plan.body).toBe(state.text);
          expect(ifMatch).toBe(`"${versionOf(state)}-${state.tag}"`);
        }
      }
      await store.close();
    },
  );

  test.skipIf(!isThere)("answers whose time is over are forgotten as others come, and leave nothing", async () => {
    const store = await stores.open();
    // What looks for lapsed records here finds none.
    const unswept: Store = { ...asStore(store), list: async () => ({ now: 0, records: [] }) };
    const short = createUnclash({ store: unswept, collections, idempotency: { keepMs: 1 } });
    for (let n = 0; n < 30; n += 1) await ask(short, "POST", "/notes", { key: `key-of-16-letters-${n}`, json: {} });
    const prefix = { prefix: "_idempotency/", limit: 100, texts: false } as const;
    await vi.waitFor(async () => {
      const { records } = await store.list(prefix);
      expect(records).toHaveLength(30);
      expect(records.every(({ lapsed }) => lapsed)).toBe(true);
    }, patient);
    // Two processes that come up: each looks at its first request with a key.
    const said = { key: "a-key-that-lives-on", json: {} };
    const day = [1, 2].map(() => createUnclash({ store: asStore(store), collections }));
    const answers = await Promise.all(day.map((unclash) => ask(unclash, "POST", "/notes", said)));
    expect(new Set(answers.map(({ body }) => body)).size).toBe(1);
    await vi.waitFor(async () => expect((await store.list(prefix)).records).toHaveLength(1), patient);
    expect((await store.list({ prefix: "notes/", limit: 100 })).records).toHaveLength(31);
    await store.close();
  });
});
