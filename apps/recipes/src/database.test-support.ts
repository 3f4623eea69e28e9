import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DatabaseSync } from "@photostructure/sqlite";
import { postgresUrl } from "@unclash/test-servers";
import pg from "pg";
import { articlesSql } from "./articles.js";

/** A database of a recipe's own, and another writer in it. */
export interface RecipeDatabase {
  /** The recipe's environment variables. */
  readonly variables: Readonly<Record<string, string>>;
  readonly run: (sql: string) => Promise<void>;
  /**
   * Lets a writer change an article without committing, sends a request, and commits once the request waits: it has
   * read the article as it was, and writes it as it is now.
   */
  readonly race: (sql: string, url: string, request: RequestInit) => Promise<Response>;
  /** Leaves nothing behind. */
  readonly remove: () => Promise<void>;
}

/** How long a server that answers may take: longer, and it is taken to wait. */
const patienceMs = 250;

/** Makes an empty database on the server of the tests. */
export async function makePostgres(): Promise<RecipeDatabase> {
  const name = `recipe_${randomBytes(6).toString("hex")}`;
  const url = new URL(postgresUrl ?? "");
  const owner = await connect(url.href);
  await owner.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  url.pathname = `/${name}`;
  const writer = await connect(url.href);
  await writer.query(articlesSql);
  return {
    variables: { DATABASE_URL: url.href },
    async run(sql) {
      await writer.query(sql);
    },
    async race(sql, url, request) {
      await writer.query(`BEGIN; ${sql}`);
      const pending = send(url, request);
      const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = '${name}' AND wait_event_type = 'Lock'`;
      while (!pending.isAnswered() && (await owner.query(waiting)).rowCount === 0) await delay(5);
      await writer.query("COMMIT");
      return pending.response;
    },
    async remove() {
      await writer.end();
      await owner.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await owner.end();
    },
  };
}

/** Makes an empty SQLite file. */
export async function makeSqlite(): Promise<RecipeDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "unclash-recipe-"));
  const file = join(folder, "articles.db");
  const writer = new DatabaseSync(file);
  writer.exec(`PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; ${articlesSql}`);
  return {
    variables: { DATABASE_FILE: file },
    run: async (sql) => writer.exec(sql),
    async race(sql, url, request) {
      writer.exec(`BEGIN IMMEDIATE; ${sql}`);
      const pending = send(url, request);
      // A process that waits for SQLite's lock answers nobody.
      while (!pending.isAnswered() && (await answers(url))) await delay(5);
      writer.exec("COMMIT");
      return pending.response;
    },
    async remove() {
      writer.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function send(url: string, request: RequestInit) {
  let answered = false;
  const response = fetch(url, request).finally(() => {
    answered = true;
  });
  return { response, isAnswered: () => answered };
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(patienceMs) }).catch(() => undefined);
  await response?.arrayBuffer();
  return response !== undefined;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client(url);
  await client.connect();
  return client;
}
