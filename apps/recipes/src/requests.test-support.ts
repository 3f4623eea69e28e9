import { afterAll, beforeAll, expect } from "vitest";
import { makePostgres, makeSqlite, type RecipeDatabase } from "./database.test-support.js";
import { type RecipeProcess, startRecipe } from "./process.test-support.js";

/** A recipe that runs, and its database. */
export interface RunningRecipe {
  /** Adds an article. */
  readonly add: (id: string) => Promise<void>;
  /** Where an article is, by the process of this number. */
  readonly url: (id: string, at?: number) => string;
  /** Where the list is. */
  readonly listUrl: (query?: string, at?: number) => string;
  readonly race: RecipeDatabase["race"];
}

/** Runs a program in one or two processes on a database of its own, while the tests of this `describe` run. */
export function useRecipe(program: string, count: 1 | 2): RunningRecipe {
  let database: RecipeDatabase;
  let processes: readonly RecipeProcess[] = [];

  beforeAll(async () => {
    database = await (program.endsWith("node-sqlite") ? makeSqlite() : makePostgres());
    processes = await Promise.all(Array.from({ length: count }, () => startRecipe(program, database.variables)));
  }, 150_000);

  afterAll(async () => {
    await Promise.all(processes.map(({ stop }) => stop()));
    await database?.remove();
    for (const { output } of processes) expect(output(), "a recipe that a guard warns of").not.toContain("UNCLASH_");
  });

  const origin = (at: number): string | undefined => processes[at % processes.length]?.origin;
  return {
    add: (id) => database.run(`INSERT INTO articles (id, title, body) VALUES ('${id}', 'Title', 'Text')`),
    url: (id, at = 0) => `${origin(at)}/articles/${id}`,
    listUrl: (query = "", at = 0) => `${origin(at)}/articles${query}`,
    race: (sql, url, request) => database.race(sql, url, request),
  };
}

/** A `PUT` of an article, for the state that has this entity-tag. */
export function put(article: unknown, etag: string | null = null): RequestInit {
  const headers = { "content-type": "application/json", ...(etag !== null && { "if-match": etag }) };
  return { method: "PUT", headers, body: JSON.stringify(article) };
}

/** The problem that a response has, whose status is that of the response. */
export async function problemOf(response: Response): Promise<unknown> {
  const problem: unknown = await response.json();
  expect(problem).toMatchObject({ status: response.status });
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  return problem;
}
