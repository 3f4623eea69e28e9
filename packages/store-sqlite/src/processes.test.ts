// These tests take real time and real processes, which run the built package: `pnpm build` comes first.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Store, StoredEvent } from "@unclash/core/store";
import { expect, test } from "vitest";
import { createSqliteStore } from "./store.js";
import { commitOf, connect, freshFile } from "./store.test-support.js";

function start(script: string, ...parameters: readonly string[]) {
  const path = fileURLToPath(new URL(`../test-processes/${script}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...parameters], { stdio: ["ignore", "pipe", "pipe"] });
  const output = { text: "", errors: "" };
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output.text += chunk;
  });
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
    output.errors += chunk;
  });
  return { child, output, closed: once(child, "close") };
}

async function finished(process: ReturnType<typeof start>): Promise<string> {
  await process.closed;
  expect(process.output.errors).toBe("");
  expect(process.child.exitCode).toBe(0);
  return process.output.text;
}

test("several processes may make a new file at once", async () => {
  const file = freshFile();
  const keys = ["a/1", "a/2", "a/3", "a/4"];
  const outputs = await Promise.all(keys.map((key) => finished(start("open.mjs", file, key))));
  expect(outputs).toEqual(["committed", "committed", "committed", "committed"]);
  const store = await createSqliteStore({ file });
  expect((await store.list({ prefix: "a/", limit: 10 })).records.map(({ key }) => key)).toEqual(keys);
  await store.close();
});

test("eight writers in two processes lose no update and meet no failure", async () => {
  const file = freshFile();
  const processes = [start("increment.mjs", file, "4", "100"), start("increment.mjs", file, "4", "100")];
  const clashes = (await Promise.all(processes.map(finished))).map((output) => JSON.parse(output).clashes);
  expect(Math.max(...clashes), "the processes got in each other's way").toBeGreaterThan(0);
  const store = await createSqliteStore({ file });
  const { records } = await store.read(["counter/0", "counter/1"]);
  expect(records.map((record) => [record?.text, record?.version])).toEqual([
    ["400", 400],
    ["400", 400],
  ]);
  await store.close();
}, 60_000);

test("followers in three processes get the same events of two writers, each once; watchers are woken", async () => {
  const file = freshFile();
  const store = await createSqliteStore({ file });
  const events = 2 * 2 * 4 * 50;
  const other = start("follow.mjs", file, `${events}`);
  const watching = start("follow.mjs", file);
  let wakes = 0;
  const stop = store.watch((keys) => {
    expect(keys, "what another process wrote is not known").toEqual([]);
    wakes++;
  });
  const own = eventsOf(store, events);
  await Promise.all(["a", "b"].map((name) => finished(start("tell.mjs", file, name, "4", "50"))));
  const found = await own;
  expect(JSON.parse(await finished(other))).toEqual(found.map(({ cursor }) => cursor));
  expect(await finished(watching), "who only watches does not keep its process alive").toBe("[]");
  expect(found.map(({ type }) => type)).toEqual(found.map((_, n) => (n % 2 === 0 ? "first" : "second")));
  for (const key of ["told/0", "told/1", "told/2"]) {
    const told = found.filter((event) => event.key === key && event.type === "first");
    expect(told.map(({ tag }) => tag)).toEqual((await tagsOf(store, key)).toReversed());
  }
  expect(wakes).toBeGreaterThan(0);
  stop();
  await store.close();
}, 60_000);

async function eventsOf(store: Store, count: number): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const event of store.follow("start", new AbortController().signal)) {
    if ("reset" in event) throw new Error(`a reset: ${event.reset}`);
    if (events.push(event) === count) break;
  }
  return events;
}

const lanes = 2;
// 500 in all where `SOAK` asks for the long form.
const killsPerLane = process.env["SOAK"] === undefined ? 12 : 250;
const writers = 3;
// A life ends in the middle of its work, somewhere behind so many commits.
const commitsMax = 40;

test("after many kills amid writes, all that was acknowledged is there and told once, nothing by half", async () => {
  const file = freshFile();
  const follower = await createSqliteStore({ file });
  const told: string[] = [];
  const following = followInto(follower, told);
  const acknowledged = await Promise.all(Array.from({ length: lanes }, (_, lane) => killAgainAndAgain(file, lane)));
  const store = await createSqliteStore({ file });

  const found = new Map<string, number>();
  for (let writer = 0; writer < writers; writer++) {
    const [left, right] = [await tagsOf(store, `left/${writer}`), await tagsOf(store, `right/${writer}`)];
    expect(right).toEqual(left);
    for (const tag of left) found.set(tag, (found.get(tag) ?? 0) + 1);
  }
  const tags = acknowledged.flat();
  expect(tags.length).toBeGreaterThanOrEqual(lanes * killsPerLane);
  expect(tags.filter((tag) => found.get(tag) !== 1)).toEqual([]);

  await store.commit(commitOf([], { tag: "end", events: [{ type: "end", key: "end" }] }));
  await following;
  const inOrder = (writer: number) => [`left/${writer}`, `right/${writer}`];
  for (const key of Array.from({ length: writers }, (_, writer) => inOrder(writer)).flat()) {
    const expected = (await tagsOf(store, key)).toReversed().map((tag) => `${key} ${tag}`);
    expect(told.filter((line) => line.startsWith(`${key} `))).toEqual(expected);
  }
  await Promise.all([store.close(), follower.close()]);
  expect(connect(file).prepare("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
}, 900_000);

// Follows while the writers live and die, until the event that ends it.
async function followInto(store: Store, told: string[]): Promise<void> {
  for await (const event of store.follow("start", new AbortController().signal)) {
    if ("reset" in event) throw new Error(`a reset: ${event.reset}`);
    if (event.type === "end") return;
    told.push(`${event.key} ${event.tag}`);
  }
}

async function killAgainAndAgain(file: string, lane: number): Promise<readonly string[]> {
  const acknowledged: string[] = [];
  for (let life = 0; life < killsPerLane; life++) {
    const { child, output, closed } = start("write-until-killed.mjs", file, `${lane}-${life}`, `${writers}`);
    const commits = 1 + Math.floor(Math.random() * commitsMax);
    const hasCommitted = (): boolean => output.text.split("\n").length > commits;
    while (!hasCommitted() && child.exitCode === null) await Promise.race([once(child.stdout, "data"), closed]);
    await setTimeout(Math.random() * 5);
    await kill(child, closed);
    expect(output.errors).toBe("");
    // The last line may be cut off; what it told was acknowledged all the same, but its tag is not known.
    const lines = output.text.split("\n").slice(0, -1);
    acknowledged.push(...lines);
    await assertNothingByHalf(file);
  }
  return acknowledged;
}

async function kill(child: ChildProcess, closed: Promise<unknown>): Promise<void> {
  expect(child.exitCode, "the writer runs until it is killed").toBe(null);
  child.kill("SIGKILL");
  await closed;
}

// Opens the file anew: where the other lane is dead as well, SQLite recovers the write-ahead log.
async function assertNothingByHalf(file: string): Promise<void> {
  const store = await createSqliteStore({ file });
  for (let writer = 0; writer < writers; writer++) {
    const { records } = await store.read([`left/${writer}`, `right/${writer}`]);
    const [left, right] = records.map((record) => [record?.tag, record?.version, record?.text]);
    expect(right).toEqual(left);
  }
  await store.close();
}

/** The tags of all states of a key, the newest first. Their versions lack none. */
async function tagsOf(store: Store, key: string): Promise<readonly string[]> {
  const tags: string[] = [];
  let before = Number.MAX_SAFE_INTEGER;
  while (before > 1) {
    const { records } = await store.history(key, { before, limit: 1_000, texts: false });
    for (const { tag, version } of records) {
      if (before !== Number.MAX_SAFE_INTEGER) expect(version).toBe(before - 1);
      tags.push(tag);
      before = version;
    }
    if (records.length === 0) break;
  }
  expect(before).toBe(1);
  return tags;
}
