import { expect, test } from "vitest";
import { setUpConflicts } from "../conflicts/conflicts.test-support.js";

const mine = { title: "Mine", text: "text", version: 1 };

test("what a function parks is recorded as it will be stored, without members that are not its own", async () => {
  const value = { id: "7", version: 9, title: "Ours", at: new Date(0) };
  const { as, made } = setUpConflicts({ conflicts: { strategy: () => ({ kind: "park", value: Object(value) }) } });
  await made();
  const { body } = await as("bob")("PUT /articles/1", mine);
  const { proposed } = (await as("bob")(`GET /conflicts/${String(body["conflict"])}`)).body;
  const representation = { id: "1", version: 1, title: "Ours", at: "1970-01-01T00:00:00.000Z" };
  expect(proposed).toEqual({ version: 1, representation });
});

test("a value that JSON has no form for is not parked: the app is told where it is", async () => {
  const value = { title: "Ours", text: Number.NaN };
  const { as, made } = setUpConflicts({ conflicts: { strategy: () => ({ kind: "park", value: Object(value) }) } });
  await made();
  await expect(as("bob")("PUT /articles/1", mine)).rejects.toThrow(
    "collections.articles.conflicts.strategy gave NaN at /text, for which JSON has no form",
  );
  expect((await as("root")("GET /conflicts")).body["items"]).toEqual([]);
});
