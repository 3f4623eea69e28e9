import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../ask.test-support.js";
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
