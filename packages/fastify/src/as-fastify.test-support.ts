import type { FastifyInstance } from "fastify";

/** Types of Fastify's tell servers apart, and its requests and replies are used alike. */
export function asFastify(app: unknown): FastifyInstance {
  if (!isFastify(app)) throw new TypeError("It is no Fastify.");
  return app;
}

function isFastify(app: unknown): app is FastifyInstance {
  return typeof app === "object" && app !== null && "inject" in app;
}
