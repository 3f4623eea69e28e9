import { expect, test, vi } from "vitest";
import { stopProcessTime } from "./process-time.test-support.js";
import { type ContendedWrite, type Lost, tryInLine } from "./try-in-line.js";
import { type Waited, WriterLines } from "./writer-lines.js";

const writeIn = (lines: WriterLines, changes: Partial<ContendedWrite> = {}): ContendedWrite => ({
  lines,
  key: "notes/1",
  endsAt: performance.now() + 60_000,
  waitingMax: 1_000,
  ...changes,
});

/** So many writers whose first try has lost, over a state that only one at a time can change. */
function contend(lines: WriterLines, writers: number, changes: Partial<ContendedWrite> = {}) {
  let version = 0;
  let tries = 0;
  const tryOnce = async (): Promise<{ readonly version: number } | Lost> => {
    tries += 1;
    const read = version;
    await new Promise((resolve) => setImmediate(resolve));
    if (version !== read) return "line-up";
    version += 1;
    return { version };
  };
  const all = Array.from({ length: writers }, () => tryInLine(writeIn(lines, changes), "line-up", tryOnce));
  return Promise.all(all).then((outcomes) => ({ outcomes, version, tries }));
}

/** All are applied, each once, and none has had to try twice. */
function faultsOf({ outcomes, version, tries }: Awaited<ReturnType<typeof contend>>): readonly string[] {
  const versions = outcomes.map((outcome) => (typeof outcome === "string" ? outcome : outcome.version));
  const faults = versions.filter((one, at) => typeof one === "string" || versions.indexOf(one) !== at).map(String);
  if (version !== outcomes.length) faults.push(`${version} of ${outcomes.length} are applied`);
  if (tries !== outcomes.length) faults.push(`${tries} tries`);
  return faults;
}

test("of writers that have lost, each is applied at its next try", async () => {
  const lines = new WriterLines();
  expect(faultsOf(await contend(lines, 200))).toEqual([]);
  expect(lines.isOpen("notes/1")).toBe(false);
});

/** A line in which `change` has its way with each turn. */
function twisted(change: (waited: Waited) => Waited): WriterLines {
  const lines = new WriterLines();
  const join = lines.join.bind(lines);
  lines.join = async (...given) => change(await join(...given));
  return lines;
}

test("it is found out where a line does not go on when a turn ends", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const lines = twisted((waited) => ({ ...waited, end: () => {} }));
  let isOver = false;
  const ended = contend(lines, 20, { endsAt: performance.now() + 5_000 }).finally(() => {
    isOver = true;
  });
  while (!isOver) {
    await vi.advanceTimersByTimeAsync(100);
    await new Promise((resolve) => setImmediate(resolve));
  }
  vi.useRealTimers();
  expect(faultsOf(await ended)).toContain("late");
});

test("it is found out where a line lets several in at once", async () => {
  const lines = new WriterLines();
  let joined = 0;
  const join = lines.join.bind(lines);
  lines.join = (...given) => (joined++ % 2 === 0 ? join(...given) : { kind: "turn", end: () => {} });
  expect(faultsOf(await contend(lines, 20)).join()).toMatch(/^\d+ tries$/);
});

test("a write that is to be refused next tries at once, and waits for nobody", async () => {
  const lines = new WriterLines();
  lines.join("notes/1", writeIn(lines));
  expect(await tryInLine(writeIn(lines), "retry", async () => ({ status: 409 }))).toEqual({ status: 409 });
});

test("one that is applied after all waits for its turn once it has lost again", async () => {
  const lines = new WriterLines();
  const before = lines.join("notes/1", writeIn(lines));
  let tries = 0;
  const ended = tryInLine(writeIn(lines), "retry", async () => (tries++ === 0 ? "line-up" : { status: 200 }));
  await new Promise((resolve) => setImmediate(resolve));
  expect(tries).toBe(1);
  if ("end" in before) before.end();
  expect(await ended).toEqual({ status: 200 });
});

test("a write that keeps losing in its turn is given up when its time is up, and its turn ends", async () => {
  const pass = stopProcessTime();
  const lines = new WriterLines();
  let tries = 0;
  const ended = await tryInLine(writeIn(lines, { endsAt: 25 }), "line-up", async () => {
    tries += 1;
    pass(10);
    return "line-up";
  });
  expect([ended, tries, lines.isOpen("notes/1")]).toEqual(["late", 3, false]);
});

test("a write whose client goes between two tries is given up, and so is its turn", async () => {
  const lines = new WriterLines();
  const client = new AbortController();
  const ended = await tryInLine(writeIn(lines, { signal: client.signal }), "line-up", async () => {
    client.abort();
    return "line-up";
  });
  expect([ended, lines.isOpen("notes/1")]).toEqual(["gone", false]);
});

test("a try that throws ends its turn", async () => {
  const lines = new WriterLines();
  const failing = tryInLine(writeIn(lines), "line-up", () => Promise.reject(new Error("down")));
  await expect(failing).rejects.toThrow("down");
  expect(lines.isOpen("notes/1")).toBe(false);
});
