import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import { createUnclash } from "../unclash.js";

test("no strategy lets a stale write through that also asks for the resource to be absent", async () => {
  const notes = { schema: z.looseObject({}), conflicts: { strategy: "last-write-wins" } } as const;
  const unclash = createUnclash({
    store: createMemoryStore(),
    collections: { notes },
    identify: ({ headers }) => ({ name: String(headers["x-name"] ?? "alice") }),
    authorize: (action, _key, actor) => (actor?.name === "alice" || action === "create" ? "allow" : "deny"),
  });
  const made = await ask(unclash, "POST /notes", { json: { id: "1", a: 1 } });
  const etag = made.headers["etag"] ?? "";
  const second = await ask(unclash, "PUT /notes/1", { headers: { "if-match": etag }, json: { a: 2 } });
  const creator = { "x-name": "bob", "if-none-match": "*" };
  expect(await ask(unclash, "PUT /notes/1", { headers: creator, json: { a: 3, version: 1 } })).toMatchObject({
    status: 409,
  });
  const named = { ...creator, "if-match": etag };
  expect(await ask(unclash, "PUT /notes/1", { headers: named, json: { a: 3 } })).toMatchObject({ status: 409 });
  const unlessCurrent = { "if-match": etag, "if-none-match": second.headers["etag"] ?? "" };
  expect(await ask(unclash, "DELETE /notes/1", { headers: unlessCurrent })).toMatchObject({ status: 409 });
  expect(bodyOf(await ask(unclash, "GET /notes/1"))).toEqual({ id: "1", version: 2, a: 2 });
  const unlessFirst = { "if-match": etag, "if-none-match": etag };
  expect(await ask(unclash, "PUT /notes/1", { headers: unlessFirst, json: { a: 3 } })).toMatchObject({ status: 200 });
});
