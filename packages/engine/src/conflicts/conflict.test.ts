import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import { createUnclash } from "../unclash.js";

test("what a schema makes of a date is compared as it is stored", async () => {
  const events = { schema: z.object({ title: z.string(), at: z.coerce.date() }) };
  const unclash = createUnclash({ store: createMemoryStore(), collections: { events } });
  const at = "2026-01-01T00:00:00.000Z";
  await ask(unclash, "POST /events", { json: { id: "1", title: "Old", at } });
  await ask(unclash, "PUT /events/1", { json: { title: "New", at: "2026-02-02T00:00:00.000Z", version: 1 } });
  const other = bodyOf(await ask(unclash, "PUT /events/1", { json: { title: "Mine", at, version: 1 } }));
  expect(other).toMatchObject({ conflictingFields: ["/title"], identical: false });
  const same = { title: "New", at: "2026-02-02T00:00:00.000Z", version: 1 };
  expect(bodyOf(await ask(unclash, "PUT /events/1", { json: same }))).toMatchObject({ identical: true });
});
