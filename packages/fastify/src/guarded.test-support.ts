import { createMemoryStore } from "@unclash/memory";
import Fastify, { type FastifyInstance } from "fastify";
import { expect } from "vitest";
import { type Heard, serve } from "./articles.test-support.js";
import { type GuardedContext, guarded } from "./guarded.js";

export type Handler = (context: GuardedContext<{ version: number }>) => unknown;

/** Serves one guarded route, `/1`. */
export async function serveHandler(
  handler: Handler,
  prepare: (app: FastifyInstance) => void = () => {},
): Promise<string> {
  const app = Fastify();
  prepare(app);
  const route = guarded(
    { load: () => ({ version: 1 }), idempotency: { store: createMemoryStore(), anonymous: "address" } },
    handler,
  );
  app.get("/:id", route);
  app.put("/:id", route);
  return `${await serve(app)}/1`;
}

export const conditional = { "if-match": '"1"' };
export const keyed = { ...conditional, "idempotency-key": "0123456789abcdef" };

/** No header goes out twice. */
export function expectOnce({ names }: Heard): void {
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
}
