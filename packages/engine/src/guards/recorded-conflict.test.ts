import type { JsonObject } from "@unclash/core/json";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import type { GuardedConflictOptions } from "../conflicts/records/guarded-conflicts.js";
import { createGuard } from "../pipeline/guard.js";
import { createUnclash } from "../unclash.js";
import type { GuardConflictOptions, GuardOptions } from "./guard-options.js";

interface Row {
  readonly version: number;
  readonly title: string;
  readonly text: string;
}

/** A guarded customer at version 2, whose title another has changed since version 1. */
function setUp(conflicts: GuardConflictOptions, options?: GuardedConflictOptions) {
  const past: readonly Row[] = [{ version: 1, title: "Old", text: "text" }];
  let row: Row | undefined = { version: 2, title: "Theirs", text: "text" };
  const store = createMemoryStore();
  const unclash = createUnclash({
    store,
    identify: ({ headers: { "x-actor": name } }) =>
      typeof name === "string" ? { name, role: name === "root" ? "admin" : "client" } : undefined,
    collections: { notes: { schema: z.looseObject({}) } },
  });
  const apply: NonNullable<GuardedConflictOptions["apply"]> = ({ version }, value) => {
    if (row === undefined || row.version !== version) return { kind: "conflict", version: row?.version ?? 0 };
    const next = row.version + 1;
    row = value === null ? undefined : rowFrom(value, next);
    return { kind: "applied", version: next, etag: `"${next}"` };
  };
  const records = unclash.guardConflicts("customers", options ?? { apply });
  const guardOptions: GuardOptions<object, Row> = {
    load: () => row,
    past: ({ version }) => past.find((each) => each.version === version),
    represent: ({ title, text }) => ({ title, text }),
    resource: () => "customers/7",
    versionField: "version",
    identify: unclashActor,
    conflicts: { ...conflicts, records },
  };
  const guard = createGuard(guardOptions);
  const send = async (actor: string | undefined, body: object, method = "PUT") => {
    const request = {
      method,
      base: "",
      path: "/customers/7",
      query: "",
      headers: {
        "content-type": "application/json",
        ...(actor && { "x-actor": actor }),
        "if-match": method === "DELETE" ? '"1"' : undefined,
      },
      address: "127.0.0.1",
      body: { kind: "parsed", value: method === "DELETE" ? undefined : body },
      native: {},
    } as const;
    const entered = await guard.enter(request);
    if (entered.kind === "answer") return { problem: entered.error.problem };
    const { context, guardedResponse } = entered;
    const fields = await context.applyChange();
    row = rowFrom(fields, (row?.version ?? 0) + 1);
    context.outcome.updated(row);
    return { row, headers: guardedResponse.finish(200, () => undefined).set };
  };
  const as = (actor?: string) => async (line: string, json?: unknown) => {
    const asked = { headers: actor === undefined ? {} : { "x-actor": actor }, ...(json !== undefined && { json }) };
    const plan = await ask(unclash, line, asked);
    return { status: plan.status, body: bodyOf(plan) };
  };
  return { unclash, send, as, row: () => row };
}

function unclashActor({ headers: { "x-actor": name } }: { readonly headers: object & { "x-actor"?: unknown } }) {
  return typeof name === "string" ? { name } : undefined;
}

function rowFrom(value: unknown, version: number): Row {
  const { title, text } = { title: "", text: "", ...Object(value) };
  return { version, title, text };
}

const mine = { title: "Mine", text: "text", version: 1 };
const merging = { title: "Old", text: "mine", version: 1 };

test("a guard merges over the past state, and records it once its handler has written", async () => {
  const { send, as, unclash, row } = setUp({ strategy: "merge" });
  const { headers } = await send("bob", merging);
  expect(row()).toEqual({ version: 3, title: "Theirs", text: "mine" });
  const id = /^id="(c_[\w-]+)", status=resolved, strategy=merge$/.exec(headers?.["unclash-conflict"] ?? "")?.[1];
  await unclash.drain();
  expect((await as("bob")(`GET /conflicts/${id}`)).body).toMatchObject({
    resource: "customers/7",
    state: "resolved",
    strategy: "merge",
    base: { version: 1, representation: { title: "Old", text: "text" } },
    current: { version: 2, representation: { title: "Theirs", text: "text" } },
    proposed: { version: 1, representation: { title: "Old", text: "mine" } },
    resolvedBy: "bob",
  });
});

test("an anonymous caller is told of no record, and a clash names its fields", async () => {
  const { send } = setUp({ strategy: "merge" });
  const { problem } = await send(undefined, mine);
  expect(problem).toMatchObject({ conflictingFields: ["/title"], current: { representation: { title: "Theirs" } } });
  const { headers } = await send(undefined, merging);
  expect(headers?.["unclash-conflict"]).toBe("status=resolved, strategy=merge");
});

async function parked(options?: GuardedConflictOptions, body: object = mine) {
  const set = setUp({ strategy: "manual" }, options);
  const { problem } = await set.send("bob", body);
  const conflict = String(problem?.["conflict"]);
  const resolve = (resolution: string, more: object = {}, actor = "bob") =>
    set.as(actor)("POST /resolve-conflict", { conflict, resolution, ...more });
  return { ...set, conflict, problem, resolve };
}

test.each([
  ["mine", {}, mine, { version: 3, title: "Mine", text: "text" }],
  ["theirs", {}, mine, { version: 2, title: "Theirs", text: "text" }],
  ["merge", {}, merging, { version: 3, title: "Theirs", text: "mine" }],
  ["custom", { value: { title: "Both", text: "b" } }, mine, { version: 3, title: "Both", text: "b" }],
])("a parked write is resolved by %s, by what the app does", async (resolution, more, body, left) => {
  const { resolve, row, as, conflict, problem } = await parked(undefined, body);
  expect(problem).toMatchObject({ status: 409, current: { version: 2, representation: { title: "Theirs" } } });
  expect(await resolve(resolution, more)).toMatchObject({
    status: 200,
    body: { status: "resolved", resource: "customers/7", version: left.version, etag: `"${left.version}"` },
  });
  expect(row()).toEqual(left);
  expect((await as("root")(`GET /conflicts/${conflict}`)).body).toMatchObject({ state: "resolved", resolution });
  expect(await resolve("mine")).toMatchObject({ status: 409, body: { state: "resolved" } });
});

test("what has moved on is a conflict, and stays open", async () => {
  const { resolve, send, as, conflict } = await parked();
  await send("alice", { title: "Later", text: "text", version: 2 });
  const moved = await resolve("mine");
  expect(moved).toMatchObject({ status: 409, body: { expected: { version: 2 }, current: { version: 3 } } });
  expect((await as("bob")(`GET /conflicts/${conflict}`)).body).toMatchObject({ state: "open" });
  expect(await resolve("mine", { version: 3 })).toMatchObject({ status: 200, body: { version: 4 } });
});

test("without apply, conflicts can be read, and the app resolves them", async () => {
  const { resolve, as, conflict } = await parked({});
  expect(await resolve("mine")).toMatchObject({
    status: 409,
    body: { type: "urn:problem-type:unclash:invalid-state" },
  });
  expect((await as("bob")(`GET /conflicts/${conflict}`)).body).toMatchObject({ state: "open", strategy: "manual" });
  expect((await as("carol")(`GET /conflicts/${conflict}`)).status).toBe(404);
});

test("a deletion that was parked deletes", async () => {
  const { send, as, row } = setUp({ strategy: "manual" });
  const { problem } = await send("bob", {}, "DELETE");
  const conflict = String(problem?.["conflict"]);
  expect((await as("bob")(`GET /conflicts/${conflict}`)).body).toMatchObject({ proposed: null });
  const gone = await as("bob")("POST /resolve-conflict", { conflict, resolution: "mine" });
  expect(gone).toMatchObject({ status: 200 });
  expect(row()).toBeUndefined();
});

test("what apply gives is held against what it may give", async () => {
  const apply = () => Object({ kind: "done" });
  const { resolve } = await parked({ apply });
  await expect(resolve("mine")).rejects.toThrow('guardConflicts("customers").apply must give { kind: "applied" }');
});

test("refusals are recorded where the guard says so", async () => {
  const { send, unclash, as } = setUp({ recordRefusals: true });
  const { problem } = await send("bob", mine);
  await unclash.drain();
  const { body } = await as("bob")(`GET /conflicts/${String(problem?.["conflict"])}`);
  expect(body).toMatchObject({
    state: "open",
    strategy: "reject",
    count: 1,
    proposed: { representation: { title: "Mine" } },
  });
});

test.each([{ strategy: "manual" }, { recordRefusals: true }] as const)(
  "what is there already leaves nothing to resolve, and no record, with %j",
  async (conflicts) => {
    const { send, unclash, as } = setUp(conflicts);
    const { problem } = await send("bob", { title: "Theirs", text: "text", version: 1 });
    expect(problem).toMatchObject({ status: 409, identical: true });
    expect(problem).not.toHaveProperty("conflict");
    await unclash.drain();
    expect((await as("root")("GET /conflicts")).body["items"]).toEqual([]);
  },
);

test("a name is taken once", () => {
  const { unclash } = setUp({});
  expect(() => unclash.guardConflicts("customers")).toThrow('must have a name of its own, and "customers" is taken');
  expect(() => unclash.guardConflicts("")).toThrow("guardConflicts");
  const options: unknown = { aply: () => undefined };
  expect(() => unclash.guardConflicts("others", options as GuardedConflictOptions)).toThrow("aply");
});

test("a function that parks must have a place for that", async () => {
  const strategy = () => ({ kind: "park" }) as const;
  const guard = createGuard<object, Row>({
    load: () => ({ version: 2, title: "Theirs", text: "" }),
    past: () => ({ version: 1, title: "Old", text: "" }),
    represent: (row): JsonObject => ({ title: row.title }),
    versionField: "version",
    conflicts: { strategy },
  });
  const headers = { "content-type": "application/json" };
  const facts = { method: "PUT", base: "", path: "/c/7", query: "", address: "127.0.0.1", native: {} };
  const entering = guard.enter({ ...facts, headers, body: { kind: "parsed", value: mine } });
  await expect(entering).rejects.toThrow("conflicts.strategy may park only where `conflicts.records`");
});
