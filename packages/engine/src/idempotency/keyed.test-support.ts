import type { ResponsePlan } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import { expect } from "vitest";
import { z } from "zod";
import { type Asked, ask } from "../ask.test-support.js";
import type { UnclashOptions } from "../options.js";
import { createUnclash, type Unclash } from "../unclash.js";

const key = "8e03978e-40d5-43e8-bc93-6894a57f9324";
const articles = { schema: z.object({ title: z.string() }) };
const notes = { schema: z.looseObject({}), preconditions: { required: false }, unique: ["name"] } as const;

/** An engine over a store; a second one over the same store is as good as another process. */
export function setUp(store: Store, options: Partial<UnclashOptions> = {}): Unclash {
  return createUnclash({ store, collections: { articles, notes }, requestLimits: { lookUpMs: 50 }, ...options });
}

/** Sends a request that has a key, the same each time. */
export function keyed(unclash: Unclash, line: string, { headers, ...asked }: Asked = {}): Promise<ResponsePlan> {
  return ask(unclash, line, { ...asked, headers: { "idempotency-key": key, ...headers } });
}

/** The headers of an answer that is given again. */
export const replayed: unknown = expect.objectContaining({ "idempotency-replayed": "true" });
