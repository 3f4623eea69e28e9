import { createMemoryStore } from "@unclash/memory";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { ask } from "../ask.test-support.js";
import type { Decision } from "../decision.js";
import type { UnclashOptions } from "../options.js";
import { createUnclash, type Unclash } from "../unclash.js";
import type { NotificationLimits } from "./options.js";
import { openStream } from "./stream.test-support.js";

const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;

function engine(limits: Partial<NotificationLimits> = {}, options: Partial<UnclashOptions> = {}) {
  const decided: Decision[] = [];
  const unclash = createUnclash({
    store: createMemoryStore(),
    collections: { notes },
    notifications: { limits },
    observe: (decision) => decided.push(decision),
    ...options,
  });
  const endings = () => decided.flatMap((decision) => (decision.kind === "stream" ? decision : []));
  return { unclash, endings };
}

const put = (unclash: Unclash, id: string, n = 0) => ask(unclash, `PUT /notes/${id}`, { json: { n } });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

test("a stream that has nothing to tell says where it is, also past events that it does not tell of", async () => {
  const { unclash } = engine({ heartbeatMs: 1_000 });
  const stream = await openStream(unclash, "?resource=notes/other");
  const [head] = (await stream.next()) ?? [];
  const first = stream.next();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await first).toEqual([{ id: head?.id }]);
  const second = stream.next();
  await put(unclash, "1");
  await vi.advanceTimersByTimeAsync(999);
  await put(unclash, "2");
  await vi.advanceTimersByTimeAsync(1);
  const [beat] = (await second) ?? [];
  expect((beat?.id ?? "") > (head?.id ?? "")).toBe(true);
  const resumed = await openStream(unclash, "", { "last-event-id": beat?.id ?? "" });
  await put(unclash, "3");
  await vi.advanceTimersByTimeAsync(10);
  expect(await resumed.events(1)).toMatchObject([{ data: { subject: "notes/3" } }]);
});

test("what has come since the last text is one text, of a bounded length", async () => {
  const { unclash } = engine();
  const stream = await openStream(unclash);
  await stream.next();
  for (let n = 0; n < 300; n += 1) await put(unclash, String(n));
  await vi.advanceTimersByTimeAsync(10);
  const counts: number[] = [];
  for (let told = 0; told < 300; told += counts.at(-1) ?? 0) counts.push((await stream.next())?.length ?? 0);
  expect(counts.length).toBeLessThan(5);
  expect(counts.reduce((sum, count) => sum + count)).toBe(300);
  expect(Math.max(...counts)).toBeLessThan(250);
});

test("a client that takes nothing is broken off, one that does is not", async () => {
  const { unclash, endings } = engine({ stalledStreamMs: 1_000, heartbeatMs: 60_000 });
  const [stalled, reading] = [await openStream(unclash), await openStream(unclash)];
  for (const stream of [stalled, reading]) await stream.next();
  const waiting = reading.next();
  await vi.advanceTimersByTimeAsync(999);
  expect(stalled.isBroken).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect([stalled.isBroken, reading.isBroken]).toEqual([true, false]);
  expect(endings()).toMatchObject([{ ending: "stalled", events: 0 }]);
  expect(await stalled.next()).toBeUndefined();
  await put(unclash, "1");
  await vi.advanceTimersByTimeAsync(10);
  expect(await waiting).toMatchObject([{ event: "unclash.resource.changed" }]);
});

test("a live client that events overtake is broken off, and finds them as it resumes", async () => {
  const { unclash, endings } = engine({ stalledStreamMs: 100_000 });
  const slow = await openStream(unclash);
  await slow.next();
  await put(unclash, "first");
  await vi.advanceTimersByTimeAsync(10);
  const [first] = (await slow.next()) ?? [];
  const live = slow.next();
  await put(unclash, "second");
  await vi.advanceTimersByTimeAsync(10);
  const [second] = (await live) ?? [];
  for (let n = 0; n < 4_100; n += 1) await put(unclash, String(n));
  await vi.advanceTimersByTimeAsync(10);
  expect(await slow.next()).toBeUndefined();
  expect(slow.isBroken).toBe(true);
  expect(endings()).toMatchObject([{ ending: "overtaken", events: 2 }]);
  const resumed = await openStream(unclash, `?after=${first?.id}`);
  const found = await resumed.events(4_101);
  expect(found[0]?.id).toBe(second?.id);
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
  expect(resumed.isBroken).toBe(false);
});

test("a stream ends at its age, and is resumed", async () => {
  const { unclash, endings } = engine({ streamMsMax: 10_000, heartbeatMs: 1_000 });
  const stream = await openStream(unclash);
  let last = "";
  let texts = 0;
  for (let next = stream.next(); ; next = stream.next(), texts += 1) {
    await vi.advanceTimersByTimeAsync(1_000);
    const blocks = await next;
    if (blocks === undefined) break;
    last = blocks.at(-1)?.id ?? last;
  }
  expect(texts).toBeGreaterThanOrEqual(8);
  expect(texts).toBeLessThanOrEqual(11);
  stream.plan.onEnd?.("sent");
  expect(endings()).toMatchObject([{ ending: "expired" }]);
  expect((await openStream(unclash, "", { "last-event-id": last })).plan.outcome).toBe("ok");
});

test("observers are told how streams end", async () => {
  const { unclash, endings } = engine({}, { identify: () => ({ name: "alice" }) });
  const [left, drained] = [await openStream(unclash), await openStream(unclash)];
  for (const stream of [left, drained]) await stream.next();
  await put(unclash, "1");
  await vi.advanceTimersByTimeAsync(10);
  await left.next();
  left.leave();
  const over = drained.next();
  const draining = unclash.drain();
  await over;
  drained.plan.onEnd?.("sent");
  await vi.advanceTimersByTimeAsync(1_000);
  await draining;
  const stream = { kind: "stream", apiVersion: undefined, actor: "alice", durationMs: expect.any(Number) };
  expect(endings()).toEqual([
    { ...stream, ending: "disconnected", events: 1 },
    { ...stream, ending: "drained", events: expect.any(Number) },
  ]);
});
