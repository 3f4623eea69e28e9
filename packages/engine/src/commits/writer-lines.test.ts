import { createMemoryStore } from "@unclash/memory";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Patience, type Waited, WriterLines, writerLinesOf } from "./writer-lines.js";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const patience = (changes: Partial<Patience> = {}): Patience => ({
  endsAt: performance.now() + 5_000,
  waitingMax: 1_000,
  ...changes,
});

function turnOf(waited: Waited | Promise<Waited>): () => void {
  if ("then" in waited || waited.kind !== "turn") throw new Error("It is not its turn yet.");
  return waited.end;
}

/** Joins the line, and notes when the wait ends, and how. */
function join(lines: WriterLines, ended: string[], name: string, changes: Partial<Patience> = {}): void {
  Promise.resolve(lines.join("notes/1", patience(changes))).then(({ kind }) => ended.push(`${name} ${kind}`));
}

test("who comes first has the turn at once, and others get it one by one, in their order", async () => {
  const lines = new WriterLines();
  expect(lines.isOpen("notes/1")).toBe(false);
  let end = turnOf(lines.join("notes/1", patience()));
  const order: number[] = [];
  const others = [1, 2, 3].map(async (n) => {
    const waited = await lines.join("notes/1", patience());
    order.push(n);
    return turnOf(waited);
  });
  for (const other of others) {
    await vi.advanceTimersByTimeAsync(10);
    expect(order).toHaveLength(others.indexOf(other));
    end();
    end();
    end = await other;
  }
  expect(order).toEqual([1, 2, 3]);
  expect(lines.isOpen("notes/1")).toBe(true);
  end();
  expect(lines.isOpen("notes/1")).toBe(false);
  expect(vi.getTimerCount()).toBe(0);
});

test("writers of another resource do not wait", () => {
  const lines = new WriterLines();
  turnOf(lines.join("notes/1", patience()));
  turnOf(lines.join("notes/2", patience()));
});

test("a writer leaves the line when its time is up, and one whose client is gone at once", async () => {
  const lines = new WriterLines();
  const end = turnOf(lines.join("notes/1", patience()));
  const ended: string[] = [];
  const client = new AbortController();
  join(lines, ended, "first", { endsAt: performance.now() + 20 });
  join(lines, ended, "second", { signal: client.signal });
  join(lines, ended, "third");
  await vi.advanceTimersByTimeAsync(19);
  expect(ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  client.abort();
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toEqual(["first late", "second gone"]);
  end();
  await vi.advanceTimersByTimeAsync(0);
  expect(ended.at(-1)).toBe("third turn");
  join(lines, ended, "fourth", { signal: client.signal });
  await vi.advanceTimersByTimeAsync(0);
  expect(ended.at(-1)).toBe("fourth gone");
});

test("no more wait than may, and those who do keep their places", async () => {
  const lines = new WriterLines();
  const end = turnOf(lines.join("notes/1", patience()));
  const ended: string[] = [];
  for (const name of ["first", "second", "third"]) join(lines, ended, name, { waitingMax: 2 });
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toEqual(["third full"]);
  end();
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toEqual(["third full", "first turn"]);
});

test("a turn that takes too long keeps nobody waiting, and ends nobody else's turn later", async () => {
  const lines = new WriterLines();
  const endLate = turnOf(lines.join("notes/1", patience()));
  const ended: string[] = [];
  for (const name of ["first", "second"]) join(lines, ended, name);
  await vi.advanceTimersByTimeAsync(999);
  expect(ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ended).toEqual(["first turn"]);
  endLate();
  await vi.advanceTimersByTimeAsync(0);
  expect(ended).toEqual(["first turn"]);
});

test("the engines of one store have their lines in common", () => {
  const store = createMemoryStore();
  expect(writerLinesOf(store)).toBe(writerLinesOf(store));
  expect(writerLinesOf(store)).not.toBe(writerLinesOf(createMemoryStore()));
});
