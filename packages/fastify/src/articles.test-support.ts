import { type IncomingMessage, request as send } from "node:http";
import type { FastifyInstance } from "fastify";
import { onTestFinished } from "vitest";

export interface Article {
  readonly id: string;
  readonly title: string;
  readonly version: number;
}

/** A table of the app's own, with one row. */
export function createArticles() {
  const rows = new Map<string, Article>([["1", { id: "1", title: "Old", version: 1 }]]);
  let loads = 0;
  return {
    load: (params: unknown) => {
      loads += 1;
      const row = rows.get(String(Object(params).id));
      return row && { version: row.version, value: row };
    },
    update: (id: unknown, version: number, title: string): Article[] => {
      const row = rows.get(String(id));
      if (row === undefined || row.version !== version) return [];
      const next = { ...row, title, version: version + 1 };
      rows.set(next.id, next);
      return [next];
    },
    loads: () => loads,
  };
}

/** Serves an app on a free port of the loopback until the test ends. */
export async function serve(app: FastifyInstance): Promise<string> {
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  onTestFinished(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  return url;
}

export interface Heard {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** The names of the headers as they came, in lower case. */
  readonly names: readonly string[];
  readonly body: Buffer;
}

/** Sends a request, and hears its answer as it comes, header by header. */
export function ask(
  url: string,
  method = "GET",
  headers: Readonly<Record<string, string>> = {},
  body?: unknown,
): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const json = body === undefined ? {} : { "content-type": "application/json" };
    const sent = send(url, { method, headers: { ...json, ...headers } }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", reject);
      answer.on("end", () => {
        const names = answer.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, names, body: Buffer.concat(chunks) });
      });
    });
    sent.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}
