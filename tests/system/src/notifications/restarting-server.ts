import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, request, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mount } from "@unclash/node";
import { createSqliteStore } from "@unclash/sqlite";
import { createUnclash } from "unclash";
import { z } from "zod";

/** A server over a SQLite file, at an address that it comes back to. */
export interface RestartingServer {
  readonly origin: string;
  /** Writes a new version of the note. */
  write(n: number, version?: number): Promise<number>;
  /** Ends all of it, streams too, and begins anew over the same file. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

interface Running {
  readonly server: Server;
  readonly stop: () => Promise<void>;
}

export async function startServer(): Promise<RestartingServer> {
  const folder = mkdtempSync(join(tmpdir(), "unclash-notifications-"));
  const file = join(folder, "store.db");
  let running = await serve(file, 0);
  const address = running.server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const origin = `http://127.0.0.1:${port}`;
  return {
    origin,
    async write(n, version) {
      const body = JSON.stringify({ n, ...(version !== undefined && { version }) });
      const headers = { "content-type": "application/json", authorization: "alice" };
      // On a connection of its own: none that is kept open outlives a restart.
      const sent = request(`${origin}/notes/1`, { method: "PUT", headers, agent: false }).end(body);
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        sent.once("response", resolve).once("error", reject);
      });
      response.resume();
      return response.statusCode ?? 0;
    },
    async restart() {
      await running.stop();
      running = await serve(file, port);
    },
    async close() {
      await running.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function serve(file: string, port: number): Promise<Running> {
  const store = await createSqliteStore({ file });
  const unclash = createUnclash({
    store,
    identify: ({ headers: { authorization } }) => (authorization === undefined ? undefined : { name: authorization }),
    authorize: () => "allow",
    collections: {
      notes: {
        schema: z.looseObject({}),
        preconditions: { required: false },
        conflicts: { strategy: "manual" },
      },
    },
  });
  const server = createServer(mount(unclash)).listen(port, "127.0.0.1");
  await once(server, "listening");
  const stop = async (): Promise<void> => {
    server.close();
    await unclash.close();
    server.closeAllConnections();
    await store.close();
  };
  return { server, stop };
}
