import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { bodyOf } from "../ask.test-support.js";
import { createUnclash } from "../unclash.js";

test("bytes that the app has read before are held to UTF-8 as well", async () => {
  const unclash = createUnclash({ store: createMemoryStore(), collections: { notes: { schema: z.looseObject({}) } } });
  const post = (bytes: Buffer) =>
    unclash.handle({
      method: "POST",
      base: "",
      path: "/notes",
      query: "",
      headers: { "content-type": "application/json" },
      address: undefined,
      body: { kind: "parsed", value: bytes },
      native: undefined,
    });
  expect(await post(Buffer.from('{"a":"é"}', "utf8"))).toMatchObject({ status: 201 });
  const refused = await post(Buffer.from('{"a":"é"}', "latin1"));
  expect(refused).toMatchObject({ status: 400 });
  expect(bodyOf(refused)).toMatchObject({ errors: [{ code: "malformed-json" }] });
});
