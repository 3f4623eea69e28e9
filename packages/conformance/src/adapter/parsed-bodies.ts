import assert from "node:assert/strict";
import { assertStatus, bodyOf, memberOf } from "./answer.js";
import { assertCleanGlobals, untouched } from "./hostile.js";
import { assertMalformed, assertMalformedBody } from "./problems.js";
import { create, read } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const json = { title: "after" };

export const parsedBodyCases: readonly AdapterCase[] = casesOn("parsed", [
  {
    name: "behind a body parser, writes are the same",
    async run(trial) {
      const { id, path, etag } = await create(trial, "notes", { a: [1], b: { c: "é" } });
      const put = await trial.send("PUT", path, { json: { a: [1, 2] }, ifMatch: etag });
      assert.deepEqual(bodyOf(put), { id, version: 2, a: [1, 2] });
      assert.deepEqual(bodyOf(await trial.send("PATCH", path, { mergePatch: { b: 1 } })), {
        id,
        version: 3,
        a: [1, 2],
        b: 1,
      });
      const jsonPatch = [{ op: "remove", path: "/a" }];
      assert.deepEqual(bodyOf(await trial.send("PATCH", path, { jsonPatch })), { id, version: 4, b: 1 });
      assertStatus(await trial.send("GET", path), 200);
      assertStatus(await trial.send("DELETE", path), 204);
    },
  },
  {
    name: "behind a body parser, an empty object is content, and no content is none",
    async run(trial) {
      const note = await create(trial, "notes", { a: 1 });
      assert.deepEqual(bodyOf(await trial.send("PUT", note.path, { json: {} })), { id: note.id, version: 2 });
      const headers = { "content-type": "application/json" };
      const empty = await trial.send("PUT", note.path, { headers, foreign: true });
      assertStatus(empty, 400);
      assert.equal(memberOf(await read(trial, note), "version"), 2);
      const untyped = await trial.send("PUT", note.path, {
        content: '{"a":1}',
        headers: { "content-type": "text/plain" },
      });
      assertStatus(untyped, 415);
    },
  },
  {
    name: "behind a body parser, row 19: a version that is no whole number is 400",
    run: (trial) =>
      untouched(trial, async ({ path }) => {
        for (const version of ['"5"', "5.5", "-1", "9007199254740993"]) {
          const answer = await trial.send("PUT", path, { content: `{"title":"after","version":${version}}` });
          assertMalformed(trial, answer, { code: "malformed-version", pointer: "/version" });
        }
      }),
  },
  {
    name: "behind a body parser, rows 24, 26, 27 and 28: what is too deep, too wide, too large or no Unicode is 400",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        const put = (content: string) => trial.send("PUT", path, { content, ifMatch });
        const members = Array.from({ length: 10_001 }, (_, at) => `"${at.toString(36)}":0`);
        assertMalformedBody(trial, await put(`{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}`), "too-deep");
        assertMalformedBody(trial, await put(`{${members.join(",")}}`), "too-many-keys");
        assertMalformedBody(trial, await put(`{"a":[0${",0".repeat(20_000)}]}`), "too-many-values");
        assertMalformedBody(trial, await put(`{"${"k".repeat(2_000)}":1}`), "key-too-long");
        assertMalformedBody(trial, await put('{"a":1e400}'), "number-out-of-range");
        assertMalformedBody(trial, await put('{"title":"\\ud800"}'), "invalid-unicode");
      }),
  },
  {
    name: "behind a body parser, rows 25, 29 and 31: what it refuses itself, or lets through, changes nothing",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        for (const content of [
          "{",
          '{"title":NaN}',
          '{"title":"a",}',
          '{"title":"after","__proto__":{"admin":true}}',
        ]) {
          const answer = await trial.send("PUT", path, { content, ifMatch, foreign: true });
          assertStatus(answer, 400);
        }
        const huge = await trial.send("PUT", path, { content: `"${"x".repeat(2_097_152)}"`, ifMatch, foreign: true });
        assertStatus(huge, 413);
        assertCleanGlobals();
      }),
  },
  {
    name: "behind a body parser, conditions and refusals are the same",
    run: (trial) =>
      untouched(trial, async ({ path, etag }) => {
        assertStatus(await trial.send("PUT", path, { json }), 428);
        assertStatus(await trial.send("PUT", path, { json, ifMatch: '"x"' }), 409);
        assertStatus(await trial.send("PUT", path, { json: { title: 1 }, ifMatch: etag }), 422);
        assertStatus(await trial.send("DELETE", path), 428);
        assertStatus(await trial.send("GET", path, { ifNoneMatch: etag }), 304);
      }),
  },
]);
