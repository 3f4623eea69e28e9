import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import { createUnclash } from "../unclash.js";

test("a conflict names the entity-tags that were sent, not those that proxies may have made them from", async () => {
  const notes = { schema: z.looseObject({}), preconditions: { acceptProxyTags: true } };
  const unclash = createUnclash({ store: createMemoryStore(), collections: { notes } });
  await ask(unclash, "POST /notes", { json: { id: "1" } });
  const headers = { "if-match": 'W/"9-abc-gzip", "x"' };
  const conflict = bodyOf(await ask(unclash, "PUT /notes/1", { headers, json: {} }));
  expect(conflict["expected"]).toEqual({ etag: ['W/"9-abc-gzip"', '"x"'] });
});
