import assert from "node:assert/strict";
import type { JsonObject } from "@unclash/core/json";
import { assertStatus, bodyOf, etagOf, memberOf } from "./answer.js";
import { itemsOf } from "./lists.js";
import { assertMalformed, assertProblem } from "./problems.js";
import { assertUntouched, create, replace } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

/** The item of a list that has this id. */
async function itemOf(trial: Trial, collection: string, id: string): Promise<JsonObject> {
  const list = await trial.send("GET", `/${collection}?limit=100`);
  assertStatus(list, 200);
  const item = itemsOf(list).find((each) => each["id"] === id);
  assert(item !== undefined, `${collection} lists ${id}`);
  return item;
}

export const sentBackCases: readonly AdapterCase[] = casesOn("open", [
  {
    name:
      "an item of a list can be edited and put back whole: its version and entity-tag are the precondition, " +
      "and no fields",
    async run(trial) {
      for (const collection of ["listed", "stamped", "hashed"]) {
        const { id, path } = await create(trial, collection, { a: 1 });
        const item = await itemOf(trial, collection, id);
        const saved = await trial.send("PUT", path, { json: { ...item, a: 2 } });
        assertStatus(saved, 200);
        const { version, ...rest } = bodyOf(saved);
        assert.deepEqual(rest, { id, a: 2 });
        const again = await trial.send("PUT", path, { json: { ...item, a: 3 } });
        assertStatus(again, 409);
        assert.deepEqual(memberOf(again, "expected"), { version: item["version"] });
        assert.deepEqual(bodyOf(await trial.send("GET", path)), { id, version, a: 2 });
      }
    },
  },
  {
    name: "the entity-tag in content is a precondition of a PUT and a merge patch, also where one is required",
    async run(trial) {
      for (const [method, kind] of [
        ["PUT", "json"],
        ["PATCH", "mergePatch"],
      ] as const) {
        const first = await create(trial, "articles", { title: "A" });
        const changed = await trial.send(method, first.path, { [kind]: { title: "B", etag: first.etag } });
        assertStatus(changed, 200);
        assert.deepEqual(bodyOf(changed), { id: first.id, version: 2, title: "B" });
        const stale = await trial.send(method, first.path, { [kind]: { title: "C", etag: first.etag } });
        assertStatus(stale, 409);
        assert.deepEqual(memberOf(stale, "expected"), { etag: [first.etag] });
        assert.deepEqual(memberOf(stale, "conflictingFields"), ["/title"]);
        const weak = await trial.send(method, first.path, { [kind]: { title: "C", etag: `W/${etagOf(changed)}` } });
        assertStatus(weak, 409);
      }
      const absent = await trial.send("PUT", "/articles/never", { json: { title: "A", etag: '"1-aaaa"' } });
      assertStatus(absent, 409);
      assert.deepEqual([memberOf(absent, "expected"), memberOf(absent, "identical")], [{ etag: ['"1-aaaa"'] }, false]);
      assertStatus(await trial.send("PATCH", "/articles/never", { mergePatch: { etag: '"1-aaaa"' } }), 404);
    },
  },
  {
    name: "a strategy goes by the entity-tag in content as by that in If-Match",
    async run(trial) {
      const first = await create(trial, "drafts", { a: 1 });
      await replace(trial, first, { a: 2 });
      const late = await trial.send("PUT", first.path, { json: { a: 3, etag: first.etag } });
      assertStatus(late, 200);
      assert.equal(late.headers["unclash-conflict"], "status=resolved, strategy=last-write-wins");
      const foreign = await trial.send("PUT", first.path, { json: { a: 4, etag: '"1-aaaaaaaaaaaaaaaa"' } });
      assertStatus(foreign, 409);
    },
  },
  {
    name: "an entity-tag in content that is none is 400 in whatever is created or changed",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const { path, etag: ifMatch } = resource;
      const malformed = { code: "malformed-etag", pointer: "/etag" };
      for (const etag of [
        "x",
        "",
        "*",
        ifMatch.slice(1, -1),
        `${ifMatch}, "x"`,
        ` ${ifMatch}`,
        '"€"',
        1,
        null,
        [ifMatch],
      ]) {
        assertMalformed(trial, await trial.send("PUT", path, { json: { title: "B", etag }, ifMatch }), malformed);
        assertMalformed(trial, await trial.send("PATCH", path, { mergePatch: { etag }, ifMatch }), malformed);
        assertMalformed(trial, await trial.send("POST", "/articles", { json: { title: "B", etag } }), malformed);
      }
      await assertUntouched(trial, resource);
      const copied = await trial.send("POST", "/articles", { json: { title: "B", version: 7, etag: '"7-x"' } });
      assertStatus(copied, 201);
      assert.deepEqual([memberOf(copied, "version"), memberOf(copied, "etag")], [1, undefined]);
    },
  },
  {
    name: "row 70: an entity-tag in content that differs from If-Match, or from the version beside it, is 400",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const { path, etag } = resource;
      const header = { code: "contradictory-preconditions", header: "If-Match" };
      for (const ifMatch of ['"x"', '"1-aaaaaaaaaaaaaaaa"', '"x", "y"']) {
        const json = { title: "B", etag };
        assertMalformed(trial, await trial.send("PUT", path, { json, ifMatch }), header);
        assertMalformed(trial, await trial.send("PATCH", path, { mergePatch: json, ifMatch }), header);
      }
      const both = { title: "B", version: 2, etag };
      const pointer = { code: "contradictory-preconditions", pointer: "/etag" };
      assertMalformed(trial, await trial.send("PUT", path, { json: both }), pointer);
      assertMalformed(trial, await trial.send("PATCH", path, { mergePatch: both }), pointer);
      await assertUntouched(trial, resource);
      for (const ifMatch of ["*", etag, `"x", ${etag}`]) {
        assertStatus(await trial.send("PUT", path, { json: { title: "A", version: 1, etag }, ifMatch }), 200);
      }
    },
  },
  {
    name: "a JSON Patch can't make a field of the entity-tag",
    async run(trial) {
      const resource = await create(trial, "notes", { a: 1 });
      const jsonPatch = [{ op: "add", path: "/etag", value: resource.etag }];
      const refused = await trial.send("PATCH", resource.path, { jsonPatch });
      assertProblem(trial, refused, "validation-failed", { members: { errors: [{ pointer: "/etag" }] } });
      await assertUntouched(trial, resource);
    },
  },
  {
    name: "a collection can call the entity-tag otherwise, or show none: then `etag` is a field like any other",
    async run(trial) {
      const renamed = await create(trial, "retagged", { etag: "mine" });
      assert.deepEqual(renamed.body, { id: renamed.id, version: 1, etag: "mine" });
      const item = await itemOf(trial, "retagged", renamed.id);
      assert.deepEqual(item, { ...renamed.body, tag: renamed.etag });
      assertStatus(await trial.send("PUT", renamed.path, { json: { ...item, etag: 7 } }), 200);
      assertStatus(await trial.send("PUT", renamed.path, { json: { ...item, etag: 8 } }), 409);
      const untagged = await create(trial, "untagged", { etag: "mine" });
      assert.deepEqual(await itemOf(trial, "untagged", untagged.id), untagged.body);
      assertStatus(await trial.send("PUT", untagged.path, { json: { etag: untagged.etag } }), 428);
    },
  },
]);
