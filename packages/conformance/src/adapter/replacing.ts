import assert from "node:assert/strict";
import { assertHeaders, assertStatus, bodyOf, etagOf, headerOf } from "./answer.js";
import { assertInvalid, assertMalformed, assertProblem } from "./problems.js";
import { assertUntouched, create, read, remove, replace } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

export const replacingCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "PUT with the current entity-tag replaces all fields, and is answered with the new state and its validators",
    async run(trial) {
      const before = await create(trial, "articles", { title: "A", body: "long" });
      const { id, path, wholePath } = before;
      const answer = await trial.send("PUT", path, { json: { title: "B" }, ifMatch: before.etag });
      assertStatus(answer, 200);
      assert.deepEqual(bodyOf(answer), { id, version: 2, title: "B" });
      assertHeaders(answer, { "content-location": wholePath, location: undefined, "preference-applied": undefined });
      assert.notEqual(etagOf(answer), before.etag);
      const got = await read(trial, before);
      assert.deepEqual([got.text, etagOf(got)], [answer.text, etagOf(answer)]);
      assertHeaders(got, { "last-modified": headerOf(answer, "last-modified") });
    },
  },
  {
    name: "If-Match holds for *, and for a list in which the current tag stands",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      assertStatus(await trial.send("PUT", resource.path, { json: { title: "B" }, ifMatch: "*" }), 200);
      const current = await read(trial, resource);
      const ifMatch = `"x",, W/"y" ,${etagOf(current)}`;
      assertStatus(await trial.send("PUT", resource.path, { json: { title: "C" }, ifMatch }), 200);
    },
  },
  {
    name: "a write where a precondition is required and none came is 428, whatever the method",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const members = { links: { resource: resource.wholePath } };
      for (const answer of [
        await trial.send("PUT", resource.path, { json: { title: "B" } }),
        await trial.send("PATCH", resource.path, { mergePatch: { title: "B" } }),
        await trial.send("PATCH", resource.path, { jsonPatch: [{ op: "replace", path: "/title", value: "B" }] }),
        await trial.send("DELETE", resource.path),
        await trial.send("PUT", resource.path, { json: { title: "B" }, ifNoneMatch: '"x"' }),
        await trial.send("PATCH", resource.path, { mergePatch: { title: "B" }, ifNoneMatch: "*" }),
        await trial.send("DELETE", resource.path, { ifNoneMatch: "*" }),
      ]) {
        assertProblem(trial, answer, "precondition-required", { members });
      }
      await assertUntouched(trial, resource);
    },
  },
  {
    name: "the version in the content of a PUT or merge patch is a precondition, and a failed one is 409",
    async run(trial) {
      const first = await create(trial, "articles", { title: "A" });
      const { path } = first;
      assertStatus(await trial.send("PUT", path, { json: { title: "B", version: 1 } }), 200);
      assertStatus(await trial.send("PATCH", path, { mergePatch: { title: "C", version: 2 } }), 200);
      const current = await read(trial, first);
      for (const stale of [
        await trial.send("PUT", path, { json: { title: "D", version: 2 } }),
        await trial.send("PATCH", path, { mergePatch: { title: "D", version: 1 } }),
        await trial.send("PUT", path, { json: { title: "D", version: 4 } }),
        await trial.send("PUT", path, { json: { title: "D", version: 0 } }),
      ]) {
        assertStatus(stale, 409);
      }
      assert.equal((await read(trial, first)).text, current.text);
      assertStatus(await trial.send("PUT", path, { json: { title: "D", version: 3 }, ifMatch: etagOf(current) }), 200);
    },
  },
  {
    name: "a version in the content of a POST must be one, and says nothing",
    async run(trial) {
      const created = await trial.send("POST", "/articles", { json: { title: "A", version: 7 } });
      assertStatus(created, 201);
      assert.equal(bodyOf(created)["version"], 1);
      const wrong = await trial.send("POST", "/articles", { json: { title: "A", version: "1" } });
      assertMalformed(trial, wrong, { code: "malformed-version", pointer: "/version" });
    },
  },
  {
    name: "a write that changes nothing keeps version and entity-tag and leaves no trace in the history",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A", body: "b" });
      const { id, path, etag, text, wholePath } = resource;
      for (const answer of [
        await trial.send("PUT", path, { json: { title: "A", body: "b" }, ifMatch: etag }),
        await trial.send("PUT", path, { json: { body: "b", id, title: "A", version: 1 } }),
        await trial.send("PATCH", path, { mergePatch: {}, ifMatch: etag }),
        await trial.send("PATCH", path, { mergePatch: { title: "A", tags: null }, ifMatch: etag }),
        await trial.send("PATCH", path, { jsonPatch: [], ifMatch: etag }),
        await trial.send("PATCH", path, { jsonPatch: [{ op: "replace", path: "/title", value: "A" }], ifMatch: etag }),
      ]) {
        assertStatus(answer, 200);
        assertHeaders(answer, { etag, "content-location": wholePath });
        assert.equal(answer.text, text);
      }
      const { items } = bodyOf(await trial.send("GET", `${path}/versions`));
      assert(Array.isArray(items) && items.length === 1);
    },
  },
  {
    name: "content that the schema refuses is 422 and changes nothing",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const { path, etag: ifMatch } = resource;
      assertInvalid(
        trial,
        await trial.send("PUT", path, { json: { body: 1, colour: "red" }, ifMatch }),
        "/title",
        "/body",
        "/colour",
      );
      assertInvalid(
        trial,
        await trial.send("PATCH", path, { mergePatch: { title: null, tags: 1 }, ifMatch }),
        "/title",
        "/tags",
      );
      assertInvalid(trial, await trial.send("PATCH", path, { mergePatch: ["a"], ifMatch }), "");
      await assertUntouched(trial, resource);
    },
  },
  {
    name: "DELETE is 204 and leaves a tombstone; a second one is 410, and one of what never was is 404",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const { path, etag, wholePath } = resource;
      const deleted = await trial.send("DELETE", path, { ifMatch: etag });
      assertStatus(deleted, 204);
      assertHeaders(deleted, { etag: undefined, "content-location": undefined, location: undefined });
      const members = { version: 2, links: { versions: `${wholePath}/versions` } };
      assertProblem(trial, await trial.send("DELETE", path, { ifMatch: etag }), "gone", { members });
      assertProblem(trial, await trial.send("PATCH", path, { mergePatch: {}, ifMatch: etag }), "gone", { members });
      assertProblem(trial, await trial.send("DELETE", "/articles/never", { ifMatch: "*" }), "not-found");
    },
  },
  {
    name: "DELETE of a state that is no longer current is a conflict",
    async run(trial) {
      const first = await create(trial, "articles", { title: "A" });
      const second = await replace(trial, first, { title: "B" });
      assertStatus(await trial.send("DELETE", first.path, { ifMatch: first.etag }), 409);
      await assertUntouched(trial, second);
      await remove(trial, second);
    },
  },
  {
    name: "without a precondition, where none is required, each write replaces what is there",
    async run(trial) {
      const { path } = await create(trial, "notes", { a: 1 });
      assertStatus(await trial.send("PUT", path, { json: { a: 2 } }), 200);
      assertStatus(await trial.send("PATCH", path, { mergePatch: { b: 3 } }), 200);
      assert.deepEqual(bodyOf(await trial.send("GET", path))["b"], 3);
      assertStatus(await trial.send("DELETE", path), 204);
      assertStatus(await trial.send("PUT", path, { json: { a: 4 } }), 201);
    },
  },
]);
