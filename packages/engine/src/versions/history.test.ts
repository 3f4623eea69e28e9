import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import type { CollectionOptions } from "../resources/collection-options.js";
import { createUnclash } from "../unclash.js";

async function setUp(options: Partial<CollectionOptions> = {}, pageSizeMax = 100) {
  const notes: CollectionOptions = { schema: z.looseObject({}), preconditions: { required: false }, ...options };
  const unclash = createUnclash({ store: createMemoryStore(), collections: { notes }, requestLimits: { pageSizeMax } });
  const made = await ask(unclash, "POST /notes", { json: { id: "1", n: 0 } });
  return { unclash, etag: made.headers["etag"] ?? "" };
}

test("a past version is sent, or is 304 or 412, as the conditions of the request say", async () => {
  const { unclash, etag } = await setUp();
  await ask(unclash, "PUT /notes/1", { json: { n: 1 } });
  const get = (headers: Readonly<Record<string, string>>) => ask(unclash, "GET /notes/1/versions/1", { headers });
  expect(await get({})).toMatchObject({ status: 200, body: '{"id":"1","version":1,"n":0}' });
  expect(await get({ "if-none-match": etag })).toMatchObject({ status: 304, body: null, headers: { etag } });
  expect(await get({ "if-match": etag })).toMatchObject({ status: 200 });
  expect(await get({ "if-match": '"other"' })).toMatchObject({ status: 412 });
  expect(await get({ "if-match": "other" })).toMatchObject({ status: 400 });
});

test("the entity-tags in a history are those that the states had, also where they are made from content", async () => {
  const { unclash, etag } = await setUp({ entityTags: "sha-256" });
  const etags = [etag];
  for (let n = 1; n < 20; n += 1) {
    etags.unshift((await ask(unclash, "PUT /notes/1", { json: { n } })).headers["etag"] ?? "");
  }
  const told: unknown[] = [];
  for (let path: string | undefined = "/notes/1/versions?limit=100"; path !== undefined; ) {
    const page = await ask(unclash, `GET ${path}`);
    const { items } = z.object({ items: z.array(z.object({ etag: z.string() })) }).parse(bodyOf(page));
    told.push(...items.map((item) => item.etag));
    path = /^<([^>]+)>/.exec(page.headers["link"] ?? "")?.[1];
  }
  expect(told).toEqual(etags);
});

test("the largest page of a history tells that there is more", async () => {
  const { unclash } = await setUp({}, 1_000);
  for (let n = 1; n < 1_001; n += 1) await ask(unclash, "PUT /notes/1", { json: { n } });
  expect(bodyOf(await ask(unclash, "GET /notes/1/versions?limit=1000"))["next"]).not.toBeNull();
});

test("what never was has no history, from whichever position on", async () => {
  const { unclash } = await setUp();
  const after = Buffer.from("p1.1").toString("base64url");
  expect(await ask(unclash, `GET /notes/never/versions?after=${after}`)).toMatchObject({ status: 404 });
  expect(await ask(unclash, `GET /notes/1/versions?after=${after}`)).toMatchObject({ status: 200 });
});
