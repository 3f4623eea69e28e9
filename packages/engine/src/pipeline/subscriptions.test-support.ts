import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { z } from "zod";
import type { Authorize } from "../access/authorize.js";
import { ask, bodyOf } from "../ask.test-support.js";
import type { NotificationOptions } from "../notifications/options.js";
import { createUnclash, type Unclash } from "../unclash.js";

/** An engine, and ways to ask it as someone. */
export interface Subscribers {
  readonly store: Store;
  readonly unclash: Unclash;
  as(name: string | undefined): (line: string, json?: unknown, headers?: Readonly<Record<string, string>>) => Answered;
}

type Answered = Promise<{
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  readonly body: Record<string, unknown>;
}>;

export interface SubscriberOptions {
  /** @default a new memory store */
  readonly store?: Store;
  readonly notifications?: NotificationOptions | false;
  readonly authorize?: Authorize;
}

/** Sets up an engine whose callers are who `Authorization` says; `root` is an admin. */
export function setUpSubscribers(options: SubscriberOptions = {}): Subscribers {
  const { store = createMemoryStore(), notifications = {}, authorize } = options;
  const unclash = createUnclash({
    store,
    notifications,
    identify: ({ headers }) => {
      const name = headers["authorization"];
      return typeof name === "string" ? { name, ...(name === "root" && { role: "admin" }) } : undefined;
    },
    ...(authorize && { authorize }),
    collections: { notes: { schema: z.looseObject({}), preconditions: { required: false } } },
  });
  return {
    store,
    unclash,
    as: (name) => async (line, json, headers) => {
      const sent = { ...(name !== undefined && { authorization: name }), ...headers };
      const plan = await ask(unclash, line, { headers: sent, ...(json !== undefined && { json }) });
      return { status: plan.status, headers: plan.headers, text: plan.body ?? "", body: bodyOf(plan) };
    },
  };
}

/** A callback that no name server is asked for. */
export const hook = "https://8.8.8.8/hook";
