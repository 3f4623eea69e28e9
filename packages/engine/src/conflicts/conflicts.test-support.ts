import type { ResponsePlan } from "@unclash/core";
import type { Store, StoredEvent } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { z } from "zod";
import type { Authorize } from "../access/authorize.js";
import { type Asked, ask, bodyOf } from "../ask.test-support.js";
import type { CollectionOptions } from "../resources/collection-options.js";
import { createUnclash, type Unclash } from "../unclash.js";

interface SetUp {
  readonly conflicts?: CollectionOptions["conflicts"];
  readonly collection?: Partial<CollectionOptions>;
  readonly authorize?: Authorize;
}

const schema = z.object({
  title: z.string().max(20),
  text: z.string().optional(),
  state: z.string().optional(),
  sku: z.string().optional(),
});

interface Answer {
  readonly status: number;
  readonly headers: ResponsePlan["headers"];
  readonly body: Record<string, unknown>;
}

/** Sends a request as one caller. */
export type Caller = (line: string, json?: unknown, headers?: Asked["headers"]) => Promise<Answer>;

type FollowedEvent = Pick<StoredEvent, "type" | "key" | "version" | "data">;

export interface ConflictsUnderTest {
  readonly store: Store;
  readonly unclash: Unclash;
  readonly advance: (ms: number) => void;
  readonly as: (actor?: string) => Caller;
  /** All events that the store has. */
  readonly events: () => Promise<readonly FollowedEvent[]>;
  /** Makes the article 1 of version 2, whose title another has changed since version 1. */
  readonly made: () => Promise<void>;
}

/** An engine with articles, in a store whose clock is set by hand. `root` is an admin; all others are clients. */
export function setUpConflicts({ conflicts = {}, collection = {}, authorize }: SetUp = {}): ConflictsUnderTest {
  let now = 1_800_000_000_000;
  const store = createMemoryStore({ clock: () => now });
  const unclash = createUnclash({
    store,
    identify: ({ headers: { "x-actor": name } }) =>
      typeof name === "string" ? { name, role: name === "root" ? "admin" : "client" } : undefined,
    collections: { articles: { schema, conflicts, ...collection } },
    ...(authorize && { authorize }),
  });
  const advance = (ms: number): void => {
    now += ms;
  };
  const as = (actor?: string): Caller => callerOf(unclash, actor);
  return { store, unclash, advance, as, events: () => eventsOf(store), made: () => makeArticle(as("alice")) };
}

function callerOf(unclash: Unclash, actor: string | undefined): Caller {
  return async (line, json, headers = {}) => {
    const sent = { ...(actor !== undefined && { "x-actor": actor }), ...headers };
    const plan = await ask(unclash, line, { headers: sent, ...(json !== undefined && { json }) });
    return { status: plan.status, headers: plan.headers, body: bodyOf(plan) };
  };
}

async function makeArticle(caller: Caller): Promise<void> {
  await caller("POST /articles", { id: "1", title: "Old", text: "text" });
  await caller("PUT /articles/1", { title: "Theirs", text: "text", version: 1 });
}

async function eventsOf(store: Store): Promise<readonly FollowedEvent[]> {
  const stop = new AbortController();
  const found: StoredEvent[] = [];
  const marker = { type: "marker", key: "marker/1" };
  const header = { tag: "marker0123456789", at: 1, by: null, cause: "test" };
  await store.commit({ ...header, reads: [], writes: [], events: [marker] });
  for await (const event of store.follow("start", stop.signal)) {
    if ("reset" in event) continue;
    if (event.type === "marker") break;
    found.push(event);
  }
  stop.abort();
  return found.map(({ type, key, version, data }) => ({
    type,
    key,
    ...(version && { version }),
    ...(data && { data }),
  }));
}
