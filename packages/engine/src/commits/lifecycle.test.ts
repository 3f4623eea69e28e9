import type { StreamPlan } from "@unclash/core";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Lifecycle, type LifecyclePart } from "./lifecycle.js";

let warnings: unknown[][] = [];

beforeEach(() => {
  vi.useFakeTimers();
  warnings = [];
  vi.spyOn(process, "emitWarning").mockImplementation((text, options) => {
    warnings.push([Reflect.get(Object(options), "code"), text]);
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** What can be told of a promise now. */
async function stateOf(promise: Promise<unknown>): Promise<unknown> {
  await vi.advanceTimersByTimeAsync(0);
  return Promise.race([promise, Promise.resolve("pending")]);
}

function part(name: string, drain: () => Promise<void> = async () => {}) {
  const calls: string[] = [];
  const made: LifecyclePart = {
    name,
    start: () => void calls.push("start"),
    drain: () => {
      calls.push("drain");
      return drain();
    },
  };
  return { made, calls };
}

describe("an engine's life", () => {
  test("goes one way: new, started, draining, closed; each step may be taken again, or left out", async () => {
    const whole = new Lifecycle(1_000);
    const { made, calls } = part("housekeeping");
    whole.add(made);
    const states = [whole.state];
    for (const step of [() => whole.start(), () => whole.start(), () => void whole.drain(), () => whole.close()]) {
      await step();
      states.push(whole.state);
    }
    expect(states).toEqual(["new", "started", "started", "draining", "closed"]);
    expect(whole.drain()).toBe(whole.drain());
    expect(whole.close()).toBe(whole.close());
    expect(calls).toEqual(["start", "drain"]);

    const closedAtOnce = new Lifecycle(1_000);
    await closedAtOnce.close();
    expect(closedAtOnce.state).toBe("closed");
  });

  test("does not begin again", async () => {
    const lifecycle = new Lifecycle(1_000);
    void lifecycle.drain();
    expect(() => lifecycle.start()).toThrow(/^start\(\) was called after drain\(\) or close\(\)/);
    await lifecycle.close();
    expect(() => lifecycle.start()).toThrow(expect.objectContaining({ code: "ERR_UNCLASH_USAGE", call: "start" }));
  });

  test("is long for a part that comes late", () => {
    const lifecycle = new Lifecycle(1_000);
    lifecycle.start();
    const { made, calls } = part("late");
    lifecycle.add(made);
    expect(calls).toEqual(["start"]);
  });

  test("lets requests in until it is closed, and waits for those that run", async () => {
    const lifecycle = new Lifecycle(1_000);
    expect([lifecycle.enter(0), lifecycle.enter(0)]).toEqual([true, true]);
    const closed = lifecycle.close();
    await vi.advanceTimersByTimeAsync(0);
    expect([lifecycle.state, lifecycle.enter(0)]).toEqual(["draining", true]);
    for (let left = 3; left > 0; left -= 1) {
      expect(await stateOf(closed)).toBe("pending");
      lifecycle.leave();
    }
    await closed;
    expect([lifecycle.state, lifecycle.enter(0), warnings]).toEqual(["closed", false, []]);
  });

  test("is over though a request never ends, with a warning", async () => {
    const lifecycle = new Lifecycle(1_000);
    lifecycle.enter(0);
    const closed = lifecycle.close();
    await vi.advanceTimersByTimeAsync(1_000);
    await closed;
    expect(lifecycle.state).toBe("closed");
    expect(warnings).toEqual([
      ["UNCLASH_DRAIN_TIMEOUT", "After 1000 ms (drainMsMax) of draining, requests were still running: 1."],
    ]);
  });

  test("that was never begun is warned of once, after a minute of requests", async () => {
    const [forgotten, started] = [new Lifecycle(1_000), new Lifecycle(1_000)];
    started.start();
    for (const lifecycle of [forgotten, started]) {
      for (const afterMs of [0, 59_000, 61_000, 120_000]) lifecycle.enter(performance.now() + afterMs);
    }
    expect(warnings).toEqual([["UNCLASH_NOT_STARTED", expect.stringMatching(/webhooks. Call unclash.start\(\)/)]]);
  });
});

describe("who waits", () => {
  function waiting(lifecycle: Lifecycle, disconnected?: AbortSignal) {
    const ended = vi.fn();
    let settle: (value: string) => void = () => {};
    const waited = lifecycle.wait<string>({ timeoutMs: 500, disconnected }, (given) => {
      settle = given;
      return ended;
    });
    return { waited, ended, settle: (value: string) => settle(value) };
  }

  test("waits until it is there, or the time is over", async () => {
    const lifecycle = new Lifecycle(1_000);
    const [settled, late] = [waiting(lifecycle), waiting(lifecycle)];
    expect(lifecycle.open.waiters).toBe(2);
    settled.settle("granted");
    settled.settle("once more");
    expect(await settled.waited).toEqual({ kind: "settled", value: "granted" });
    await vi.advanceTimersByTimeAsync(500);
    expect(await late.waited).toEqual({ kind: "timed-out" });
    expect([settled.ended.mock.calls.length, late.ended.mock.calls.length]).toEqual([1, 1]);
    expect([lifecycle.open.waiters, vi.getTimerCount()]).toEqual([0, 0]);
  });

  test("waits no longer than its client is there", async () => {
    const lifecycle = new Lifecycle(1_000);
    const client = new AbortController();
    const removed = vi.spyOn(client.signal, "removeEventListener");
    const { waited, ended } = waiting(lifecycle, client.signal);
    client.abort();
    expect(await waited).toEqual({ kind: "disconnected" });
    expect([ended.mock.calls.length, removed.mock.calls.length]).toEqual([1, 1]);
    expect(lifecycle.open.waiters).toBe(0);
    const gone = waiting(lifecycle, client.signal);
    expect([await gone.waited, gone.ended.mock.calls.length]).toEqual([{ kind: "disconnected" }, 0]);
  });

  test("waits no longer once the engine drains, and none begins to", async () => {
    const lifecycle = new Lifecycle(1_000);
    const waiters = Array.from({ length: 50 }, () => waiting(lifecycle));
    await lifecycle.drain();
    for (const { waited, ended } of waiters) {
      expect(await waited).toEqual({ kind: "draining" });
      expect(ended).toHaveBeenCalledTimes(1);
    }
    const late = waiting(lifecycle);
    expect([await late.waited, late.ended.mock.calls.length]).toEqual([{ kind: "draining" }, 0]);
    expect(lifecycle.open.waiters).toBe(0);
  });

  test("may have it at once, or fail to begin", async () => {
    const lifecycle = new Lifecycle(1_000);
    const ended = vi.fn();
    const waited = lifecycle.wait({ timeoutMs: 1 }, (settle) => {
      settle("already");
      return ended;
    });
    expect(await waited).toEqual({ kind: "settled", value: "already" });
    expect(ended).toHaveBeenCalledTimes(1);
    const failing = lifecycle.wait({ timeoutMs: 1 }, () => {
      throw new TypeError("broken");
    });
    await expect(failing).rejects.toThrow("broken");
    expect([lifecycle.open.waiters, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

describe("a stream", () => {
  /** A source that gives a text, and then waits for ever: it listens to nobody. */
  function source() {
    const returned = vi.fn(async () => ({ done: true, value: undefined }) as const);
    let given = 0;
    const next = (): Promise<IteratorResult<string>> => {
      given += 1;
      return given === 1 ? Promise.resolve({ done: false, value: "a" }) : new Promise(() => {});
    };
    const onEnd = vi.fn();
    const body = { [Symbol.asyncIterator]: () => ({ next, return: returned }) };
    const plan: StreamPlan = { status: 200, headers: {}, outcome: "ok", body, onEnd };
    return { plan, returned, onEnd };
  }

  test("ends with the engine, though its source waits for ever", async () => {
    const lifecycle = new Lifecycle(1_000);
    const { plan, returned } = source();
    const iterator = lifecycle.stream(plan).body[Symbol.asyncIterator]();
    expect(await iterator.next()).toEqual({ done: false, value: "a" });
    const pending = iterator.next();
    expect(await stateOf(pending)).toBe("pending");
    void lifecycle.drain();
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(returned).toHaveBeenCalledTimes(1);
  });

  test("that nobody has read yet, or that is opened too late, ends at once, and its source is not begun", async () => {
    const lifecycle = new Lifecycle(1_000);
    const [unread, late] = [source(), source()];
    const early = lifecycle.stream(unread.plan);
    void lifecycle.drain();
    for (const plan of [early, lifecycle.stream(late.plan)])
      expect(await plan.body[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
    expect([unread.returned, late.returned].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  });

  test("whose client does not read is broken off after the time for its last texts, and no other is", async () => {
    const lifecycle = new Lifecycle(1_000);
    const [unread, read, own] = [source(), source(), vi.fn()];
    const breakOff = vi.fn(() => streams[0]?.onEnd?.("aborted"));
    const unneeded = vi.fn();
    const streams = [lifecycle.stream({ ...unread.plan, onBegin: own }), lifecycle.stream(read.plan)];
    streams[0]?.onBegin?.(breakOff);
    streams[1]?.onBegin?.(unneeded);
    expect(own.mock.calls).toEqual([[breakOff]]);
    const drained = lifecycle.drain();
    streams[1]?.onEnd?.("sent");
    expect([await stateOf(drained), breakOff.mock.calls.length]).toEqual(["pending", 0]);
    await vi.advanceTimersByTimeAsync(250);
    await drained;
    expect([breakOff.mock.calls.length, unneeded.mock.calls.length, warnings]).toEqual([1, 0, []]);
  });

  test("that ends when it is told to keeps draining no longer", async () => {
    const lifecycle = new Lifecycle(1_000);
    const streamed = lifecycle.stream(source().plan);
    const drained = lifecycle.drain();
    streamed.onEnd?.("sent");
    expect([await drained, vi.getTimerCount()]).toEqual([undefined, 0]);
  });

  test("is known until its response has ended, and its own end is told", async () => {
    const lifecycle = new Lifecycle(1_000);
    const { plan, returned, onEnd } = source();
    const streamed = lifecycle.stream(plan);
    await streamed.body[Symbol.asyncIterator]().next();
    expect(lifecycle.open.streams).toBe(1);
    streamed.onEnd?.("aborted");
    expect(lifecycle.open.streams).toBe(0);
    expect([onEnd.mock.calls, returned.mock.calls.length]).toEqual([[["aborted"]], 1]);
  });

  test("hands on what its source throws", async () => {
    const lifecycle = new Lifecycle(1_000);
    const body = { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("broken")) }) };
    const streamed = lifecycle.stream({ status: 200, headers: {}, outcome: "ok", body });
    await expect(streamed.body[Symbol.asyncIterator]().next()).rejects.toThrow("broken");
  });
});

describe("a write in the background", () => {
  test("is waited for by drain, and one that comes while it waits too", async () => {
    const lifecycle = new Lifecycle(1_000);
    const finish: (() => void)[] = [];
    const write = () => new Promise<void>((resolve) => void finish.push(resolve));
    lifecycle.write("the record of a refusal", write);
    const drained = lifecycle.drain();
    lifecycle.write("another one", write);
    expect(lifecycle.open.writes).toBe(2);
    finish[0]?.();
    expect(await stateOf(drained)).toBe("pending");
    finish[1]?.();
    await drained;
    expect(lifecycle.open.writes).toBe(0);
    await lifecycle.close();
    expect(lifecycle.write("too late", write)).toBe(false);
    expect(warnings).toEqual([]);
  });

  test("that takes too long, as a part that does not end, is named in a warning", async () => {
    const lifecycle = new Lifecycle(1_000);
    lifecycle.add(part("housekeeping", () => new Promise(() => {})).made);
    lifecycle.write("the record of a refusal", () => new Promise(() => {}));
    const drained = lifecycle.drain();
    await vi.advanceTimersByTimeAsync(1_000);
    await drained;
    const names = "the record of a refusal, housekeeping";
    expect(warnings).toEqual([
      ["UNCLASH_DRAIN_TIMEOUT", `After 1000 ms (drainMsMax) of draining, this had not ended: ${names}.`],
    ]);
  });

  test("that fails is warned of, and so is a part", async () => {
    await vi.advanceTimersByTimeAsync(24 * 3_600_000); // It comes once a minute.
    const lifecycle = new Lifecycle(1_000);
    lifecycle.add(part("housekeeping", () => Promise.reject(new Error("broken"))).made);
    await lifecycle.close();
    const text = expect.stringMatching(/^A write in the background failed: housekeeping: Error: broken/);
    expect(warnings).toEqual([["UNCLASH_BACKGROUND_WRITE_FAILED", text]]);
  });
});
