import { createServer, type RequestListener } from "node:http";
import pg from "pg";
import { z } from "zod";

/** A row of the table that every recipe serves. */
export interface Article {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  /** Counts the writes of this row. */
  readonly version: number;
}

/** An article's table, with one row. PostgreSQL and SQLite both take it. */
export const articlesSql = `
  CREATE TABLE IF NOT EXISTS articles
    (id text PRIMARY KEY, title text NOT NULL, body text NOT NULL, version integer NOT NULL DEFAULT 1);
  INSERT INTO articles (id, title, body) VALUES ('1', 'First', 'Text') ON CONFLICT DO NOTHING;`;

/** Where PostgreSQL is, of `DATABASE_URL`, with the table in it. */
export async function databaseUrl(): Promise<string> {
  const url = process.env["DATABASE_URL"] ?? "postgres://postgres@127.0.0.1/postgres";
  const client = new pg.Client(url);
  await client.connect();
  // One process at a time: `IF NOT EXISTS` fails where two make the same table at once.
  await client.query(`BEGIN; SELECT pg_advisory_xact_lock(1); ${articlesSql} COMMIT;`);
  await client.end();
  return url;
}

/** What a client may write of an article: a schema of zod, or of any library that speaks Standard Schema. */
export const articleFields = z.strictObject({ title: z.string(), body: z.string() });

/** The same for the recipes that show a `PUT` alone. */
export function fieldsOf(body: unknown): Pick<Article, "title" | "body"> {
  if (typeof body === "object" && body !== null && "title" in body && "body" in body) {
    return { title: String(body.title), body: String(body.body) };
  }
  throw Object.assign(new Error("An article has a title and a body."), { status: 422, statusCode: 422, expose: true });
}

/** Where a recipe listens: `PORT`, any free one unless it is set. */
export const port: number = Number(process.env["PORT"] ?? 0);

/** Serves an app, and says where. */
export function serve(app: RequestListener): void {
  const server = createServer(app).listen(port, "127.0.0.1", () => {
    const address = server.address();
    if (typeof address === "object") console.log(`listening on http://127.0.0.1:${address?.port}`);
  });
}
