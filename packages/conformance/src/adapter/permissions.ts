import assert from "node:assert/strict";
import { isJsonObject, type Json } from "@unclash/core/json";
import { assertHeaders, assertStatus, bodyOf, etagOf, headerOf, memberOf } from "./answer.js";
import { challenge } from "./guarded.js";
import { itemsOf } from "./lists.js";
import { assertInvalid, assertProblem } from "./problems.js";
import { assertUntouched, create, modifiedAtOf, read, replace } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const alice = "alice";
const admin = "admin";
const writer = "writer";

function memberOfMember(value: Json | undefined, name: string): Json | undefined {
  assert(isJsonObject(value), "it is an object");
  return value[name];
}

export const permissionCases: readonly AdapterCase[] = casesOn("guarded", [
  {
    name: "wrong credentials are 401 with the app's challenge, on every route; none are anonymous",
    async run(trial) {
      await create(trial, "articles", { a: 1 }, { id: "open" });
      for (const [method, path] of [
        ["GET", "/articles"],
        ["GET", "/articles/open"],
        ["DELETE", "/articles/open"],
        ["POST", "/notes"],
      ] as const) {
        const refused = await trial.send(method, path, { token: "mallory" });
        assertProblem(trial, refused, "unauthenticated");
        assertHeaders(refused, { "www-authenticate": challenge });
      }
      assertHeaders(await trial.send("HEAD", "/articles/open", { token: "mallory" }), {
        "www-authenticate": challenge,
      });
      assertStatus(await trial.send("GET", "/articles/open"), 200);
    },
  },
  {
    name: "reads say that they depend on credentials, and are private where someone was recognized",
    async run(trial) {
      const resource = await create(trial, "articles", { a: 1 });
      const { path, etag } = resource;
      for (const [token, cacheControl] of [
        [undefined, "no-cache"],
        [alice, "private, no-cache"],
      ] as const) {
        const who = token === undefined ? {} : { token };
        const answers = [
          await trial.send("GET", path, who),
          await trial.send("HEAD", path, who),
          await trial.send("GET", path, { ...who, ifNoneMatch: etag }),
          await trial.send("GET", "/articles", who),
          await trial.send("GET", `${path}/versions`, who),
          await trial.send("GET", `${path}/versions/1`, who),
        ];
        for (const answer of answers) assertHeaders(answer, { vary: "authorization", "cache-control": cacheControl });
      }
    },
  },
  {
    name: "what an actor may not do is 403, and what is hidden from it is 404 as if it were not there",
    async run(trial) {
      const fixed = await create(trial, "articles", { a: 1 }, { id: "fixed-1", token: admin });
      const hidden = await create(trial, "articles", { a: 1 }, { id: "hidden-1", token: admin });
      await read(trial, fixed, alice);
      for (const method of ["PUT", "PATCH", "DELETE"] as const) {
        const message = { token: alice, ifMatch: "*", ...(method === "PATCH" ? { mergePatch: {} } : { json: {} }) };
        assertProblem(trial, await trial.send(method, fixed.path, message), "forbidden");
        const answer = await trial.send(method, hidden.path, message);
        if (method !== "PUT") assertProblem(trial, answer, "not-found");
        else assertStatus(answer, 412);
      }
      for (const path of [hidden.path, `${hidden.path}/versions`, `${hidden.path}/versions/1`]) {
        assertProblem(trial, await trial.send("GET", path, { token: alice }), "not-found");
        assertStatus(await trial.send("HEAD", path, { token: alice }), 404);
        assertStatus(await trial.send("GET", path, { token: admin }), 200);
      }
      await assertUntouched(trial, hidden, admin);
      await assertUntouched(trial, fixed, admin);
    },
  },
  {
    name: "what someone may do who says who they are is 401, with a challenge, to an anonymous caller",
    async run(trial) {
      const resource = await create(trial, "notes", { a: 1 }, { id: "known-1", token: alice });
      for (const [method, path] of [
        ["GET", resource.path],
        ["GET", `${resource.path}/versions`],
        ["DELETE", resource.path],
      ] as const) {
        const refused = await trial.send(method, path);
        assertProblem(trial, refused, "unauthenticated");
        headerOf(refused, "www-authenticate");
      }
      assertProblem(trial, await trial.send("PUT", "/notes/known-2", { json: {} }), "unauthenticated");
      await assertUntouched(trial, resource, alice);
    },
  },
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
    name: "creating over a hidden resource, by PUT or POST, is a taken id without its holder, and leaves it as it is",
    async run(trial) {
      for (const kind of ["hidden", "veiled"]) {
        const secret = await create(trial, "notes", { a: 1 }, { id: `${kind}-over`, token: admin });
        const members = { resource: secret.key, field: "/id" };
        const token = alice;
        for (const sent of [{}, { ifNoneMatch: "*" }, { prefer: "dry-run" }] as const) {
          const put = await trial.send("PUT", secret.path, { token, json: { a: 2 }, ...sent });
          assertProblem(trial, put, "duplicate", { members });
        }
        const post = await trial.send("POST", "/notes", { token, json: { id: secret.id, a: 2 } });
        assertProblem(trial, post, "duplicate", { members });
        const invalid = await trial.send("POST", "/notes", { token, json: { id: secret.id, about: "nothing" } });
        assertInvalid(trial, invalid, "/about");
        await assertUntouched(trial, secret, admin);
      }
      const fresh = await trial.send("PUT", "/notes/veiled-fresh", { token: alice, json: { a: 1 } });
      assertStatus(fresh, 201);
      assert.equal(fresh.text, "", "what was made is hidden at once");
    },
  },
  {
    name: "a resource that may be changed but not created is 403 where it is not there",
    async run(trial) {
      const made = await create(trial, "notes", { a: 1 }, { id: "new-1", token: admin });
      assertStatus(await trial.send("PUT", made.path, { token: alice, json: { a: 2 } }), 200);
      const refused = await trial.send("PUT", "/notes/new-2", { token: alice, json: { a: 1 } });
      assertProblem(trial, refused, "forbidden");
      const only = await trial.send("PUT", "/notes/new-3", { token: alice, json: { a: 1 }, ifNoneMatch: "*" });
      assertProblem(trial, only, "forbidden");
      assertStatus(await trial.send("GET", "/notes/new-2", { token: admin }), 404);
    },
  },
  {
    name: "a history can be closed to those who may read the resource",
    async run(trial) {
      const resource = await create(trial, "notes", { a: 1 }, { id: "past-1", token: admin });
      await read(trial, resource, alice);
      assertProblem(trial, await trial.send("GET", `${resource.path}/versions`, { token: alice }), "forbidden");
      assertProblem(trial, await trial.send("GET", `${resource.path}/versions/1`, { token: alice }), "forbidden");
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
    name: "a JSON Patch that tests the state is 403 to who may not read it",
    async run(trial) {
      const resource = await create(trial, "articles", { a: 1 });
      const patch = (jsonPatch: readonly object[], token?: string) =>
        trial.send("PATCH", resource.path, { jsonPatch, ifMatch: "*", prefer: "dry-run", ...(token && { token }) });
      const add = { op: "add", path: "/b", value: 2 };
      for (const value of [1, 2]) {
        const test = { op: "test", path: "/a", value };
        assertProblem(trial, await patch([add, test], writer), "forbidden");
        assertStatus(await patch([add, test], alice), value === 1 ? 200 : 409);
      }
      assertStatus(await patch([add], writer), 204);
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
  {
    name: "conflicts and the history name who wrote, by the name that the app gave",
    async run(trial) {
      const first = await create(trial, "articles", { a: 1 }, { token: "bob" });
      const second = await replace(trial, first, { a: 2 }, alice);
      const conflict = await trial.send("PUT", first.path, { token: "bob", json: { a: 3 }, ifMatch: first.etag });
      const modifiedAt = await modifiedAtOf(trial, second);
      assert.deepEqual(memberOf(conflict, "current"), { version: 2, etag: second.etag, modifiedAt, by: alice });
      const items = itemsOf(await trial.send("GET", `${first.path}/versions`));
      assert.deepEqual(
        items.map(({ author }) => author),
        [alice, "bob"],
      );
    },
  },
  {
    name: "with conflictStatus 412, a header's condition that fails is 412, and all other conflicts stay 409",
    async run(trial) {
      const first = await create(trial, "articles", { a: 1 });
      await replace(trial, first, { a: 2 });
      const put = (path: string, message: object) => trial.send("PUT", path, { json: { a: 3 }, ...message });
      assertStatus(await put(first.path, { ifMatch: first.etag }), 412);
      assertStatus(await put(first.path, { ifNoneMatch: "*" }), 412);
      assertStatus(await put("/articles/never", { ifMatch: "*" }), 412);
      assertStatus(await put(first.path, { json: { a: 3, version: 1 } }), 409);
      assertStatus(await trial.send("DELETE", first.path, { ifMatch: first.etag }), 412);
      const shown = await create(trial, "first", { a: 1 });
      await replace(trial, shown, { a: 2 });
      assertStatus(await put(shown.path, { ifMatch: shown.etag }), 412);
      assertStatus(await put(shown.path, { json: { a: 3, version: 1 } }), 409);
      const decided = await create(trial, "decided", { a: 1 });
      await replace(trial, decided, { a: 2 });
      assertStatus(await put(decided.path, { ifMatch: decided.etag }), 409);
      assertStatus(await put(decided.path, { ifMatch: '"x"' }), 412);
      const draft = await create(trial, "drafts", { a: 1 });
      assertStatus(await put(draft.path, { ifMatch: '"x"' }), 412);
      const since = { "if-unmodified-since": "Thu, 01 Jan 1970 00:00:00 GMT" };
      const note = await create(trial, "notes", { a: 1 });
      assertStatus(await put(note.path, { headers: since }), 412);
    },
  },
]);
