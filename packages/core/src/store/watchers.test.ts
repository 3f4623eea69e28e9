import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Commit } from "./port.js";
import type { Key } from "./record.js";
import { Watchers } from "./watchers.js";

function writing(...keys: readonly Key[]): Commit {
  const writes = keys.map((key) => ({ key, expect: "any" as const, put: "{}" }));
  return { tag: "tag", at: 1, reads: [], writes, events: [], by: null, cause: "test" };
}

function watched() {
  const watchers = new Watchers(setImmediate);
  const wakes: (readonly Key[])[] = [];
  const stop = watchers.add((keys) => void wakes.push(keys));
  return { watchers, wakes, stop };
}

describe("watchers", () => {
  test("are woken once for all that one turn has written, not at once, and not for what wrote nothing", async () => {
    const { watchers, wakes } = watched();
    watchers.note(writing());
    await turn();
    expect(wakes).toEqual([]);
    for (const key of ["a/1", "a/2", "a/1"]) watchers.note(writing(key));
    expect(wakes).toEqual([]);
    await turn();
    watchers.note(writing("a/3"));
    await turn();
    expect(wakes).toEqual([["a/1", "a/2"], ["a/3"]]);
  });

  test("are told no keys where there are more than a thousand", async () => {
    const { watchers, wakes } = watched();
    for (let n = 0; n <= 1_000; n++) watchers.note(writing(`a/${n}`));
    await turn();
    expect(wakes).toEqual([[]]);
  });

  test("are told no keys where another connection wrote as well", async () => {
    const { watchers, wakes } = watched();
    watchers.note(writing("a/1"));
    watchers.noteAny();
    await turn();
    watchers.note(writing("a/2"));
    await turn();
    expect(wakes).toEqual([[], ["a/2"]]);
  });

  test("that throw are reported as uncaught exceptions, after the others were woken", async () => {
    const uncaught: unknown[] = [];
    process.setUncaughtExceptionCaptureCallback((error) => void uncaught.push(error));
    onTestFinished(() => process.setUncaughtExceptionCaptureCallback(null));
    const watchers = new Watchers(setImmediate);
    const planned = new Error("planned");
    watchers.add(() => {
      throw planned;
    });
    let calls = 0;
    watchers.add(() => void calls++);
    watchers.note(writing("a/1"));
    await turn();
    await turn();
    expect([uncaught, calls]).toEqual([[planned], 1]);
  });
});
