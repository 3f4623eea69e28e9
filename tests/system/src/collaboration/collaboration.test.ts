// These tests run built samples and Chromium: `pnpm build` comes first.
import { once } from "node:events";
import { createServer } from "node:http";
import { isJsonObject, type JsonObject } from "@unclash/core/json";
import { merge } from "@unclash/core/merge";
import { createMemoryStore } from "@unclash/memory";
import { mount } from "@unclash/node";
import { createUnclash, type StrategyFunction } from "unclash";
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { startShop } from "../black-box/shop-process.js";
import { isSoak } from "../black-box/soak.js";
import { makePlace } from "../black-box/store-place.js";
import { chromiumProgram, openBrowser } from "./browsers.js";
import { checkEdits } from "./check-edits.js";
import { type EditorReport, editArticle, openArticle } from "./editor.js";

if (chromiumProgram === undefined)
  console.log("Tests that need a browser are skipped: Chromium is not on this machine.");

const path = "/articles/1";
const everyMs = 200;
const shortRun = 3_000 / everyMs;
const longRun = 60_000 / everyMs;

interface Collaboration {
  readonly reports: readonly EditorReport[];
  readonly violations: readonly string[];
}

/** Two people in browsers of their own have one article open, and edit it at the same time, one field each. */
async function collaborate(origins: readonly [string, string], edits: number): Promise<Collaboration> {
  const editors = await Promise.all(
    (["title", "body"] as const).map(async (field, at) => {
      const url = `${origins[at]}${path}`;
      const { page, close } = await openBrowser(url);
      onTestFinished(close);
      return { field, name: at === 0 ? "alice" : "bob", url, page, article: await page.evaluate(openArticle, url) };
    }),
  );
  const reports = await Promise.all(
    editors.map(({ page, ...plan }) => page.evaluate(editArticle, { ...plan, edits, everyMs })),
  );
  const seen = await Promise.all(
    editors.map(async ({ page, url }) => JSON.stringify((await page.evaluate(openArticle, url)).fields)),
  );
  const done = editors.map(({ name, field }, at) => ({ name, field, acknowledged: reports[at]?.acknowledged ?? [] }));
  return { reports, violations: checkEdits(seen, done) };
}

describe.skipIf(chromiumProgram === undefined)("two browsers in one article", { timeout: 300_000 }, () => {
  it("end with the same text and every edit in it, each at a process of its own", async () => {
    const { store, remove } = await makePlace("sqlite");
    onTestFinished(remove);
    const start = async () => {
      const shop = await startShop({ sample: "express", store });
      onTestFinished(() => shop.stop());
      return shop.origin;
    };
    const edits = isSoak ? longRun : shortRun;
    const { reports, violations } = await collaborate(await Promise.all([start(), start()]), edits);
    const merged = reports.reduce((sum, report) => sum + report.merged, 0);
    console.log(`two browsers made ${edits} edits each, of which ${merged} were merged`);
    expect(reports).toMatchObject(Array(2).fill({ acknowledged: { length: edits }, refused: [] }));
    expect(merged).toBeGreaterThan(0);
    expect(violations).toEqual([]);
  });

  it("would be seen to lose an edit to a server that merges all but one", async () => {
    let stale = 0;
    const origins = await serve(({ base, current, proposed }) => {
      stale += 1;
      const value = stale === 5 ? proposed : merge(base, proposed, current).value;
      return isJsonObject(value) ? { kind: "accept", value } : { kind: "reject" };
    });
    const { violations } = await collaborate(origins, shortRun);
    expect(stale).toBeGreaterThan(5);
    expect(violations).toContainEqual(expect.stringMatching(/^(alice|bob)\d+ is lost$/));
  });
});

/** Serves an article whose stale writes have the outcome that a function decides on. */
async function serve(strategy: StrategyFunction): Promise<readonly [string, string]> {
  const fields: JsonObject = { title: "Title", body: "Body" };
  const schema = z.object({ title: z.string(), body: z.string() });
  const unclash = createUnclash({
    store: createMemoryStore(),
    collections: { articles: { schema, conflicts: { strategy } } },
  });
  const server = createServer(mount(unclash, { fallthrough: false })).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" ? address?.port : undefined}`;
  const headers = { "content-type": "application/json", "if-none-match": "*" };
  await fetch(`${origin}${path}`, { method: "PUT", headers, body: JSON.stringify(fields) });
  return [origin, origin];
}
