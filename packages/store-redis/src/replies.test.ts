import type { Store } from "@unclash/core/store";
import { redisUrl } from "@unclash/test-servers";
import { Redis } from "ioredis";
import { createClient, RESP_TYPES } from "redis";
import { describe, expect, onTestFinished, test } from "vitest";
import type { IoredisClient } from "./ioredis.js";
import { createRedisStore } from "./store.js";
import { commitOf, connectTo, freshName, putOf, removeStore } from "./store.test-support.js";

const url = redisUrl ?? "";

type Change = (reply: unknown) => unknown;

/** Changes what stands in a reply at any depth. */
function deeply(change: Change): Change {
  return (reply) => (Array.isArray(reply) ? reply.map(deeply(change)) : change(reply));
}

const arraysBy = (change: (items: readonly unknown[]) => unknown): Change => {
  return (reply) => (Array.isArray(reply) ? change(reply) : reply);
};

/** What may become of replies: by settings of a client, by transformers, by a proxy, or by whoever wrapped it. */
const changes: readonly (readonly [string, Change])[] = [
  ["numbers are texts", deeply((value) => (typeof value === "number" ? `${value}` : value))],
  ["numbers are bigints", deeply((value) => (typeof value === "number" ? BigInt(value) : value))],
  ["texts are buffers", deeply((value) => (typeof value === "string" ? Buffer.from(value) : value))],
  ["texts are empty", deeply((value) => (typeof value === "string" ? "" : value))],
  ["null is undefined", deeply((value) => value ?? undefined)],
  ["null is a text", deeply((value) => value ?? "")],
  ["null is left out", arraysBy((items) => items.filter((item) => item !== null))],
  ["arrays are objects", arraysBy((items) => ({ ...items }))],
  ["arrays are maps", arraysBy((items) => new Map(items.map((item, at) => [at, item])))],
  ["arrays are flat", arraysBy((items) => items.flat(9))],
  ["the first item is missing", arraysBy((items) => items.slice(1))],
  ["the last item is missing", arraysBy((items) => items.slice(0, -1))],
  ["arrays are empty", arraysBy(() => [])],
  ["null comes", () => null],
  ["OK comes", () => "OK"],
  ["nothing comes", () => undefined],
];

describe.skipIf(redisUrl === undefined)("a client that changes replies", () => {
  test.each(changes)("so that %s is refused at opening", async (_, change) => {
    await expect(opened(change)).rejects.toMatchObject({ code: "ERR_UNCLASH_CONFIGURATION", option: "client" });
  });

  test.each(changes)("later, so that %s, is believed in nothing", async (_, change) => {
    const { store, plan } = await opened(undefined);
    const first = commitOf([putOf("a/1")]);
    await store.commit(first);
    await store.commit(commitOf([putOf("a/2")]));
    const truth = await answersOf(store, first.tag);
    plan.change = change;
    const told = await answersOf(store, first.tag);
    for (const [call, answer] of Object.entries(told)) {
      if (answer !== "StoreError") expect(answer, call).toEqual(truth[call]);
    }
    expect(Object.values(told)).toContain("StoreError");
    const making = store.commit(commitOf([putOf("b/1", { expect: "absent" })]));
    // A reply in which there was nothing to change is a true one.
    expect(["unknown", "committed"]).toContain(
      await making.then(
        ({ kind }) => kind,
        (error) => error.outcome,
      ),
    );
    plan.change = undefined;
    expect(await answersOf(store, first.tag)).toEqual(truth);
    expect((await store.read(["b/1"])).records).toMatchObject([{ version: 1 }]);
  });

  async function opened(change: Change | undefined) {
    const plan = { change };
    const name = freshName();
    const store = await createRedisStore({
      client: changing(new Redis(url, { lazyConnect: true }), plan),
      name,
    });
    onTestFinished(async () => {
      await store.close();
      await removeStore(url, name);
    });
    return { store, plan };
  }
});

describe.skipIf(redisUrl === undefined)("a client of the app's serves, whatever it is used for", () => {
  const inSubscription = async (): Promise<Redis> => {
    const client = connectTo(url);
    await client.subscribe("theirs");
    return client;
  };
  const inTransaction = async (): Promise<Redis> => {
    const client = connectTo(url);
    await client.multi({ pipeline: false });
    return client;
  };
  const unheard = async (): Promise<Redis> => {
    const client = connectTo(url);
    await client.ping();
    void client.call("CLIENT", "REPLY", "OFF").catch(() => {});
    return client;
  };
  const buffers = { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } };

  test.each([
    ["subscribed", inSubscription],
    ["within MULTI", inTransaction],
    ["with CLIENT REPLY OFF", unheard],
    [
      "with numbers as texts, a prefix, and pipelining",
      async () =>
        new Redis(url, { lazyConnect: true, stringNumbers: true, keyPrefix: "app:", enableAutoPipelining: true }),
    ],
    ["that speaks RESP3", async () => createClient({ url, RESP: 3 })],
    ["that gives buffers", async () => createClient({ url, commandOptions: buffers })],
    ["that gives buffers in RESP3", async () => createClient({ url, RESP: 3, commandOptions: buffers })],
  ] as const)("%s", async (_, make) => {
    const client = await make();
    const name = freshName();
    const store = await createRedisStore({ client, name });
    onTestFinished(async () => {
      await store.close();
      await removeStore(url, name);
    });
    const commit = commitOf([putOf("a/1", { put: '"é"' })], { events: [{ type: "t", key: "a/1" }] });
    expect(await store.commit(commit)).toMatchObject({ kind: "committed", records: [{ version: 1, tag: commit.tag }] });
    expect((await store.read(["a/1"])).records).toMatchObject([{ text: '"é"', by: "test" }]);
    expect((await store.list({ prefix: "a/", limit: 9 })).records).toHaveLength(1);
    const seen = store.follow("start", new AbortController().signal)[Symbol.asyncIterator]();
    expect((await seen.next()).value).toMatchObject({ type: "t" });
    await seen.return?.();
  });
});

/** A client whose duplicates change what scripts reply. */
function changing(owner: Redis, plan: { readonly change: Change | undefined }): IoredisClient {
  const duplicateOf = owner.duplicate.bind(owner);
  const duplicate = (settings: object): IoredisClient => {
    const client: IoredisClient = duplicateOf(settings);
    const send = client.call.bind(client);
    const call = async (command: string, args: string[]): Promise<unknown> => {
      const reply = await send(command, args);
      return plan.change === undefined || !command.startsWith("EVAL") ? reply : plan.change(reply);
    };
    return Object.assign(client, { call });
  };
  return Object.assign(owner, { duplicate });
}

/**
 * What the store says to each kind of call, in a state in which each has something to say. Nothing is changed by them.
 */
async function answersOf(store: Store, tag: string): Promise<Record<string, unknown>> {
  const calls: Record<string, () => Promise<unknown>> = {
    absentClashes: () => store.commit(commitOf([putOf("a/1", { expect: "absent" })])),
    staleClashes: () => store.commit(commitOf([putOf("a/1", { expect: { tag: "stale" } })])),
    readingClashes: () => store.commit(commitOf([], { reads: [{ key: "a/1", expect: "absent" }] })),
    readingHolds: () => store.commit(commitOf([], { reads: [{ key: "a/1", expect: { tag } }] })),
    read: async () => (await store.read(["a/1", "a/2", "a/3"])).records,
    list: async () => (await store.list({ prefix: "a/", limit: 9 })).records,
    history: async () => (await store.history("a/1", { limit: 9, texts: true })).records,
  };
  const answers: Record<string, unknown> = {};
  for (const [name, call] of Object.entries(calls)) {
    answers[name] = await call().catch((error: unknown) => (error instanceof Error ? error.name : error));
  }
  return answers;
}
