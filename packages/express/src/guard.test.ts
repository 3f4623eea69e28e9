import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createMemoryStore } from "@unclash/memory";
import express, { type Express } from "express";
import { expect, onTestFinished, test } from "vitest";
import { check, guard, guarded, problems } from "./index.js";

interface Article {
  readonly id: string;
  readonly title: string;
  readonly version: number;
}

/** A table of the app's own. */
function createTable() {
  const rows = new Map<string, Article>([["1", { id: "1", title: "Old", version: 1 }]]);
  return {
    find: (id: unknown) => rows.get(String(id)),
    update: (id: unknown, version: number, title: string): Article[] => {
      const row = rows.get(String(id));
      if (row === undefined || row.version !== version) return [];
      const next = { ...row, title, version: version + 1 };
      rows.set(next.id, next);
      return [next];
    },
    insert: (title: string): Article => {
      const row = { id: String(rows.size + 1), title, version: 1 };
      rows.set(row.id, row);
      return row;
    },
    size: () => rows.size,
    remove: (id: string) => rows.delete(id),
  };
}

async function serve(app: Express): Promise<string> {
  const server = createServer(app).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close().closeAllConnections());
  await new Promise((resolve) => server.once("listening", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function createApp() {
  const table = createTable();
  const app = express();
  app.use(express.json());
  const load = ({ params }: express.Request) => {
    const row = table.find(params["id"]);
    return row && { version: row.version, value: row };
  };
  app.get("/articles/:id", guarded({ load }, ({ res, current }) => res.json(current)));
  app.put(
    "/articles/:id",
    guarded({ load }, async ({ req, res, expected, guard }) => {
      const row = await guard.expectOne(table.update(req.params["id"], expected, String(req.body.title)));
      guard.updated(row.version);
      res.json(row);
    }),
  );
  const keyed = { idempotency: { store: createMemoryStore() } };
  app.post(
    "/articles",
    guarded(keyed, ({ req, res, guard }) => {
      const row = table.insert(String(req.body.title));
      guard.updated(row.version);
      res.status(201).location(`/articles/${row.id}`).json(row);
    }),
  );
  const article = guard({ load });
  app
    .route("/drafts/:id")
    .all(article)
    .get((req, res) => void res.json(article.of(req).current))
    .delete((req, res) => {
      article.of(req).conflict();
      res.end();
    });
  app.put("/checked/:id", async (req, res) => {
    const row = table.find(req.params.id);
    const { updated, expected } = await check(req, row && { version: row.version, value: row });
    const [next] = table.update(req.params.id, expected, "checked");
    updated(next?.version ?? 0);
    res.json(next);
  });
  app.use(problems());
  return { app, table };
}

test("smoke", async () => {
  const { app, table } = createApp();
  const url = await serve(app);
  const read = await fetch(`${url}/articles/1`);
  expect(read.status).toBe(200);
  expect(read.headers.get("etag")).toBe('"1"');
  expect((await fetch(`${url}/articles/1`, { headers: { "if-none-match": '"1"' } })).status).toBe(304);
  expect((await fetch(`${url}/articles/9`)).status).toBe(404);
  const put = (headers: Record<string, string>, path = "/articles/1") =>
    fetch(url + path, {
      method: "PUT",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ title: "New" }),
    });
  expect((await put({})).status).toBe(428);
  const done = await put({ "if-match": '"1"' });
  expect([done.status, done.headers.get("etag")]).toEqual([200, '"2"']);
  const late = await put({ "if-match": '"1"' });
  expect(late.status).toBe(409);
  expect(await late.json()).toMatchObject({ current: { version: 2 }, expected: { etag: ['"1"'] } });
  const checked = await put({ "if-match": '"2"' }, "/checked/1");
  expect([checked.status, checked.headers.get("etag")]).toEqual([200, '"3"']);
  expect((await put({ "if-match": '"2"' }, "/checked/1")).status).toBe(409);
  expect((await fetch(`${url}/drafts/1`, { method: "DELETE", headers: { "if-match": "*" } })).status).toBe(409);
  const post = () =>
    fetch(`${url}/articles`, {
      method: "POST",
      headers: { "content-type": "application/json", "idempotency-key": "0123456789abcdef" },
      body: JSON.stringify({ title: "Made" }),
    });
  const first = await post();
  const second = await post();
  expect([first.status, second.status, table.size()]).toEqual([201, 201, 2]);
  expect(await second.text()).toBe(await first.text());
  expect(second.headers.get("idempotency-replayed")).toBe("true");
  expect(second.headers.get("etag")).toBe(first.headers.get("etag"));
  const broken = await fetch(`${url}/articles`, { method: "POST", headers: { "content-type": "application/json" }, body: "{" });
  expect([broken.status, broken.headers.get("content-type")]).toEqual([400, "application/problem+json"]);
});
