import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../ask.test-support.js";
import { indexValueOf } from "../commits/index-value.js";
import { createUnclash } from "../unclash.js";

test("unique values are the same where they are the same JSON, whatever the order of members", async () => {
  const notes = { schema: z.looseObject({}), unique: ["place"] };
  const unclash = createUnclash({ store: createMemoryStore(), collections: { notes } });
  const post = async (place: unknown) => (await ask(unclash, "POST /notes", { json: { place } })).status;
  expect(await post({ x: 1, y: [{ a: 1, b: 2 }] })).toBe(201);
  expect(await post({ y: [{ b: 2, a: 1 }], x: 1 })).toBe(409);
  expect(await post({ x: 1, y: [{ a: 1, b: 3 }] })).toBe(201);
  expect(await post(1)).toBe(201);
  expect(await post("1")).toBe(201);
  expect(await post(1)).toBe(409);
});

test("unique values of any length are told apart, and one that looks like the hash of another is free", async () => {
  const notes = { schema: z.looseObject({}), unique: ["title"] };
  const unclash = createUnclash({ store: createMemoryStore(), collections: { notes } });
  const post = async (title: string) => (await ask(unclash, "POST /notes", { json: { title } })).status;
  const long = "é".repeat(300);
  expect(await post(long)).toBe(201);
  expect(await post(long)).toBe(409);
  expect(await post(`${long}x`)).toBe(201);
  expect(await post(indexValueOf(JSON.stringify(long)))).toBe(201);
});
