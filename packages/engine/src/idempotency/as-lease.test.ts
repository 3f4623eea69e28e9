import { StoreError } from "@unclash/core";
import { type CommitResult, durationMsMax, type Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { claimKey, type KeyHolding, type KeyPlace, type KeyRun, keepAnswer, type RunEnd } from "./as-lease.js";
import { resolveIdempotency } from "./guard-keeping.js";
import { type KeptAnswer, readRecord } from "./record.js";
import { evaluateKey } from "./replay.js";

const key = "_idempotency/k";
const leaseMs = 15_000;
const runMsMax = 120_000;
const keepMs = 1_000_000;
const kept = (body: string): KeptAnswer => ({ status: 200, headers: {}, body });
const answer = (body: string): RunEnd => ({ kind: "answer", answer: kept(body) });
const harmless: RunEnd = { kind: "harmless" };

let now = 0;
let base: Store;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearTimeout", "clearInterval"] });
  now = 1_800_000_000_000;
  base = createMemoryStore({ clock: () => now });
});

afterEach(() => {
  vi.useRealTimers();
});

/** Time goes by, for the timers of this process and for the store. */
async function wait(ms: number): Promise<void> {
  const stepMs = 1_000;
  for (let gone = 0; gone < ms; gone += stepMs) {
    now += stepMs;
    await vi.advanceTimersByTimeAsync(stepMs);
  }
}

/** The process sleeps: the store's time goes on, and no timer goes off. */
function sleep(ms: number): void {
  now += ms;
}

function keeping(store: Store = base): KeyHolding {
  const idempotency = resolveIdempotency({ store, keepMs, leaseMs, runMsMax, answerBytesMax: 100 }, true);
  return { idempotency, limits: { lookUpMs: 50 }, who: { caller: "c", isAnonymous: false } };
}

const place = (more: Partial<KeyPlace> = {}): KeyPlace => ({
  key,
  fingerprint: "f",
  expect: "absent",
  at: now,
  ...more,
});

async function claim(store?: Store, more?: Partial<KeyPlace>): Promise<KeyRun> {
  const run = await claimKey(keeping(store), place(more));
  if (run === undefined) throw new Error("Someone else has the key.");
  return run;
}

/** What is known of the key: the body of its answer, that it runs, or that it ran; nothing where it is free. */
async function known(): Promise<string | undefined> {
  const [found] = (await base.read([key])).records;
  if (found === undefined) return undefined;
  const verdict = evaluateKey(found, now, "f");
  if (readRecord(found.text).state === "unanswered") return "unanswered";
  if (verdict.kind === "answered") return String(verdict.answer.body);
  return found.lapsed ? `lapsed, ${verdict.kind}` : verdict.kind;
}

async function takenOver(): Promise<KeyRun> {
  const verdict = evaluateKey((await base.read([key])).records[0], now, "f");
  if (verdict.kind !== "abandoned") throw new Error("There is nothing to take over.");
  return claim(base, { expect: verdict.expect, at: now });
}

test("a key is claimed once", async () => {
  const run = await claim();
  expect(await claimKey(keeping(), place())).toBeUndefined();
  expect(await known()).toBe("running");
  run.abandon();
});

test("while a handler runs, its claim is renewed, and its lease ends soon after it is abandoned", async () => {
  const run = await claim();
  for (let leases = 0; leases < 5; leases++) {
    await wait(leaseMs);
    expect(await known()).toBe("running");
  }
  run.abandon();
  await wait(leaseMs + 1_000);
  expect(await known()).toBe("abandoned");
});

test("a handler that runs for longer than it may loses its key, and still leaves its answer if it comes", async () => {
  const run = await claim();
  await wait(runMsMax + leaseMs + 1_000);
  expect(await known()).toBe("abandoned");
  await run.settle(answer("late"));
  expect(await known()).toBe("late");
});

test("a claim whose lease has ended is known, and not lapsed, for as long as an answer would have been", async () => {
  const run = await claim();
  run.abandon();
  sleep(leaseMs);
  expect(await known()).toBe("abandoned");
  sleep(keepMs - 1);
  expect(await known()).toBe("abandoned");
  sleep(1);
  expect(await known()).toBe("lapsed, unused");
});

test("a claim may be kept for as long as anything may", async () => {
  const { idempotency, ...holding } = keeping();
  const run = await claimKey({ ...holding, idempotency: { ...idempotency, keepMs: durationMsMax } }, place());
  run?.abandon();
  expect(await known()).toBe("running");
  sleep(leaseMs);
  expect(await known()).toBe("abandoned");
});

test("an answer takes the claim's place, is kept for its time, and is not renewed", async () => {
  const run = await claim();
  await run.settle(answer("done"));
  expect(await known()).toBe("done");
  await wait(leaseMs * 3);
  const [found] = (await base.read([key])).records;
  expect(found?.lapsesAt).toBe(now - leaseMs * 3 + keepMs);
  sleep(keepMs);
  expect(await known()).toBe("lapsed, unused");
});

test("without an answer to keep, the key is free again", async () => {
  const run = await claim();
  await run.settle(harmless);
  expect(await known()).toBeUndefined();
  expect(await claimKey(keeping(), place({ at: now }))).toBeDefined();
});

test.each<[what: string, end: RunEnd, then: string | undefined]>([
  ["leaves its answer", answer("late"), "late"],
  ["gives its key back", harmless, undefined],
  ["says that it does not know", { kind: "unknown" }, "unanswered"],
])("a process that has slept past its lease, which nobody has taken over, %s", async (_what, given, then) => {
  const run = await claim();
  sleep(leaseMs * 4);
  expect(await known()).toBe("abandoned");
  await run.settle(given);
  expect(await known()).toBe(then);
});

test.each<[what: string, end: RunEnd]>([
  ["its answer", answer("late")],
  ["none", harmless],
])("what another process has taken over is its own: of the first, %s is left", async (_what, given) => {
  const first = await claim();
  sleep(leaseMs + 1);
  const second = await takenOver();
  await first.settle(given);
  expect(await known()).toBe("running");
  await second.settle(answer("second"));
  await first.settle(given);
  expect(await known()).toBe("second");
});

test("a process that has slept past its lease does not renew the claim of the one that took over", async () => {
  await claim();
  sleep(leaseMs + 1);
  const second = await takenOver();
  second.abandon();
  // The first still renews, as it believes.
  await wait(leaseMs + 1_000);
  expect(await known()).toBe("abandoned");
});

/** A store whose commits fail, or never end, while it is told so. */
function faulty(): { readonly store: Store; set(state: "working" | "failing" | "hanging"): void } {
  let state = "working";
  return {
    store: {
      ...base,
      async commit(commit): Promise<CommitResult> {
        if (state === "failing") throw new StoreError("down", "not-applied");
        return state === "hanging" ? new Promise<CommitResult>(() => {}) : base.commit(commit);
      },
    },
    set(next) {
      state = next;
    },
  };
}

test("a renewal that fails is made up for by the next one, before the lease ends", async () => {
  const { store, set } = faulty();
  const run = await claim(store);
  set("failing");
  await wait(leaseMs / 3);
  set("working");
  await wait(leaseMs);
  expect(await known()).toBe("running");
  run.abandon();
});

test("a claim that the store refuses is an error: nothing may run", async () => {
  const { store, set } = faulty();
  set("failing");
  await expect(claimKey(keeping(store), place())).rejects.toThrow(StoreError);
  expect(await known()).toBeUndefined();
});

test("where the answer can't be kept, the client does not wait: its lease ends, the process is warned", async () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const { store, set } = faulty();
  const run = await claim(store);
  set("failing");
  await run.settle(answer("lost"));
  expect(warned).toHaveBeenCalledWith(
    expect.stringContaining("could not be kept"),
    expect.objectContaining({ code: "UNCLASH_ANSWER_NOT_KEPT" }),
  );
  warned.mockRestore();
  expect(await known()).toBe("running");
  await wait(leaseMs + 1_000);
  expect(await known()).toBe("abandoned");
});

test("a store that does not answer is waited for two seconds, and no longer", async () => {
  const { store, set } = faulty();
  const run = await claim(store);
  set("hanging");
  let isSettled = false;
  const settling = run.settle(answer("lost")).then(() => {
    isSettled = true;
  });
  await wait(1_000);
  expect(isSettled).toBe(false);
  await wait(1_000);
  await settling;
  expect(isSettled).toBe(true);
});

test("a commit of which nobody heard is looked for: a claim that was applied is held", async () => {
  const { commit } = base;
  const cutOff: Store = {
    ...base,
    async commit(each) {
      await commit(each);
      throw new StoreError("cut off", "unknown");
    },
    history: async () => ({ now, records: (await base.read([key])).records.flatMap((found) => found ?? []) }),
  };
  const run = await claim(cutOff);
  expect(await known()).toBe("running");
  run.abandon();
});

test("a refusal is kept without a claim, unless another process was faster", async () => {
  expect(await keepAnswer(keeping(), place(), kept("refused"))).toBe(true);
  expect(await keepAnswer(keeping(), place(), kept("other"))).toBe(false);
  expect(await known()).toBe("refused");
});
