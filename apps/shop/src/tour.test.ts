import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { startSample, temporaryFolder } from "./sample.test-support.js";

const tour = readFileSync(new URL("../../../scripts/tour.sh", import.meta.url), "utf8");

const live = readFileSync(new URL("../../../scripts/tour-live.sh", import.meta.url), "utf8");

/** Runs a command as if it had been pasted into a terminal of its own, until the test ends. Gives what it printed. */
function printedBy(command: string): () => string {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  // A group of its own, so that what the shell has started ends with it.
  const child = spawn("bash", ["-c", command], { cwd: root, detached: true, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  onTestFinished(() => void process.kill(-(child.pid ?? 0)));
  return () => printed;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  return typeof address === "object" && address !== null ? address.port : 0;
}

interface Taken {
  readonly statuses: readonly number[];
  /** The JSON of each answer, in order. */
  readonly contents: readonly unknown[];
}

/** Runs the tour as if it had been pasted. */
async function take(origin: string): Promise<Taken> {
  const script = tour.replace("http://127.0.0.1:3000", origin).replace("TOKEN", "e1");
  const { stdout } = await promisify(execFile)("bash", ["-c", script]);
  return {
    statuses: [...stdout.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status)),
    contents: [...stdout.matchAll(/^\{.*\}$/gm)].map(([line]): unknown => JSON.parse(line)),
  };
}

const seeded = { title: "How to sharpen a kitchen knife", tags: ["kitchen", "knives", "care"] };
const tags = [...seeded.tags, "stones"];
const title = expect.stringMatching(/^How to sharpen any knife, as of [\d:]{8}$/);

/** Steps 2 to 9: gives the resolved article, and what the later steps have printed. */
function expectConflicts(contents: readonly unknown[], version: number): readonly [unknown, readonly unknown[]] {
  const [alices, merged, refused, bobs, parked, conflict, resolution, article, history, ...others] = contents;
  expect(alices).toMatchObject({ version: version + 1, title, tags: seeded.tags });
  expect(merged).toMatchObject({ version: version + 2, title, tags });
  expect(refused).toMatchObject({
    type: "urn:problem-type:unclash:version-conflict",
    current: { version: version + 2, representation: merged },
    conflictingFields: ["/title"],
    changes: [
      { op: "replace", path: "/title", value: title },
      { op: "add", path: "/tags/3", value: "stones" },
    ],
  });
  const bobsTitle = expect.stringMatching(/^How to sharpen any knife, as of [\d:]{8}, on a stone$/);
  expect(bobs).toMatchObject({ version: version + 3, title: bobsTitle, tags });
  expect(parked).toMatchObject({ conflictingFields: ["/title"], current: { representation: bobs } });
  expect(conflict).toMatchObject({
    resource: "articles/1",
    state: "open",
    strategy: "manual",
    base: { version, representation: seeded },
    current: { version: version + 3, representation: bobs },
    proposed: { version, representation: { ...seeded, title: "Sharp knives, safe fingers" } },
    conflictingFields: ["/title"],
  });
  expect(resolution).toMatchObject({ status: "resolved", resource: "articles/1", version: version + 4 });
  expect(article).toEqual({ ...Object(bobs), version: version + 4, title: "Sharp knives, on a stone" });
  expect(history).toMatchObject({
    items: Array.from({ length: version + 4 }, (_, n) => ({ version: version + 4 - n })),
  });
  return [article, others];
}

/** The steps from 10 on. */
function expectPastAndVersions(contents: readonly unknown[], article: unknown, version: number): void {
  const [inV1, dans, erins, rolledBack, yesterdays, told] = contents;
  const { body, ...others } = Object(article);
  expect(inV1).toEqual({ ...others, content: body });
  const written = expect.stringMatching(/^Ask us on a Tuesday, as of [\d:]{8}\.$/);
  expect(dans).toEqual({ ...others, version: version + 5, body: written });
  expect(erins).toMatchObject({
    current: { version: version + 5, representation: { content: written } },
    conflictingFields: ["/content"],
    changes: [{ op: "replace", path: "/content", value: written }],
  });
  expect(rolledBack).toMatchObject({ ...seeded, body, version: version + 6 });
  expect(yesterdays).toMatchObject({ ...seeded, body, version: 1 });
  const events: unknown = Reflect.get(Object(told), "items");
  const ofConflict = (type: string, data: object) =>
    expect.objectContaining({
      type: `unclash.conflict.${type}`,
      subject: "articles/1",
      data: expect.objectContaining(data),
    });
  expect(events).toContainEqual(ofConflict("resolved", { version: version + 1, strategy: "merge" }));
  expect(events).toContainEqual(ofConflict("detected", { strategy: "manual", origin: "parked" }));
  expect(events).toContainEqual(ofConflict("resolved", { resolution: "custom", resolvedBy: "editor" }));
}

/** Needs processes: it runs what `pnpm build` made, bash and curl. */
describe("the tour", () => {
  it("shows a merge, conflicts, two API versions, a rollback and yesterday; the second time as well", async () => {
    const store = `sqlite:${join(temporaryFolder(), "shop.db")}`;
    const { origin } = await startSample("express", { UNCLASH_STORE: store, UNCLASH_TOKENS: "editor=e1:admin" });
    for (const version of [1, 7]) {
      const { statuses, contents } = await take(origin);
      expect(statuses).toEqual([200, 200, 409, 200, 409, 200, 200, 200, 409, 200, 200]);
      const [resolved, afterResolution] = expectConflicts(contents, version);
      expectPastAndVersions(afterResolution, resolved, version);
    }
  });

  it("is told as it happens, over a stream and to a receiver of webhooks", async () => {
    const { origin } = await startSample("express", {
      UNCLASH_TOKENS: "editor=e1:admin",
      UNCLASH_PRIVATE_CALLBACKS: "yes",
    });
    const [stream = "", receiver = "", subscribe = ""] = live
      .replaceAll("http://127.0.0.1:3000", origin)
      .replaceAll("TOKEN", "e1")
      .replaceAll("whsec_TOUR", `whsec_${"c2VjcmV0".repeat(5)}`)
      .replaceAll("4000", String(await freePort()))
      .split(/\n\n(?=#)/);
    const [streamed, received] = [printedBy(stream), printedBy(receiver)];
    await expect.poll(received).toMatch(/^listening/m);
    const { stdout } = await promisify(execFile)("bash", ["-c", subscribe]);
    expect(stdout).toMatch(/^HTTP\/1\.1 201/);
    await expect.poll(streamed).toMatch(/^retry:/m);
    await take(origin);
    await expect.poll(streamed).toMatch(/"resolution":"custom"/);
    expect(streamed()).toMatch(/^event: unclash\.conflict\.detected$/m);
    await expect.poll(received).toMatch(/^unclash\.conflict\.resolved articles\/1 version 4$/m);
    expect(received()).toMatch(/^unclash\.resource\.changed articles\/1 version 2$/m);
  });

  it("names the address that a shop has unless told otherwise, and the editor's token, once", () => {
    for (const place of ["http://127.0.0.1:3000", "TOKEN"]) expect(tour.split(place)).toHaveLength(2);
  });
});
