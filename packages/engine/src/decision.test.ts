import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { createMemoryStore } from "@unclash/memory";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { type Asked, ask } from "./ask.test-support.js";
import { type Decision, onDecision } from "./decision.js";
import { decisionChannel } from "./observing/observer.js";
import type { UnclashOptions } from "./options.js";
import type { CollectionOptions } from "./resources/collection-options.js";
import { createUnclash } from "./unclash.js";

const schema = z.looseObject({ title: z.string() });

/** An engine that is observed, and whose resource `articles/1` has been changed twice since `first`. */
async function observed(articles: Partial<CollectionOptions> = {}, options: Partial<UnclashOptions> = {}) {
  const decisions: Decision[] = [];
  const unclash = createUnclash({
    store: createMemoryStore(),
    collections: { articles: { schema, ...articles } },
    observe: (decision) => void decisions.push(decision),
    ...options,
  });
  const send = (line: string, asked: Asked = {}) => ask(unclash, line, asked);
  const made = await send("POST /articles", { json: { id: "1", title: "A", body: "A" } });
  const first = { "if-match": String(made.headers["etag"]) };
  const second = await send("PUT /articles/1", { headers: first, json: { title: "B", body: "A" } });
  await send("PUT /articles/1", {
    headers: { "if-match": String(second.headers["etag"]) },
    json: { title: "C", body: "A" },
  });
  decisions.length = 0;
  const decide = async (line: string, asked?: Asked): Promise<Decision> => {
    decisions.length = 0;
    await send(line, asked);
    const [decision, ...others] = decisions;
    if (decision === undefined || others.length > 0) throw new Error(`${decisions.length} decisions of one request`);
    return decision;
  };
  return { decide, first };
}

const json = { title: "Mine", body: "A" };

test("a decision says which request it was, by names that are few", async () => {
  const { decide } = await observed({}, { identify: () => ({ name: "alice" }) });
  expect(await decide("GET /articles/1")).toEqual({
    kind: "request",
    native: undefined,
    method: "GET",
    route: "/articles/{id}",
    collection: "articles",
    resource: "articles/1",
    actor: "alice",
    status: 200,
    outcome: "ok",
    problem: undefined,
    attempts: 1,
    conflict: undefined,
    reported: undefined,
    durationMs: expect.any(Number),
  });
  expect(await decide("GET /articles")).toMatchObject({ route: "/articles", resource: undefined });
  expect(await decide("MAKE-UP /articles/1")).toMatchObject({ method: "_OTHER", problem: "method-not-allowed" });
  expect(await decide("GET /nothing")).toMatchObject({ route: undefined, collection: undefined, problem: "not-found" });
});

test("a refused stale write says how far it was behind, and which of its fields others had changed", async () => {
  const { decide, first: headers } = await observed();
  expect(await decide("PUT /articles/1", { headers, json })).toMatchObject({
    status: 409,
    outcome: "version-conflict",
    problem: "version-conflict",
    conflict: {
      result: "refused",
      strategy: "reject",
      condition: "if-match",
      versionsBehind: 2,
      fields: ["/title"],
    },
  });
  expect(await decide("PUT /articles/1", { json: { ...json, version: 2 } })).toMatchObject({
    conflict: { condition: "version", versionsBehind: 1 },
  });
  expect(await decide("PUT /articles/1", { json })).toMatchObject({
    problem: "precondition-required",
    conflict: undefined,
  });
  expect(await decide("GET /articles/1", { headers })).toMatchObject({ status: 412, conflict: undefined });
});

test("a stale write that a strategy has settled says what it went over", async () => {
  const { decide, first: headers } = await observed({ conflicts: { strategy: "last-write-wins" } });
  const conflict = { result: "settled", strategy: "last-write-wins", versionsBehind: 2, fields: ["/title"] };
  expect(await decide("PUT /articles/1", { headers, json })).toMatchObject({ outcome: "changed", conflict });
  expect(await decide("DELETE /articles/1", { headers })).toMatchObject({
    outcome: "deleted",
    conflict: { ...conflict, versionsBehind: 3 },
  });
  const own = await observed({ conflicts: { strategy: () => ({ kind: "accept", value: { title: "Both" } }) } });
  expect(await own.decide("PATCH /articles/1", { headers: own.first, json: { body: "Mine" } })).toMatchObject({
    conflict: { result: "settled", strategy: "function", versionsBehind: 2, fields: [] },
  });
});

test("a stale write that is parked says so", async () => {
  const { decide, first: headers } = await observed({ conflicts: { strategy: "manual" } });
  const conflict = { result: "parked", strategy: "manual", versionsBehind: 2, fields: ["/title"] };
  expect(await decide("PUT /articles/1", { headers, json })).toMatchObject({ outcome: "version-conflict", conflict });
  const tried = await decide("PUT /articles/1", { headers: { ...headers, prefer: "dry-run" }, json });
  expect(tried).toMatchObject({ conflict: { result: "refused" } });
});

test("what a state is too large to be compared for, or names no version of, is left open", async () => {
  const { decide, first: headers } = await observed({ conflicts: { strategy: "last-write-wins" } });
  const large = { title: "Mine", body: "x".repeat(70_000) };
  expect(await decide("PUT /articles/1", { headers, json: large })).toMatchObject({ conflict: { fields: ["/title"] } });
  expect(await decide("PUT /articles/1", { headers, json })).toMatchObject({
    outcome: "changed",
    conflict: { versionsBehind: 3, fields: undefined },
  });
  const strange = { "if-match": '"99-0123456789abcdef0"' };
  expect(await decide("PUT /articles/1", { headers: strange, json })).toMatchObject({
    conflict: { result: "refused", strategy: "reject", versionsBehind: undefined, fields: undefined },
  });
});

test("versions that are timestamps count how many states there were between, where these are known", async () => {
  let now = Date.UTC(2026, 0, 1);
  const store = createMemoryStore({ clock: () => (now += 1_000) });
  const { decide, first: headers } = await observed({ versions: "timestamps" }, { store });
  expect(await decide("PUT /articles/1", { headers, json })).toMatchObject({ conflict: { versionsBehind: 2 } });
  const unknown = { "if-match": '"5-0123456789abcdef0"' };
  expect(await decide("PUT /articles/1", { headers: unknown, json })).toMatchObject({
    conflict: { versionsBehind: undefined },
  });
});

test("what the caller may not see is told observers no fields of, where that was not compared", async () => {
  const authorize = (action: string) => (action === "history" ? "deny" : "allow");
  const { decide, first: headers } = await observed({}, { authorize });
  expect(await decide("PUT /articles/1", { headers, json })).toMatchObject({
    conflict: { versionsBehind: 2, fields: undefined },
  });
});

test("an answer that is given again is told as such", async () => {
  const { decide, first } = await observed();
  const asked = { headers: { ...first, "idempotency-key": "0123456789abcdef" }, json };
  expect(await decide("PUT /articles/1", asked)).toMatchObject({ outcome: "version-conflict" });
  expect(await decide("PUT /articles/1", asked)).toMatchObject({
    status: 409,
    outcome: "replayed",
    problem: undefined,
    conflict: undefined,
  });
});

test("onDecision observes all engines until it is ended, and what it throws ends nothing", async () => {
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(warning.message);
  process.on("warning", note);
  onTestFinished(() => void process.off("warning", note));
  const seen: string[] = [];
  const end = onDecision((decision) => {
    seen.push(describe(decision));
    throw new Error("no disk");
  });
  const unclash = createUnclash({ store: createMemoryStore(), collections: { articles: { schema } } });
  expect(await ask(unclash, "GET /articles")).toMatchObject({ status: 200 });
  channel(decisionChannel).publish({ kind: "from-a-later-release" });
  channel(decisionChannel).publish("no decision");
  end();
  expect(await ask(unclash, "GET /articles")).toMatchObject({ status: 200 });
  expect(seen).toEqual(["ok", "unknown"]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual(["The function `onDecision` failed: Error: no disk"]);
});

/** As the guide shows it: the compiler knows all kinds, and at run time an unknown one is passed over. */
function describe(decision: Decision): string {
  switch (decision.kind) {
    case "request":
      return decision.outcome;
    case "housekeeping":
      return "housekeeping";
    case "delivery":
      return "delivery";
    case "stream":
      return decision.ending;
    default:
      decision satisfies never;
      return "unknown";
  }
}

test("the observer and the channel get one and the same value", async () => {
  const published: unknown[] = [];
  const listen = (message: unknown): void => void published.push(message);
  subscribe(decisionChannel, listen);
  const { decide } = await observed();
  published.length = 0;
  const decision = await decide("GET /articles/1");
  unsubscribe(decisionChannel, listen);
  expect(published).toHaveLength(1);
  expect(published[0]).toBe(decision);
});
