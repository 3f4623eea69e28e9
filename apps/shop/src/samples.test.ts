import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { answersOf, requests } from "./alike.test-support.js";
import {
  isSoak,
  runSample,
  type Sample,
  sampleNames,
  startSample,
  temporaryFolder,
  withWaits,
} from "./sample.test-support.js";
import { openMany, stopWhileWriting } from "./stopping.test-support.js";

/**
 * Needs processes: it runs what `pnpm build` made. A process of each sample goes through all that is here, in order.
 */
describe("the samples", () => {
  const ends: (() => void)[] = [];
  let samples: readonly Sample[] = [];

  beforeAll(async () => {
    const variables = { UNCLASH_TOKENS: "alice=a1:client", NODE_OPTIONS: withWaits };
    samples = await Promise.all(sampleNames.map((name) => startSample(name, variables, (end) => void ends.push(end))));
  });

  afterAll(() => {
    for (const end of ends) end();
  });

  function sampleOf(name: (typeof sampleNames)[number]): Sample {
    const sample = samples[sampleNames.indexOf(name)];
    if (sample === undefined) throw new TypeError(`${name} was not started.`);
    return sample;
  }

  it.each(sampleNames)("have a shop once they are ready: %s", async (name) => {
    const { origin } = sampleOf(name);
    expect(origin).toMatch(/^http:\/\/127\.0\.0\.1:[1-9][0-9]*$/);
    const answer = await fetch(`${origin}/articles/1`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("etag")).toMatch(/^"1-[\w-]{16}2"$/);
    await answer.arrayBuffer();
  });

  it("answer alike, byte for byte but for tags and times", async () => {
    const [first = [], ...others] = await Promise.all(samples.map(({ origin }) => answersOf(origin)));
    expect(first).toHaveLength(requests.length);
    expect(first[0]).toContain('"title":"How to sharpen a kitchen knife"');
    const merged = expect.stringContaining('unclash-conflict: id="CONFLICT", status=resolved, strategy=merge');
    expect(first).toEqual(expect.arrayContaining([merged, expect.stringContaining('"status":"resolved"')]));
    expect(others).toHaveLength(sampleNames.length - 1);
    for (const answers of others) expect(answers).toEqual(first);
  });

  it.each(sampleNames)("refuse a wrong token on every path, and know their accounts by theirs: %s", async (name) => {
    const { origin } = sampleOf(name);
    for (const path of ["/articles/1", "/articles", "/articles/%ff", "/", "/no/such/path"]) {
      const refused = await fetch(origin + path, { headers: { authorization: "Bearer a2" } });
      expect([path, refused.status, refused.headers.get("www-authenticate")]).toEqual([
        path,
        401,
        'Bearer realm="shop", error="invalid_token"',
      ]);
    }
    await fetch(`${origin}/notes/hers`, put({}, { authorization: "Bearer a1" }));
    const versions = await fetch(`${origin}/notes/hers/versions`);
    expect(await versions.json()).toMatchObject({ items: [{ version: 1, author: "alice" }] });
  });

  it.each([
    ["express", "SIGTERM"],
    ["koa", "SIGINT"],
    ["fastify", "SIGTERM"],
    ["node", "SIGINT"],
  ] as const)(
    "have printed one line; told to stop, they finish what runs, answer 50 who wait, end 50 streams, and end: %s on %s",
    async (name, signal) => {
      const sample = sampleOf(name);
      const many = await openMany(sample, 50);
      const ending = await stopWhileWriting(sample, signal);
      // Nothing was cut off: the time that running requests are given was not used up.
      expect(await many.answers).toEqual(Array(50).fill(503));
      expect(await many.texts).toEqual(Array(50).fill("hello"));
      expect(ending).toEqual({ code: 0, stdout: `listening on ${sample.origin}\n`, stderr: "" });
    },
  );
});

describe.each(isSoak ? sampleNames : (["fastify"] as const))("the %s sample", (name) => {
  it("keeps its shop in a file, in a folder that it makes", async () => {
    const variables = { UNCLASH_STORE: `sqlite:${join(temporaryFolder(), "data", "shop.db")}` };
    const first = await startSample(name, variables);
    const created = await fetch(`${first.origin}/notes/mine`, put({ text: "kept" }));
    expect(created.status).toBe(201);
    await created.arrayBuffer();
    first.kill("SIGTERM");
    expect(await first.ended).toMatchObject({ code: 0, stderr: "" });
    const second = await startSample(name, variables);
    const kept = await fetch(`${second.origin}/notes/mine`);
    expect(await kept.json()).toEqual({ id: "mine", version: 1, text: "kept" });
    expect(kept.headers.get("etag")).toBe(created.headers.get("etag"));
  });
});

/** Also known to be refused: see environment.test.ts and accounts.test.ts. */
const furtherMistakes = [
  ["PORT", "http"],
  ["UNCLASH_STORE", "redis://127.0.0.1:1"],
  ["UNCLASH_TOKENS", "alice"],
] as const;

describe("a sample", () => {
  it("answers a refused If-Match as it was told to", async () => {
    const { origin } = await startSample("express", { UNCLASH_CONFLICT_STATUS: "412" });
    const stale = await fetch(`${origin}/products/1`, { method: "DELETE", headers: { "if-match": '"0-stale"' } });
    expect(stale.status).toBe(412);
  });

  it("says in one line that its port is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await once(other, "listening");
    const address = other.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    expect(await runSample("express", { PORT: String(port) })).toEqual({
      code: 1,
      stdout: "",
      stderr: `PORT ${port} on 127.0.0.1 is taken: choose another one, such as PORT=${port + 1}\n`,
    });
  });

  it.each<readonly [variable: string, value: string]>([
    ["HOST", "256.0.0.1"],
    ["UNCLASH_STORE", "postgres://shop@127.0.0.1:1/shop"],
    ["UNCLASH_STORE", `sqlite:${import.meta.dirname}`],
    ["UNCLASH_CONFLICT_STATUS", "200"],
    // What the environment says is read in one place, and each store's failure goes one way.
    ...(isSoak ? furtherMistakes : []),
  ])("does not start with %s=%s, and says why in one line", async (variable, value) => {
    const { code, stdout, stderr } = await runSample("express", { [variable]: value });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(new RegExp(`^${variable} .+\n$`));
  });
});

function put(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method: "PUT", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}
