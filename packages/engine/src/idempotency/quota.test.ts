import { createMemoryStore } from "@unclash/memory";
import { describe, expect, test, vi } from "vitest";
import { ask } from "../ask.test-support.js";
import type { UnclashOptions } from "../options.js";
import { setUp } from "./keyed.test-support.js";
import { type CountedCaller, createQuota } from "./quota.js";

const now = 1_800_000_000_000;
const limits = { keepMs: 1_000_000, callerBytesMax: 10_240, anonymousBytesMax: 20_480 };
const alice: CountedCaller = { caller: "alice", isAnonymous: false };

describe("what is kept for a caller", () => {
  test("is bounded, and each record counts for 1,024 bytes at least", () => {
    const quota = createQuota();
    for (let n = 0; n < 10; n += 1) {
      expect(quota.retryAfterSeconds(alice, limits, now)).toBeUndefined();
      quota.add(alice, limits, now, 1);
    }
    expect(quota.retryAfterSeconds(alice, limits, now)).toBe(1_000);
    expect(quota.retryAfterSeconds({ ...alice, caller: "bob" }, limits, now)).toBeUndefined();
  });

  test("may be added to again after the seconds that were told, and not before", () => {
    const quota = createQuota();
    quota.add(alice, limits, now, 15_360);
    const seconds = quota.retryAfterSeconds(alice, limits, now) ?? 0;
    expect(seconds).toBeGreaterThan(1_000);
    expect(quota.retryAfterSeconds(alice, limits, now + (seconds - 2) * 1_000)).toBeDefined();
    expect(quota.retryAfterSeconds(alice, limits, now + seconds * 1_000 + 1)).toBeUndefined();
    quota.add(alice, limits, now + limits.keepMs * 1.5, 5_120);
    expect(quota.retryAfterSeconds(alice, limits, now + limits.keepMs * 1.5)).toBeDefined();
    expect(quota.retryAfterSeconds(alice, limits, now + limits.keepMs * 4)).toBeUndefined();
  });

  test("is not forgiven by a clock that steps back", () => {
    const quota = createQuota();
    quota.add(alice, limits, now, 10_240);
    expect(quota.retryAfterSeconds(alice, limits, now - 5_000)).toBeGreaterThan(0);
  });
});

function serve(idempotency: UnclashOptions["idempotency"]) {
  const store = createMemoryStore();
  const identify: UnclashOptions["identify"] = ({ headers }) =>
    typeof headers["x-user"] === "string" ? { name: headers["x-user"] } : undefined;
  const unclash = setUp(store, { identify, ...(idempotency && { idempotency }) });
  const send = (n: number, from: { readonly user?: string; readonly address?: string } = {}) => {
    const headers = { "idempotency-key": `key-of-request-${n}`, ...(from.user && { "x-user": from.user }) };
    const request = { headers, json: { n }, ...(from.address && { address: from.address }) };
    return ask(unclash, "POST /notes", request);
  };
  const kept = async (): Promise<number> =>
    (await store.list({ prefix: "_idempotency/", limit: 1_000, texts: false })).records.length;
  return { send, kept };
}

test("a caller past its quota gets 429 for a new key; repeats are answered, and others do not wait", async () => {
  const { send, kept } = serve({ callerBytesMax: 3 * 1_024 });
  for (let n = 0; n < 3; n += 1) expect((await send(n, { user: "alice" })).status).toBe(201);
  const refused = await send(3, { user: "alice" });
  expect(refused).toMatchObject({ status: 429, outcome: "quota-exceeded" });
  expect(JSON.parse(refused.body ?? "")).toMatchObject({ "violated-policies": ["idempotency-keys"] });
  expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
  expect((await send(0, { user: "alice" })).outcome).toBe("replayed");
  expect((await send(3, { user: "bob" })).status).toBe(201);
  expect(await kept()).toBe(4);
});

test("row 74: one body and key from many addresses: what is kept is capped, and the process is warned", async () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  const { send, kept } = serve({ anonymousBytesMax: 50 * 1_024 });
  const statuses: number[] = [];
  for (let n = 0; n < 200; n += 1) statuses.push((await send(1, { address: `192.0.2.${n}` })).status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(50);
  expect(statuses.filter((status) => status === 429)).toHaveLength(150);
  expect(await kept()).toBe(50);
  expect(warned).toHaveBeenCalledWith(
    expect.stringContaining("anonymousBytesMax"),
    expect.objectContaining({ code: "UNCLASH_ANONYMOUS_KEYS_FULL" }),
  );
  warned.mockRestore();
  expect((await send(1, { user: "alice" })).status).toBe(201);
});
