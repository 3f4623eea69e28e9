import { createMemoryStore } from "@unclash/memory";
import fc from "fast-check";
import { expect, it } from "vitest";
import { z } from "zod";
import { ask } from "../ask.test-support.js";
import { collection } from "../resources/collection-options.js";
import { apiVersions } from "../states/api-versions.js";
import { createUnclash } from "../unclash.js";

const first = z.strictObject({ content: z.string() });
const newest = z.strictObject({ body: z.string() });
const ended = { deprecatedAt: "2024-01-01", sunsetAt: "2025-01-01" };
const api = apiVersions({ name: "shop", default: "v3", versions: { v1: ended, v2: {}, v3: {} } });
const step = api.step("v2", "v3", {
  from: first,
  to: newest,
  up: ({ content }) => ({ body: content }),
  down: ({ body }) => ({ content: body }),
});

const name = fc.constantFrom("v1", "v2", "v3", "v4", "__proto__", "constructor", "toString", "v2,v2", "V2", "", "*");
const noise = fc.constantFrom('"', "\\", ",", ";q=", "0.5", " ", "é", "\u0000", "/", ".", "\r\n", "v".repeat(9_000));
const text = (part: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(fc.oneof(part, noise), { minLength: 1, maxLength: 6 }).map((parts) => parts.join(""));
const optional = (value: fc.Arbitrary<string>): fc.Arbitrary<string | undefined> =>
  fc.option(value, { nil: undefined });

const requests = fc.record({
  prefix: fc.oneof(
    fc.constantFrom("", "/v1", "/v2", "/v3", "/v2/v3"),
    name.map((each) => `/${encodeURIComponent(each)}`),
  ),
  accept: optional(text(name.map((each) => `application/vnd.shop.${each}+json`))),
  apiVersion: optional(fc.oneof(name, text(name))),
  // What stands behind the current entity-tag: nothing, or what might be taken for an API version.
  suffix: fc.oneof(
    fc.constantFrom("", ".v1", ".v2", ".v3"),
    name.map((each) => `.${each}`),
    fc.constantFrom("2", ".v2.v2", "..v2", ".v2."),
  ),
});

it("whatever headers say of API versions, there is no 5xx, and only true entity-tags let a write through", async () => {
  const articles = collection({ schema: newest, apiVersions: [step] });
  const unclash = createUnclash({ store: createMemoryStore(), collections: { articles }, apiVersions: api });
  const created = await ask(unclash, "PUT /articles/1", { json: { body: "0" }, headers: { "if-none-match": "*" } });
  let etag = created.headers["etag"] ?? "";
  const statuses = new Set<number>();
  await fc.assert(
    fc.asyncProperty(requests, async ({ prefix, accept, apiVersion, suffix }) => {
      const headers = {
        ...(accept !== undefined && { accept }),
        ...(apiVersion !== undefined && { "api-version": apiVersion }),
        "if-match": `${etag.slice(0, -1)}${suffix}"`,
      };
      for (const json of [{ content: `${etag}a` }, { body: `${etag}b` }]) {
        const { status } = await ask(unclash, `PATCH ${prefix}/articles/1`, { json, headers });
        statuses.add(status);
        expect([200, 400, 404, 406, 409, 410, 422]).toContain(status);
        const now = (await ask(unclash, "GET /articles/1")).headers["etag"] ?? "";
        expect(now !== etag, `${status} with ${suffix}`).toBe(status === 200);
        if (now === etag) continue;
        expect(["", ".v1", ".v2", ".v3"]).toContain(suffix);
        etag = now;
        break;
      }
    }),
    // Each run goes on from the state that the last one left, so that a failure can't be made smaller.
    { numRuns: 500, endOnFailure: true },
  );
  expect([...statuses].toSorted()).toEqual([200, 400, 404, 406, 409, 410, 422]);
});
