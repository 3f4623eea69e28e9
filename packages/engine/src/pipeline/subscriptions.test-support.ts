import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { z } from "zod";
import type { Authorize } from "../access/authorize.js";
import { ask, bodyOf } from "../ask.test-support.js";
import type { Decision } from "../decision.js";
import type { NotificationOptions } from "../notifications/options.js";
import { readSubscription, type Subscription, subscriptionKey } from "../notifications/subscription.js";
import { createUnclash, type Unclash } from "../unclash.js";

/** An engine, and ways to ask it as someone. */
export interface Subscribers {
  readonly store: Store;
  readonly unclash: Unclash;
  /** Turns the clock of the store, where that was made here. */
  advance(ms: number): void;
  /** Sends requests as someone, or as nobody that is known. */
  as(name?: string): Caller;
}

export type Caller = (line: string, json?: unknown, headers?: Readonly<Record<string, string>>) => Answered;

type Answered = Promise<{
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: Record<string, unknown>;
}>;

export interface SubscriberOptions {
  /** @default a new memory store, whose clock is set by hand */
  readonly store?: Store;
  readonly notifications?: NotificationOptions | false;
  readonly authorize?: Authorize;
  readonly observe?: (decision: Decision) => void;
  /** The store has the clock of the machine. @default false */
  readonly usesRealTime?: boolean;
}

/** Sets up an engine whose callers are who `Authorization` says; `root` is an admin. */
export function setUpSubscribers(options: SubscriberOptions = {}): Subscribers {
  let now = 1_800_000_000_000;
  const { usesRealTime = false, notifications = {}, authorize, observe } = options;
  const { store = createMemoryStore(usesRealTime ? {} : { clock: () => now }) } = options;
  const unclash = createUnclash({
    store,
    notifications,
    identify: ({ headers }) => {
      const name = headers["authorization"];
      return typeof name === "string" ? { name, ...(name === "root" && { role: "admin" }) } : undefined;
    },
    ...(authorize && { authorize }),
    ...(observe && { observe }),
    collections: { notes: { schema: z.looseObject({}), preconditions: { required: false } } },
  });
  return {
    store,
    unclash,
    advance(ms) {
      now += ms;
    },
    as: (name) => async (line, json, headers) => {
      const sent = { ...(name !== undefined && { authorization: name }), ...headers };
      const plan = await ask(unclash, line, { headers: sent, ...(json !== undefined && { json }) });
      return { status: plan.status, headers: plan.headers, text: plan.body ?? "", body: bodyOf(plan) };
    },
  };
}

/** Makes a subscription, and gives its path. */
export async function subscribed(as: Caller, json: object = {}): Promise<string> {
  const { body } = await as("POST /conflict-notifications", { resources: ["*"], callback: { url: hook }, ...json });
  return `/conflict-notifications/${String(body["id"])}`;
}

/** The record of a subscription, with all that its owner is not shown. */
export async function recordOf(store: Store, path: string): Promise<Subscription> {
  const [record] = (await store.read([subscriptionKey(path.split("/").at(-1) ?? "")])).records;
  return readSubscription({ text: record?.text ?? null });
}

/** A callback that no name server is asked for. */
export const hook = "https://8.8.8.8/hook";
