import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Articles, ask } from "@unclash/test-articles";
import type { Express, Request, Response } from "express";
import { afterAll, describe, expect, test } from "vitest";
import { guarded } from "./guard.js";
import { serve } from "./serve.test-support.js";
import { versions } from "./versions.test-support.js";

const folder = mkdtempSync(join(tmpdir(), "unclash-express-"));
const file = join(folder, "article.txt");
writeFileSync(file, "a file");
afterAll(() => rmSync(folder, { recursive: true }));

/** All the ways that an Express handler answers. */
const ways: Readonly<Record<string, (response: Response) => unknown>> = {
  "res.json": (response) => response.json({ a: "1" }),
  "res.send text": (response) => response.send("text"),
  "res.send bytes": (response) => response.send(Buffer.from("bytes")),
  "res.end": (response) => response.end("end"),
  "write and end": (response) => {
    response.write("wri");
    response.end("tten");
  },
  "writeHead and end": (response) => response.writeHead(200, { "x-own": "yes" }).end("head"),
  "writeHead with pairs": (response) => response.writeHead(200, ["x-own", "yes"]).end("head"),
  "a stream": (response) => Readable.from(["one", "two"]).pipe(response),
};

function appOf(express: () => Express, handler: (context: { req: Request; res: Response }) => unknown): Express {
  const articles = new Articles();
  const load = (request: Request) => articles.load(request.params["id"]);
  const app = express();
  const read = guarded({ load }, handler);
  const write = guarded({ load }, (context) => {
    if (context.req.query["updated"] !== undefined) context.outcome.updated(2);
    return handler(context);
  });
  app.route("/articles/:id").get(read).put(write);
  return app;
}

const onFirst = { headers: { "if-match": '"1"' } };

describe.each(versions)("%s", (_name, express) => {
  describe.each(Object.entries(ways))("%s", (_way, answer) => {
    test("after an unsafe method an entity-tag is sent where the guard was told of a state, or none", async () => {
      const url = await serve(appOf(express, ({ res }) => void answer(res)));
      const told = await ask("PUT", `${url}/articles/1?updated`, onFirst);
      expect([told.status, told.headers.etag, told.text.length > 0]).toEqual([200, '"2"', true]);
      const untold = await ask("PUT", `${url}/articles/1`, onFirst);
      expect([untold.status, untold.headers.etag, untold.text]).toEqual([200, undefined, told.text]);
    });

    test("a read has the guard's entity-tag, HEAD too, and is not sent again", async () => {
      const url = await serve(appOf(express, ({ res }) => void answer(res)));
      const read = await ask("GET", `${url}/articles/1`);
      expect([read.status, read.headers.etag, read.text.length > 0]).toEqual([200, '"1"', true]);
      const head = await ask("HEAD", `${url}/articles/1`);
      expect([head.status, head.headers.etag, head.text]).toEqual([200, '"1"', ""]);
      const again = await ask("GET", `${url}/articles/1`, { headers: { "if-none-match": '"1"' } });
      expect([again.status, again.headers.etag, again.text]).toEqual([304, '"1"', ""]);
    });
  });

  test.each([false, true, "weak", "strong", () => '"own"'])(
    'app.set("etag", %s) changes nothing about guarded routes',
    async (setting) => {
      const app = appOf(express, ({ res }) => res.json({ a: 1 }));
      app.set("etag", setting);
      const url = await serve(app);
      expect((await ask("GET", `${url}/articles/1`)).headers.etag).toBe('"1"');
      expect((await ask("PUT", `${url}/articles/1?updated`, onFirst)).headers.etag).toBe('"2"');
      expect((await ask("PUT", `${url}/articles/1`, onFirst)).headers.etag).toBeUndefined();
    },
  );

  test("a list that is guarded without a state keeps Express's own entity-tag and its own 304", async () => {
    const app = express();
    app.get(
      "/articles",
      guarded({ resource: () => null }, ({ res }) => res.json([])),
    );
    const url = await serve(app);
    const list = await ask("GET", `${url}/articles`);
    expect([list.headers.etag, list.headers["cache-control"]]).toEqual([expect.stringMatching(/^W\//), "no-cache"]);
    const again = await ask("GET", `${url}/articles`, { headers: { "if-none-match": String(list.headers.etag) } });
    expect([again.status, again.headers.etag, again.text]).toEqual([304, list.headers.etag, ""]);
  });

  test("res.sendFile sends the guard's entity-tag in place of its own", async () => {
    const url = await serve(appOf(express, ({ res }) => res.sendFile(file)));
    const read = await ask("GET", `${url}/articles/1`);
    expect([read.status, read.headers.etag, read.headers["cache-control"], read.text]).toEqual([
      200,
      '"1"',
      "no-cache",
      "a file",
    ]);
    const part = await ask("GET", `${url}/articles/1`, { headers: { range: "bytes=0-0", "if-match": '"1"' } });
    expect([part.status, part.headers.etag, part.text]).toEqual([206, '"1"', "a"]);
  });

  test("res.sendFile looks at If-Match by itself, and can't answer a write that had one", async () => {
    const url = await serve(appOf(express, ({ res }) => res.sendFile(file)));
    expect((await ask("PUT", `${url}/articles/1?updated`, onFirst)).status).toBe(412);
    expect((await ask("PUT", `${url}/articles/1?updated`, { headers: { "if-match": "*" } })).status).toBe(200);
  });

  test("an error page for a read is not the state that the guard's headers were for", async () => {
    const url = await serve(appOf(express, ({ res }) => res.status(500).end("broken")));
    const { headers } = await ask("GET", `${url}/articles/1`);
    expect([headers.etag, headers["cache-control"]]).toEqual([undefined, undefined]);
  });
});
