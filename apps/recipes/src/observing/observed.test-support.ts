import { once } from "node:events";
import { createServer } from "node:http";
import { trace } from "@opentelemetry/api";
import { guarded, mount, problems } from "@unclash/express";
import { createMemoryStore } from "@unclash/memory";
import express, { type Express, type Request, type RequestHandler } from "express";
import { createUnclash } from "unclash";
import { afterAll } from "vitest";
import { z } from "zod";

/** Makes a span for each request; it ends when its response closes, as that of OpenTelemetry for HTTP. */
const traced: RequestHandler = (request, response, next) => {
  trace.getTracer("test").startActiveSpan(request.method, (span) => {
    response.once("close", () => span.end());
    next();
  });
};

/** An app with a collection, `/articles`, whose stale writes may be settled, and a guarded route, `/rows/:id`. */
function createApp(): Express {
  const rows = new Map([["1", { version: 3, title: "Row" }]]);
  const app = express().use(traced);
  const articles = {
    schema: z.object({ title: z.string(), tags: z.array(z.string()).default([]) }),
    conflicts: { allowedStrategies: ["last-write-wins"] },
  } as const;
  app.use("/api", mount(createUnclash<Request>({ store: createMemoryStore(), collections: { articles } })));
  app.use(express.json());
  app.put(
    "/rows/:id",
    guarded({ load: ({ params }: Request<{ id: string }>) => rows.get(params.id) }, async ({ res, outcome }) => {
      await new Promise((resolve) => setImmediate(resolve));
      outcome.updated(4);
      res.json({});
    }),
  );
  return app.use(problems());
}

/** An answer: its status, and the entity-tag of the state that it shows. */
interface Answer {
  readonly status: number;
  readonly etag: string;
}

/** Serves the app to the tests of a file. */
export async function serveObserved() {
  const server = createServer(createApp()).listen(0, "127.0.0.1");
  afterAll(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    /** Sends content with headers, and waits for the answer. */
    async send(method: string, path: string, content?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method,
        headers: { ...(content !== undefined && { "content-type": "application/json" }), ...headers },
        ...(content !== undefined && { body: JSON.stringify(content) }),
      });
      await response.text();
      return { status: response.status, etag: response.headers.get("etag") ?? "" };
    },
  };
}

type Sent = Awaited<ReturnType<typeof serveObserved>>["send"];

/** An article that was changed since, a stale write of it that is refused, and one that is settled. */
export async function meetConflicts(send: Sent, id: string): Promise<void> {
  const path = `/api/articles/${id}`;
  const first = await send("POST", "/api/articles", { id, title: "First" });
  await send("PUT", path, { title: "Second" }, { "if-match": first.etag });
  await send("PUT", path, { title: "Mine" }, { "if-match": first.etag });
  await send("PUT", path, { title: "Mine" }, { "if-match": first.etag, prefer: "on-conflict=last-write-wins" });
}
