import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Unclash } from "unclash";
import { closeIdleConnections } from "unclash/adapter";

/** The servers of the apps that an engine is mounted in, as long as those are open. */
const servers = new WeakMap<Unclash<FastifyRequest>, Set<FastifyInstance["server"]>>();

/**
 * Drains the engine as the app begins to close, so that no stream and nobody who waits holds the server up, and closes
 * it once the server is closed. Connections end with the response that they are at, not when their clients have been
 * silent for long, as Fastify leaves them.
 */
export function endWithApp(app: FastifyInstance, unclash: Unclash<FastifyRequest>): void {
  const open = servers.get(unclash) ?? new Set();
  servers.set(unclash, open.add(app.server));
  app.addHook("preClose", (done) => {
    open.delete(app.server);
    closeIdleConnections(app.server);
    if (open.size === 0) void unclash.drain();
    done();
  });
  app.addHook("onClose", async () => {
    if (open.size === 0) await unclash.close();
  });
}

/** Tells the client that its connection ends with this response, where that can be told. */
export function announceEnd(reply: FastifyReply): void {
  if (reply.request.raw.httpVersionMajor === 1) reply.header("connection", "close");
}
