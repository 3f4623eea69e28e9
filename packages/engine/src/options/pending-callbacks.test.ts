import { createMemoryStore } from "@unclash/memory";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { ask } from "../ask.test-support.js";
import type { Unclash } from "../unclash.js";

// The timer of the module that other tests have may run already, for what they have left pending.
vi.resetModules();
const { createUnclash } = await import("../unclash.js");
const { createGuard } = await import("../pipeline/guard.js");
const { watchPending } = await import("./pending-callbacks.js");

const texts: string[] = [];

beforeEach(() => {
  texts.length = 0;
  vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
  vi.spyOn(process, "emitWarning").mockImplementation((text, options) => {
    if (Object(options).code === "UNCLASH_CALLBACK_PENDING") texts.push(String(text));
  });
});

afterEach(() => {
  // What is pending is told, so that nothing is left for the next test.
  vi.advanceTimersByTime(120_000);
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const never = (): Promise<never> => new Promise(() => {});

function engine(options: object, collection: object = {}): Unclash {
  const notes = { schema: z.looseObject({}), preconditions: { required: false }, ...collection } as const;
  return createUnclash({ store: createMemoryStore(), collections: { notes }, ...options });
}

const hanging: readonly [callback: string, start: () => unknown, waiting: string][] = [
  ["identify", () => ask(engine({ identify: never }), "GET /notes/1"), "GET /notes/1"],
  ["authorize", () => ask(engine({ authorize: never }), "GET /notes/1"), 'the permission to read "notes/1"'],
  [
    "collections.notes.schema",
    () => {
      const schema = { "~standard": { version: 1, vendor: "test", validate: never } };
      return ask(engine({}, { schema }), "PUT /notes/1", { json: {} });
    },
    "a write of notes",
  ],
  [
    "load",
    () => {
      const request = { method: "GET", base: "", path: "/articles/1", query: "", headers: {}, address: "::1" };
      const guard = createGuard<undefined, { version: number }>({ load: never });
      return guard.enter({ ...request, body: { kind: "parsed", value: undefined }, native: undefined });
    },
    "GET /articles/1",
  ],
];

test.each(hanging)(
  "%s that never settles is told after half a minute, with what waits for it",
  async (callback, start, waiting) => {
    void start();
    await vi.advanceTimersByTimeAsync(29_000);
    expect(texts).toEqual([]);
    await vi.advanceTimersByTimeAsync(1_100);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain(`\`${callback}\` has not settled for 30 s, and ${waiting} waits for it`);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(texts).toHaveLength(1);
  },
);

test("what settles is not told, what began later is told in its time, and a callback once a minute", async () => {
  let settle = (_value: number): void => {};
  void watchPending("early", new Promise<number>((resolve) => (settle = resolve)), () => "A");
  await vi.advanceTimersByTimeAsync(20_000);
  settle(1);
  void watchPending("late", never(), () => "B");
  void watchPending("late", never(), () => "C");
  await vi.advanceTimersByTimeAsync(29_000);
  expect(texts).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_100);
  expect(texts).toHaveLength(1);
  expect(texts[0]).toContain("and B waits");
});

test("a promise that rejects is given on as it is, and leaves nothing unhandled", async () => {
  await expect(watchPending("rejects", Promise.reject(new Error("away")), () => "A")).rejects.toThrow("away");
});

test("a query that runs each time that it is awaited is run once", async () => {
  let runs = 0;
  const query: PromiseLike<number> = {
    // biome-ignore lint/suspicious/noThenProperty: so do the queries of Knex and Mongoose.
    then: (...handlers) => {
      runs += 1;
      return Promise.resolve(runs).then(...handlers);
    },
  };
  expect(await watchPending("load", query, () => "A")).toBe(1);
  expect(runs).toBe(1);
});
