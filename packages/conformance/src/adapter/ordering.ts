import assert from "node:assert/strict";
import { assertStatus, memberOf } from "./answer.js";
import type { Message } from "./message.js";
import { assertMalformed } from "./problems.js";
import { create, remove, replace } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

const huge = { content: Buffer.alloc(2_097_152, "[") };
const asText = { "content-type": "text/plain" };
const badTag = { ifMatch: "x" };

/** Checks that a request to which several answers apply is given this one. */
async function assertFirst(
  trial: Trial,
  method: string,
  path: string,
  message: Message,
  status: number,
  slug: string,
): Promise<void> {
  const answer = await trial.send(method, path, message);
  assertStatus(answer, status);
  if (method !== "HEAD") assert.equal(memberOf(answer, "type"), trial.typePrefix + slug);
}

const guardedCases = casesOn("guarded", [
  {
    name: "wrong credentials come before an unknown route, a wrong method and all else",
    async run(trial) {
      const token = "wrong";
      for (const [method, path] of [
        ["GET", "/articles/a/unknown"],
        ["PUT", "/articles"],
        ["OPTIONS", "/articles"],
        ["GET", "/articles/hidden-1"],
        ["GET", "/articles/%ff"],
        ["GET", "/articles?limit=0"],
        ["DELETE", "/articles/never"],
      ] as const) {
        await assertFirst(trial, method, path, { token }, 401, "unauthenticated");
      }
      await assertFirst(
        trial,
        "PUT",
        "/articles/a",
        { token, ...huge, headers: asText, ...badTag },
        401,
        "unauthenticated",
      );
    },
  },
  {
    name: "an unknown route and a wrong method come before a lack of permission",
    async run(trial) {
      await assertFirst(trial, "PUT", "/articles/fixed-1/unknown", { token: "alice" }, 404, "not-found");
      await assertFirst(trial, "POST", "/articles/fixed-1", { token: "alice" }, 405, "method-not-allowed");
    },
  },
  {
    name: "a lack of permission comes before the content, its type and its preconditions",
    async run(trial) {
      const [path, token] = ["/articles/fixed-1", "alice"];
      for (const message of [{ headers: asText, content: "x" }, huge, { content: "{" }, badTag, { json: {} }]) {
        await assertFirst(trial, "PUT", path, { token, ...message }, 403, "forbidden");
      }
      await assertFirst(trial, "DELETE", path, { token, ...badTag }, 403, "forbidden");
    },
  },
  {
    name:
      "a hidden resource is 404 where one that is not there is: after what is malformed, and 428 and a " +
      "conflict of a PUT stay",
    async run(trial) {
      const [path, token] = ["/articles/hidden-1", "alice"];
      await assertFirst(trial, "PUT", path, { token, headers: asText, content: "x" }, 415, "unsupported-media-type");
      await assertFirst(trial, "PUT", path, { token, ...huge }, 413, "payload-too-large");
      await assertFirst(trial, "PUT", path, { token, content: "{" }, 400, "malformed-request");
      await assertFirst(trial, "PUT", path, { token, json: {} }, 428, "precondition-required");
      await assertFirst(trial, "PUT", path, { token, json: {}, ifMatch: '"x"' }, 412, "version-conflict");
      await assertFirst(trial, "PATCH", path, { token, ...badTag, mergePatch: {} }, 400, "malformed-request");
      await assertFirst(trial, "PATCH", path, { token, mergePatch: {} }, 404, "not-found");
      await assertFirst(trial, "DELETE", path, { token, ...badTag }, 400, "malformed-request");
      await assertFirst(trial, "DELETE", path, { token }, 404, "not-found");
      for (const target of [path, `${path}/versions/1`])
        await assertFirst(trial, "GET", target, { token, ...badTag }, 400, "malformed-request");
      await assertFirst(trial, "GET", `${path}/versions?limit=0`, { token }, 400, "malformed-request");
    },
  },
]);

const openCases = casesOn("open", [
  {
    name: "a media type that is not taken comes before content that is too large, and both before malformed things",
    async run(trial) {
      const { path } = await create(trial, "articles", { title: "A" });
      for (const [method, target] of [
        ["PUT", path],
        ["POST", "/articles"],
        ["PATCH", path],
      ] as const) {
        await assertFirst(
          trial,
          method,
          target,
          { ...huge, headers: asText, ...badTag },
          415,
          "unsupported-media-type",
        );
        const headers = method === "PATCH" ? { "content-type": "application/merge-patch+json" } : {};
        await assertFirst(trial, method, target, { ...huge, headers, ...badTag }, 413, "payload-too-large");
      }
    },
  },
  {
    name: "what is malformed comes before a resource that is not there or deleted, and before 428",
    async run(trial) {
      const gone = await create(trial, "articles", { title: "A" });
      await remove(trial, gone);
      const there = await create(trial, "articles", { title: "A" });
      for (const path of ["/articles/never", gone.path, there.path]) {
        await assertFirst(trial, "GET", path, badTag, 400, "malformed-request");
        await assertFirst(trial, "HEAD", path, badTag, 400, "malformed-request");
        await assertFirst(trial, "PUT", path, { json: {}, ...badTag }, 400, "malformed-request");
        await assertFirst(trial, "PUT", path, { content: "{" }, 400, "malformed-request");
        await assertFirst(trial, "PATCH", path, { mergePatch: { version: "1" } }, 400, "malformed-request");
        await assertFirst(trial, "DELETE", path, badTag, 400, "malformed-request");
      }
    },
  },
  {
    name: "a JSON Patch that does not parse comes before 404, 428 and a conflict, as any other malformed content",
    async run(trial) {
      const there = await create(trial, "articles", { title: "A" });
      for (const jsonPatch of [
        {},
        [{ op: "nope", path: "/a" }],
        [{ op: "remove", path: "/~2" }],
        [{ op: "remove", path: "/__proto__" }],
      ]) {
        for (const message of [{ jsonPatch }, { jsonPatch, ifMatch: '"x"' }]) {
          await assertFirst(trial, "PATCH", "/articles/never", message, 400, "malformed-request");
          await assertFirst(trial, "PATCH", there.path, message, 400, "malformed-request");
        }
      }
    },
  },
  {
    name: "all that is malformed is named at once",
    async run(trial) {
      const { path } = await create(trial, "articles", { title: "A" });
      const answer = await trial.send("PUT", path, { json: { id: "x", version: -1 }, ifMatch: "x", ifNoneMatch: "" });
      assertMalformed(
        trial,
        answer,
        { code: "malformed-version", pointer: "/version" },
        { code: "contradictory-id", pointer: "/id" },
        { code: "malformed-etag", header: "If-Match" },
        { code: "malformed-etag", header: "If-None-Match" },
      );
    },
  },
  {
    name: "404 and 410 come before 428, 428 before a conflict, and that before 422",
    async run(trial) {
      const gone = await create(trial, "articles", { title: "A" });
      await remove(trial, gone);
      const first = await create(trial, "articles", { title: "A" });
      await replace(trial, first, { title: "B" });
      const invalid = { title: 1 };
      await assertFirst(trial, "DELETE", "/articles/never", {}, 404, "not-found");
      await assertFirst(trial, "PATCH", "/articles/never", { mergePatch: invalid }, 404, "not-found");
      await assertFirst(trial, "DELETE", gone.path, {}, 410, "gone");
      await assertFirst(trial, "PATCH", gone.path, { mergePatch: invalid, ifMatch: "*" }, 410, "gone");
      await assertFirst(trial, "PUT", first.path, { json: invalid }, 428, "precondition-required");
      await assertFirst(trial, "PUT", first.path, { json: invalid, ifMatch: first.etag }, 409, "version-conflict");
      const apart = { jsonPatch: [{ op: "remove", path: "/never" }], ifMatch: first.etag };
      await assertFirst(trial, "PATCH", first.path, apart, 409, "version-conflict");
    },
  },
  {
    name: "422 comes before a taken id, a taken value and a wrong state",
    async run(trial) {
      const sku = trial.nextName();
      const product = await create(trial, "products", { sku });
      await assertFirst(
        trial,
        "POST",
        "/products",
        { json: { id: product.id, price: "free" } },
        422,
        "validation-failed",
      );
      await assertFirst(trial, "POST", "/products", { json: { sku, price: "free" } }, 422, "validation-failed");
      const order = await create(trial, "orders", { product: product.id, quantity: 1, status: "pending" });
      const { path, etag: ifMatch } = order;
      const wrong = { product: "never", quantity: 1, status: "shipped" };
      await assertFirst(trial, "PUT", path, { json: wrong, ifMatch }, 422, "validation-failed");
      await assertFirst(trial, "PUT", path, { json: { ...wrong, product: 1 }, ifMatch }, 422, "validation-failed");
    },
  },
]);

export const orderingCases: readonly AdapterCase[] = [...guardedCases, ...openCases];
