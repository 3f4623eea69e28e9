import { createServer, type IncomingMessage } from "node:http";
import { listen } from "@unclash/conformance/adapter";
import { Articles, letPast } from "@unclash/test-articles";
import { expect, onTestFinished, test } from "vitest";
import { guarded } from "./guard.js";

test.each<[how: string, idOf: (request: IncomingMessage) => string | undefined]>([
  ["by its text", ({ url = "" }) => /^\/articles\/([^/?]+)/.exec(url)?.[1]],
  ["as a URL", ({ url = "" }) => /\/articles\/(.+)$/.exec(new URL(url, "http://localhost").pathname)?.[1]],
])("no spelling of a target gets past a guarded handler that reads it %s", async (_how, idOf) => {
  const articles = new Articles();
  const handler = guarded({ load: (request) => articles.load(idOf(request)) }, ({ req, res, outcome }) => {
    outcome.updated(2);
    res.end(JSON.stringify(articles.overwrite(idOf(req), "New")));
  });
  const served = await listen(createServer(handler));
  onTestFinished(() => served.close());
  expect(await letPast(served.url, articles)).toEqual([]);
});
