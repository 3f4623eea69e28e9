import { createMemoryStore } from "@unclash/memory";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { ask } from "../ask.test-support.js";
import type { GuardOptions } from "../guards/guard-options.js";
import type { VersionedRow } from "../states/loaded-state.js";
import type { Unclash } from "../unclash.js";

// The timer of the module that other tests have may run already, for what they have left pending.
vi.resetModules();
const { createUnclash } = await import("../unclash.js");
const { createGuard } = await import("../pipeline/guard.js");
const { watchPending } = await import("./pending-callbacks.js");

const texts: string[] = [];
/** Each test begins later than the one before has ended: a callback is warned of once a minute. */
let beginsAtMs = 0;

beforeEach(() => {
  texts.length = 0;
  vi.useFakeTimers({ toFake: ["setTimeout", "performance"] });
  beginsAtMs += 600_000;
  vi.advanceTimersByTime(beginsAtMs);
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

const put = { method: "PUT", base: "", path: "/articles/1", query: "", address: "::1", native: {} };

/** A PUT at a guard of rows in version 3, with this entity-tag. */
function enter(options: Partial<GuardOptions<object, VersionedRow>>, ifMatch = '"3"', headers: object = {}) {
  const guard = createGuard<object, VersionedRow>({ load: () => ({ version: 3 }), ...options });
  const body = { kind: "parsed", value: {} } as const;
  return guard.enter({ ...put, headers: { "if-match": ifMatch, ...headers }, body });
}

/** Gives a row first, and then nothing any more. */
function once(): () => VersionedRow | Promise<never> {
  let calls = 0;
  return () => (calls++ === 0 ? { version: 3 } : never());
}

const represent = () => ({});

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
    "collections.notes.conflicts.strategy",
    async () => {
      const unclash = engine({}, { conflicts: { strategy: never } });
      await ask(unclash, "PUT /notes/1", { json: {} });
      await ask(unclash, "PUT /notes/1", { json: { a: 1 } });
      await ask(unclash, "PUT /notes/1", { json: { version: 1 } });
    },
    "a stale PUT of notes/1",
  ],
  ["load", () => enter({ load: never }), "PUT /articles/1"],
  [
    "load",
    async () => {
      const entered = await enter({ load: once() });
      if (entered.kind === "pass") await entered.context.outcome.expectAffected(0);
    },
    "PUT /articles/1",
  ],
  [
    "load",
    async () => {
      const idempotency = { store: createMemoryStore(), anonymous: "address" } as const;
      const keyed = { "idempotency-key": "0123456789abcdef" };
      await enter({ idempotency, represent }, '"2"', keyed);
      await enter({ idempotency, represent, load: never }, '"2"', keyed);
    },
    "PUT /articles/1",
  ],
  [
    "past",
    () => enter({ represent, conflicts: { strategy: "last-write-wins" }, past: never }, '"2"'),
    "PUT /articles/1",
  ],
  [
    "conflicts.strategy",
    () => enter({ represent, past: () => Object({ version: 2 }), conflicts: { strategy: never } }, '"2"'),
    "a stale PUT of articles/1",
  ],
  [
    "idempotency.fingerprint",
    () =>
      enter({ idempotency: { store: createMemoryStore(), anonymous: "address", fingerprint: never } }, '"3"', {
        "idempotency-key": "0123456789abcdef",
      }),
    "PUT /articles/1",
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
