import assert from "node:assert/strict";
import { isJsonObject, type Json } from "@unclash/core/json";
import { assertHeaders, assertStatus, bodyOf, etagOf } from "./answer.js";
import { itemsOf } from "./lists.js";
import { assertInvalid, assertProblem } from "./problems.js";
import { assertUntouched, create, replace } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const alice = "alice";
const admin = "admin";
const writer = "writer";

function memberOfMember(value: Json | undefined, name: string): Json | undefined {
  assert(isJsonObject(value), "it is an object");
  return value[name];
}

/** What answers must not tell those who may not read. */
export const disclosureCases: readonly AdapterCase[] = casesOn("guarded", [
  {
    name: "nothing tells a hidden resource from one that never was",
    async run(trial) {
      await create(trial, "articles", { a: 1 }, { id: "hidden-there", token: admin });
      for (const message of [
        {},
        { ifMatch: "*", json: {} },
        { ifMatch: '"1-aaaa"', json: {} },
        { ifNoneMatch: "*", json: {} },
        { ifMatch: "x", json: {} },
        { json: {} },
        { ifMatch: "*", mergePatch: {} },
        { ifMatch: "*", jsonPatch: [{ op: "test", path: "/a", value: 1 }] },
        { ifNoneMatch: "*", json: {}, prefer: "dry-run" },
      ]) {
        for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
          const [there, absent] = [
            await trial.send(method, "/articles/hidden-there", { token: alice, ...message }),
            await trial.send(method, "/articles/hidden-other", { token: alice, ...message }),
          ];
          const told = [there.text.replaceAll("hidden-there", "hidden-other"), there.status];
          assert.deepEqual(told, [absent.text, absent.status]);
        }
      }
    },
  },
  {
    name: "a conflict shows what happened since only to who may read the history",
    async run(trial) {
      const first = await create(trial, "articles", { a: 1 }, { id: "past-2", token: admin });
      const second = await replace(trial, first, { a: 2 }, admin);
      const stale = { json: { a: 3 }, ifMatch: first.etag };
      const shown = bodyOf(await trial.send("PUT", first.path, { ...stale, token: admin }));
      assert.deepEqual(
        [shown["conflictingFields"], shown["changes"]],
        [["/a"], [{ op: "replace", path: "/a", value: 2 }]],
      );
      const closed = bodyOf(await trial.send("PUT", first.path, { ...stale, token: alice }));
      assert.deepEqual([closed["conflictingFields"], closed["changes"]], [undefined, undefined]);
      assert.deepEqual([closed["identical"], memberOfMember(closed["current"], "etag")], [false, second.etag]);
    },
  },
  {
    name: "a JSON Patch whose outcome depends on the state is 403 to who may not read it, whatever the state",
    async run(trial) {
      const resource = await create(trial, "articles", { a: 1, o: {} });
      const patch = (jsonPatch: readonly object[], token?: string) =>
        trial.send("PATCH", resource.path, { jsonPatch, ifMatch: "*", prefer: "dry-run", ...(token && { token }) });
      const add = { op: "add", path: "/b", value: 2 };
      for (const [operation, status] of [
        [{ op: "test", path: "/a", value: 1 }, 200],
        [{ op: "test", path: "/a", value: 2 }, 409],
        [{ op: "remove", path: "/a" }, 200],
        [{ op: "remove", path: "/x" }, 422],
        [{ op: "replace", path: "/a", value: 2 }, 200],
        [{ op: "replace", path: "/x", value: 2 }, 422],
        [{ op: "copy", from: "/a", path: "/c" }, 200],
        [{ op: "copy", from: "/x", path: "/c" }, 422],
        [{ op: "move", from: "/a", path: "/c" }, 200],
        [{ op: "move", from: "/x", path: "/x" }, 422],
        [{ op: "add", path: "/o/p", value: 2 }, 200],
        [{ op: "add", path: "/x/p", value: 2 }, 422],
      ] as const) {
        assertProblem(trial, await patch([add, operation], writer), "forbidden");
        assertStatus(await patch([add, operation], alice), status);
      }
      const { id, version } = resource.body;
      const whole = { path: "", value: { id, version, c: 3 } };
      for (const operation of [add, { ...add, path: "/a" }, { op: "add", ...whole }, { op: "replace", ...whole }])
        assertStatus(await patch([operation], writer), 204);
      for (const operation of [{ op: "leap", path: "/a" }, { op: "add", value: 1 }, 1])
        assertStatus(await patch([Object(operation)], writer), 400);
      await assertUntouched(trial, resource);
    },
  },
  {
    name: "what is only tried out by who may not read has no entity-tag: it would tell what is there",
    async run(trial) {
      const resource = await create(trial, "articles", { a: 1 });
      for (const a of [1, 2]) {
        for (const prefer of ["dry-run", "dry-run, return=minimal"]) {
          const sent = { token: writer, json: { a }, ifMatch: "*", prefer };
          const tried = await trial.send("PUT", resource.path, sent);
          assertStatus(tried, 204);
          assertHeaders(tried, { etag: undefined, "last-modified": undefined });
        }
      }
      const same = await trial.send("PUT", resource.path, { json: { a: 1 }, ifMatch: "*", prefer: "dry-run" });
      assert.equal(etagOf(same), resource.etag);
    },
  },
  {
    name: "a write that changes nothing, by who may not read, has no entity-tag: it would be that of what is there",
    async run(trial) {
      const resource = await create(trial, "articles", { a: 1 });
      for (const prefer of ["return=representation", "return=minimal"]) {
        const sent = { token: writer, mergePatch: {}, ifMatch: "*", prefer };
        const answer = await trial.send("PATCH", resource.path, sent);
        assertStatus(answer, 204);
        assertHeaders(answer, { etag: undefined, "last-modified": undefined });
      }
      await assertUntouched(trial, resource, alice);
    },
  },
  {
    name: "an entity-tag that is a digest of the content is not for who may not read that",
    async run(trial) {
      const { path } = await create(trial, "hashed", { secret: 1 });
      const patch = { token: writer, mergePatch: { b: trial.nextName() }, ifMatch: "*" };
      for (const prefer of ["return=representation", "return=minimal"]) {
        const keyed = { ...patch, prefer, key: trial.nextName() };
        for (const _time of ["at first", "again"]) {
          const answer = await trial.send("PATCH", path, keyed);
          assertStatus(answer, 204);
          assertHeaders(answer, { etag: undefined, "content-length": undefined });
        }
      }
      const known = await trial.send("PATCH", path, { ...patch, token: alice });
      assertHeaders(await trial.send("GET", path, { token: alice }), { etag: etagOf(known) });
    },
  },
  {
    name: "a list holds only what its reader may read, and its entity-tag tells of nothing else",
    async run(trial) {
      await create(trial, "listed", { a: 1 }, { id: "a" });
      const secret = await create(trial, "listed", { a: 1 }, { id: "hidden-1", token: admin });
      const next = async () => bodyOf(await trial.send("GET", "/listed?limit=1", { token: alice }))["next"];
      assert.equal(await next(), null, "nothing that alice may read follows");
      await create(trial, "listed", { a: 1 }, { id: "z" });
      const before = await trial.send("GET", "/listed", { token: alice });
      assert.deepEqual(
        itemsOf(before).map(({ id }) => id),
        ["a", "z"],
      );
      assert.notEqual(await next(), null);
      assert.equal(itemsOf(await trial.send("GET", "/listed", { token: admin })).length, 3);
      await replace(trial, secret, { a: 2 }, admin);
      assertStatus(await trial.send("GET", "/listed", { token: alice, ifNoneMatch: etagOf(before) }), 304);
    },
  },
  {
    name: "who may write but not read is shown nothing by the answers to its writes",
    async run(trial) {
      const id = trial.nextName();
      const token = writer;
      const created = await trial.send("PUT", `/articles/${id}`, { token, json: { a: 1 }, ifNoneMatch: "*" });
      assertStatus(created, 201);
      assert.equal(created.text, "");
      assertHeaders(created, {
        location: `/articles/${id}`,
        "content-location": undefined,
        "preference-applied": undefined,
      });
      const patched = await trial.send("PATCH", `/articles/${id}`, {
        token,
        mergePatch: { b: 2 },
        ifMatch: etagOf(created),
      });
      assertStatus(patched, 204);
      assertHeaders(patched, { "content-location": undefined, "preference-applied": undefined });
      assertProblem(trial, await trial.send("GET", `/articles/${id}`, { token }), "forbidden");
      assert.deepEqual(bodyOf(await trial.send("GET", `/articles/${id}`, { token: alice })), {
        id,
        version: 2,
        a: 1,
        b: 2,
      });
    },
  },
  {
    name: "a conflict shows nothing of the current state to who may not read it",
    async run(trial) {
      for (const collection of ["articles", "first", "drafts"]) {
        const first = await create(trial, collection, { a: 1 });
        const second = await replace(trial, first, { a: 2 });
        const ifMatch = collection === "drafts" ? '"1-aaaaaaaaaaaaaaaa"' : first.etag;
        const refused = await trial.send("PUT", first.path, { token: writer, json: { a: 3 }, ifMatch });
        const links = { resource: first.path, versions: `${first.path}/versions` };
        const members = { resource: first.key, expected: { etag: [ifMatch] }, links };
        assertProblem(trial, refused, "version-conflict", { status: 412, members });
        assert(!refused.text.includes("version 2"), "nor does its sentence");
        await assertUntouched(trial, second);
      }
    },
  },
  {
    name: "a taken id or value does not name its holder to who may not read it",
    async run(trial) {
      const name = trial.nextName();
      await create(trial, "notes", { name }, { id: "hidden-holder", token: admin });
      const taken = await trial.send("POST", "/notes", { token: alice, json: { name } });
      assertProblem(trial, taken, "duplicate", { members: { resource: "notes", field: "/name" } });
      const shown = await trial.send("POST", "/notes", { token: admin, json: { name } });
      const holder = "notes/hidden-holder";
      assertProblem(trial, shown, "duplicate", { members: { resource: "notes", field: "/name", holder } });
      const { id, key } = await create(trial, "notes", {});
      const again = await trial.send("POST", "/notes", { token: writer, json: { id } });
      assertProblem(trial, again, "duplicate", { members: { resource: key, field: "/id" } });
    },
  },
  {
    name: "a reference to what one may not read is as wrong as one to nothing",
    async run(trial) {
      await create(trial, "articles", {}, { id: "hidden-target", token: admin });
      for (const about of ["hidden-target", "hidden-nothing", "nothing"]) {
        assertInvalid(trial, await trial.send("POST", "/notes", { token: alice, json: { about } }), "/about");
      }
      assertStatus(await trial.send("POST", "/notes", { token: admin, json: { about: "hidden-target" } }), 201);
    },
  },
  {
    name: "what was deleted is 404, not 410, to who may not read it",
    async run(trial) {
      const { path, etag } = await create(trial, "articles", {});
      assertStatus(await trial.send("DELETE", path, { ifMatch: etag }), 204);
      assertProblem(trial, await trial.send("DELETE", path, { token: writer, ifMatch: etag }), "not-found");
      assertStatus(await trial.send("DELETE", path, { token: alice, ifMatch: etag }), 410);
    },
  },
]);
