import assert from "node:assert/strict";
import { assertHeaders, assertStatus, bodyOf } from "./answer.js";
import { freshKey, sendTwice } from "./keyed.js";
import { assertInvalid, assertMalformedBody, assertProblem } from "./problems.js";
import { assertUntouched, create, resourceOf } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const patches = "application/merge-patch+json, application/json-patch+json";

export const patchingCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "a merge patch changes what it names, deletes what it sets to null, and replaces arrays whole",
    async run(trial) {
      const { id, path, etag, wholePath } = await create(trial, "notes", { a: { b: 1, c: [1, 2], d: { e: 1 } }, f: 1 });
      const mergePatch = { a: { b: null, c: [3], d: { g: null, h: 2 } }, i: { j: null } };
      const answer = await trial.send("PATCH", path, { mergePatch, ifMatch: etag });
      assertStatus(answer, 200);
      assertHeaders(answer, { "content-location": wholePath });
      assert.deepEqual(bodyOf(answer), { id, version: 2, a: { c: [3], d: { e: 1, h: 2 } }, f: 1, i: {} });
      assert.equal((await trial.send("GET", path)).text, answer.text);
    },
  },
  {
    name: "a collection can take application/json as a merge patch; others answer 415 with the patches that they take",
    async run(trial) {
      const strict = await create(trial, "articles", { title: "A" });
      const refused = await trial.send("PATCH", strict.path, { json: { title: "B" }, ifMatch: strict.etag });
      assertProblem(trial, refused, "unsupported-media-type");
      assertHeaders(refused, { "accept-patch": patches });
      await assertUntouched(trial, strict);

      const { id, path } = await create(trial, "merging", { a: 1, b: 2 });
      const patched = await trial.send("PATCH", path, { json: { a: null, c: 3, version: 1 } });
      assertStatus(patched, 200);
      assert.deepEqual(bodyOf(patched), { id, version: 2, b: 2, c: 3 });
      assertStatus(await trial.send("PATCH", path, { json: { c: 4, version: 1 } }), 409);
      // A JSON Patch under the wrong media type would replace all that there is.
      assertInvalid(trial, await trial.send("PATCH", path, { json: [{ op: "remove", path: "/b" }] }), "");
      const asText = { headers: { "content-type": "text/plain" }, content: "{}" };
      const listed = { "accept-patch": `${patches}, application/json` };
      assertHeaders(await trial.send("PATCH", path, asText), listed);
      assertHeaders(await trial.send("OPTIONS", path), listed);
    },
  },
  {
    name: "a key that comes with the same patch under another media type is 422",
    async run(trial) {
      const { path } = await create(trial, "merging", { a: 1 });
      const key = freshKey(trial);
      assertStatus(await sendTwice(trial, "PATCH", path, { key, json: { a: 2 } }), 200);
      assertProblem(trial, await trial.send("PATCH", path, { key, mergePatch: { a: 2 } }), "idempotency-key-reused");
    },
  },
  {
    name: "a JSON Patch adds, removes, replaces, moves, copies and tests, one operation after the other",
    async run(trial) {
      const { id, path, etag } = await create(trial, "notes", { a: [1, 2], "b/c": { "~d": 1 }, e: null });
      const jsonPatch = [
        { op: "test", path: "/version", value: 1 },
        { op: "test", path: "/id", value: id },
        { op: "test", path: "/e", value: null },
        { op: "add", path: "/a/1", value: 9 },
        { op: "add", path: "/a/-", value: { x: 1 } },
        { op: "remove", path: "/a/0" },
        { op: "replace", path: "/b~1c/~0d", value: 2 },
        { op: "move", from: "/e", path: "/f" },
        { op: "copy", from: "/a/2", path: "/g" },
        { op: "add", path: "/g/y", value: 2, note: "unknown members are passed over" },
      ];
      const answer = await trial.send("PATCH", path, { jsonPatch, ifMatch: etag });
      assertStatus(answer, 200);
      const expected = { id, version: 2, a: [9, 2, { x: 1 }], "b/c": { "~d": 2 }, f: null, g: { x: 1, y: 2 } };
      assert.deepEqual(bodyOf(answer), expected);
    },
  },
  {
    name: "a JSON Patch whose test fails is 409, names the place, and nothing of it is applied",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const jsonPatch = [
        { op: "replace", path: "/title", value: "B" },
        { op: "test", path: "/title", value: "A" },
      ];
      const answer = await trial.send("PATCH", resource.path, { jsonPatch, ifMatch: resource.etag });
      assertProblem(trial, answer, "invalid-state", { members: { resource: resource.key, field: "/title" } });
      await assertUntouched(trial, resource);
    },
  },
  {
    name: "a JSON Patch to a place that is not there is 422",
    async run(trial) {
      const resource = await create(trial, "notes", { a: [1], o: {} });
      for (const operation of [
        { op: "remove", path: "/b" },
        { op: "replace", path: "/a/1", value: 1 },
        { op: "add", path: "/a/3", value: 1 },
        { op: "add", path: "/b/c", value: 1 },
        { op: "move", from: "/b", path: "/c" },
        { op: "copy", from: "/a/-", path: "/c" },
        { op: "test", path: "/toString", value: 1 },
        { op: "remove", path: "/o/-1" },
      ]) {
        const answer = await trial.send("PATCH", resource.path, { jsonPatch: [operation], ifMatch: resource.etag });
        assertStatus(answer, 422);
        assert.equal(bodyOf(answer)["type"], `${trial.typePrefix}validation-failed`);
      }
      await assertUntouched(trial, resource);
    },
  },
  {
    name: "a JSON Patch that is none is 400",
    async run(trial) {
      const resource = await create(trial, "notes", { a: 1 });
      for (const jsonPatch of [
        {},
        "add",
        [1],
        [{ op: "nope", path: "/a" }],
        [{ op: "add", path: "/a" }],
        [{ op: "add", value: 1 }],
        [{ op: "move", path: "/b" }],
        [{ path: "/a", value: 1 }],
      ]) {
        const answer = await trial.send("PATCH", resource.path, { jsonPatch, ifMatch: resource.etag });
        assertStatus(answer, 400);
        assert.equal(bodyOf(answer)["type"], `${trial.typePrefix}malformed-request`);
      }
      const answer = await trial.send("PATCH", resource.path, {
        jsonPatch: [{ op: "add", path: "a", value: 1 }],
        ifMatch: "*",
      });
      assertMalformedBody(trial, answer, "malformed-pointer");
      await assertUntouched(trial, resource);
    },
  },
  {
    name: "a JSON Patch can't change id and version",
    async run(trial) {
      const resource = await create(trial, "notes", { a: 1 });
      const patch = (path: string, value: unknown) =>
        trial.send("PATCH", resource.path, { jsonPatch: [{ op: "replace", path, value }], ifMatch: resource.etag });
      assertInvalid(trial, await patch("/id", "other"), "/id");
      assertInvalid(trial, await patch("/version", 9), "/version");
      await assertUntouched(trial, resource);
    },
  },
  {
    name: "a stale merge patch and a stale JSON Patch are conflicts that say what they would have changed",
    async run(trial) {
      const first = await create(trial, "articles", { title: "A", body: "a" });
      const answer = await trial.send("PUT", first.path, { json: { title: "B", body: "a" }, ifMatch: first.etag });
      const second = resourceOf(trial, "articles", first.id, answer);
      const conflicting = [
        await trial.send("PATCH", first.path, { mergePatch: { title: "C" }, ifMatch: first.etag }),
        await trial.send("PATCH", first.path, {
          jsonPatch: [{ op: "replace", path: "/title", value: "C" }],
          ifMatch: first.etag,
        }),
      ];
      const apart = await trial.send("PATCH", first.path, { mergePatch: { body: "c" }, ifMatch: first.etag });
      const changes = [{ op: "replace", path: "/title", value: "B" }];
      for (const conflict of [...conflicting, apart]) {
        assertStatus(conflict, 409);
        assert.deepEqual(bodyOf(conflict)["changes"], changes);
      }
      for (const conflict of conflicting) assert.deepEqual(bodyOf(conflict)["conflictingFields"], ["/title"]);
      assert.deepEqual(bodyOf(apart)["conflictingFields"], []);
      await assertUntouched(trial, second);
    },
  },
]);
