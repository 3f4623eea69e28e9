import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import type { Verdict } from "../access/default-permissions.js";
import { ask } from "../ask.test-support.js";
import { createUnclash } from "../unclash.js";

test("who may create something, but not this, can't name it in a POST either", async () => {
  const unclash = createUnclash({
    store: createMemoryStore(),
    collections: { notes: { schema: z.looseObject({}) } },
    authorize: (action, key) => (action === "create" && key === "notes/theirs" ? "deny" : "allow"),
  });
  expect(await ask(unclash, "POST /notes", { json: { id: "theirs" } })).toMatchObject({ status: 403 });
  expect(await ask(unclash, "GET /notes/theirs")).toMatchObject({ status: 404 });
  expect(await ask(unclash, "POST /notes", { json: { id: "mine" } })).toMatchObject({ status: 201 });
  expect(await ask(unclash, "POST /notes", { json: {} })).toMatchObject({ status: 201 });
});

test("who may not read a resource may not read what it was", async () => {
  let toReaders: Verdict = "allow";
  const unclash = createUnclash({
    store: createMemoryStore(),
    collections: { notes: { schema: z.looseObject({}) } },
    authorize: (action) => (action === "read" ? toReaders : "allow"),
  });
  await ask(unclash, "POST /notes", { json: { id: "1" } });
  for (const [verdict, status] of [
    ["allow", 200],
    ["deny", 403],
    ["hide", 404],
  ] as const) {
    toReaders = verdict;
    expect(await ask(unclash, "GET /notes/1/versions")).toMatchObject({ status });
    expect(await ask(unclash, "GET /notes/1/versions/1")).toMatchObject({ status });
  }
});
