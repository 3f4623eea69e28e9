import { StoreError } from "@unclash/core";
import type { StoredEvent } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import type { UnclashOptions } from "../options.js";
import { createUnclash, type Unclash } from "../unclash.js";
import { openStream } from "./stream.test-support.js";

function engine(options: Partial<UnclashOptions> = {}): Unclash {
  const notes = { schema: z.looseObject({}), preconditions: { required: false } } as const;
  return createUnclash({ store: createMemoryStore(), collections: { notes }, ...options });
}

test("from the place of a list, a stream and a poll miss nothing of what comes after it", async () => {
  const unclash = engine();
  await ask(unclash, "PUT /notes/1", { json: {} });
  const list = await ask(unclash, "GET /notes");
  const cursor = list.headers["unclash-cursor"];
  await ask(unclash, "PUT /notes/2", { json: {} });
  const stream = await openStream(unclash, `?after=${cursor}`);
  expect(await stream.events(1)).toMatchObject([{ data: { subject: "notes/2" } }]);
  const poll = bodyOf(await ask(unclash, `GET /conflict-notifications/events?after=${cursor}`));
  expect(poll["items"]).toMatchObject([{ subject: "notes/2" }]);
});

test("a list that has not changed has a place too, a resource has none, nor a list without notifications", async () => {
  const unclash = engine();
  const { etag = "" } = (await ask(unclash, "GET /notes")).headers;
  const unchanged = await ask(unclash, "GET /notes", { headers: { "if-none-match": etag } });
  expect(unchanged).toMatchObject({ status: 304, headers: { "unclash-cursor": expect.stringMatching(/^[\w~-]+$/) } });
  await ask(unclash, "PUT /notes/1", { json: {} });
  expect((await ask(unclash, "GET /notes/1")).headers).not.toHaveProperty("unclash-cursor");
  const off = engine({ notifications: false });
  expect((await ask(off, "GET /notes")).headers).not.toHaveProperty("unclash-cursor");
});

test.each([
  ["fails", failing],
  ["hangs", hanging],
])("where following %s, lists have no place, and are answered", async (_fault, follow) => {
  const unclash = engine({ store: { ...createMemoryStore(), follow } });
  for (let n = 0; n < 20; n += 1) {
    const list = await ask(unclash, "GET /notes");
    expect(list.status).toBe(200);
    expect(list.headers).not.toHaveProperty("unclash-cursor");
  }
  await unclash.drain();
});

// biome-ignore lint/correctness/useYield: it fails before there is anything to give
async function* failing(): AsyncGenerator<StoredEvent, void, undefined> {
  throw new StoreError("The log is away.", "not-applied");
}

async function* hanging(): AsyncGenerator<StoredEvent, void, undefined> {
  await new Promise(() => {});
}
