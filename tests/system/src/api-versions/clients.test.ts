// Clients that know nothing of unclash, at a sample of the shop: `pnpm build` comes first.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import axios from "axios";
import LinkHeader from "http-link-header";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ShopProcess, startShop } from "../black-box/shop-process.js";

const folder = mkdtempSync(join(tmpdir(), "unclash-clients-"));
let shop: ShopProcess;

beforeAll(async () => {
  shop = await startShop({ store: "memory:" });
});

afterAll(async () => {
  await shop?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const v1 = "application/vnd.shop.v1+json";

/** Runs `curl`: the status, and the content. */
async function curl(path: string, ...options: readonly string[]): Promise<readonly [status: number, body: string]> {
  const always = ["--silent", "--show-error", "--write-out", "\\n%{http_code}", ...options];
  const { stdout } = await promisify(execFile)("curl", [...always, `${shop.origin}${path}`]);
  const end = stdout.lastIndexOf("\n");
  return [Number(stdout.slice(end + 1)), stdout.slice(0, end)];
}

test("curl reads one body in each of the three ways, and edits it with the entity-tag that it saved", async () => {
  const file = join(folder, "etag");
  const [status, body] = await curl("/v1/articles/1", "--etag-save", file);
  expect(status).toBe(200);
  expect(Object.keys(JSON.parse(body))).toContain("content");
  expect(await curl("/articles/1", "--header", `Accept: ${v1}`)).toEqual([200, body]);
  expect(await curl("/articles/1", "--header", "API-Version: v1")).toEqual([200, body]);
  expect(await curl("/v1/articles/1", "--etag-compare", file)).toEqual([304, ""]);
  expect(await curl("/articles/1", "--header", "API-Version: v1", "--etag-compare", file)).toEqual([304, ""]);
  const ifMatch = ["--header", `If-Match: ${readFileSync(file, "utf8").trim()}`];
  const json = ["--request", "PATCH", "--header", "Content-Type: application/merge-patch+json"];
  const edit = [...json, ...ifMatch, "--header", "API-Version: v1", "--data"];
  const [edited, answer] = await curl("/articles/1", ...edit, '{"content":"by curl"}');
  expect([edited, JSON.parse(answer).content]).toEqual([200, "by curl"]);
  const [stale, problem] = await curl("/articles/1", ...edit, '{"content":"by another curl"}');
  expect([stale, JSON.parse(problem).conflictingFields]).toEqual([409, ["/content"]]);
  expect(JSON.parse((await curl("/articles/1"))[1]).body).toBe("by curl");
});

test("axios with a vendor media type in Accept reads, writes and is told of conflicts in that version", async () => {
  const client = axios.create({ baseURL: shop.origin, headers: { Accept: v1 }, validateStatus: () => true });
  const { data, headers } = await client.get("/articles/2");
  expect(headers["content-type"]).toBe(v1);
  expect(headers["api-version"]).toBe("v1");
  expect(new Date(String(headers["sunset"])).getUTCFullYear()).toBe(2036);
  const { content: _, ...others } = data;
  const put = (type: string, by: string) =>
    client.put(
      "/articles/2",
      { ...others, content: `by ${by}` },
      { headers: { "If-Match": String(headers["etag"]), "Content-Type": type } },
    );
  const saved = await put(v1, "axios");
  expect([saved.status, saved.data.content, "body" in saved.data]).toEqual([200, "by axios", false]);
  // With the entity-tag of before, and a type that says nothing of a version.
  const stale = await put("application/json", "nobody");
  expect([stale.status, stale.headers["deprecation"]]).toEqual([409, "@1793491200"]);
  expect(stale.data.conflictingFields).toEqual(["/content"]);
  expect((await axios.get(`${shop.origin}/articles/2`)).data.body).toBe("by axios");
  const ended = await client.get("/articles/2", { headers: { Accept: "application/vnd.shop.v9+json" } });
  expect(ended.status).toBe(406);
});

/** A client that knows one address, and goes on by what answers link to. */
class Follower {
  #at: string;
  #links = new LinkHeader();
  #etag = "";

  constructor(start: string) {
    this.#at = start;
  }

  async send(method: string, json?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(this.#at, {
      method,
      headers: { ...(json !== undefined && { "content-type": "application/json" }), "if-match": this.#etag || "*" },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    expect(response.ok, `${method} ${this.#at}: ${text}`).toBe(true);
    this.#etag = response.headers.get("etag") ?? "";
    this.#links = LinkHeader.parse(response.headers.get("link") ?? "");
    const location = response.headers.get("location");
    if (location !== null) this.#at = new URL(location, this.#at).href;
    return JSON.parse(text);
  }

  /** Goes to where the last answer leads with this relation. */
  follow(relation: string): this {
    const [link] = this.#links.rel(relation);
    if (link === undefined) throw new Error(`${this.#at} has no link to its ${relation}`);
    this.#at = new URL(link.uri, this.#at).href;
    this.#etag = "";
    return this;
  }
}

test("a client of Location and Link alone stays in its version, goes back, and finds a successor", async () => {
  const client = new Follower(`${shop.origin}/v1/articles`);
  const fields = { title: "Linked", tags: [], status: "draft" };
  await client.send("POST", { ...fields, content: "one" });
  expect(await client.send("GET")).toMatchObject({ ...fields, content: "one", version: 1 });
  await client.send("PUT", { ...fields, content: "two" });
  expect(await client.send("GET")).toMatchObject({ content: "two", version: 2 });
  expect(await client.follow("predecessor-version").send("GET")).toMatchObject({ content: "one", version: 1 });
  expect(await client.follow("version-history").send("GET")).toMatchObject({ items: [{ version: 2 }, { version: 1 }] });
  const upgraded = new Follower(`${shop.origin}/v1/articles`);
  await upgraded.send("POST", { ...fields, content: "three" });
  await upgraded.send("GET");
  expect(await upgraded.follow("successor-version").send("GET")).toMatchObject({ ...fields, body: "three" });
  await upgraded.send("PUT", { ...fields, body: "four" });
  await upgraded.send("GET");
  expect(await upgraded.follow("predecessor-version").send("GET")).toMatchObject({ body: "three", version: 1 });
});
