import assert from "node:assert/strict";
import { assertHeaders, assertStatus, headerOf, memberOf } from "./answer.js";
import { challenge } from "./guarded.js";
import { itemsOf } from "./lists.js";
import { assertInvalid, assertProblem } from "./problems.js";
import { assertUntouched, create, modifiedAtOf, read, replace } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const alice = "alice";
const admin = "admin";

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
        ];
        const others = [
          await trial.send("GET", "/articles", who),
          await trial.send("GET", `${path}/versions`, who),
          await trial.send("GET", `${path}/versions/1`, who),
          await trial.send("GET", `${path}?version=1`, who),
          await trial.send("GET", `${path}/diff?from=1`, who),
        ];
        const caching = { "cache-control": cacheControl };
        for (const answer of answers) assertHeaders(answer, { vary: "authorization, accept-datetime", ...caching });
        for (const answer of others) assertHeaders(answer, { vary: "authorization", ...caching });
        const map = await trial.send("GET", `${path}/timemap`, who);
        assertHeaders(map, { vary: "authorization, accept", ...caching });
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
      const pasts = ["?version=1", "/versions", "/versions/1", "/timemap", "/diff?from=1"];
      for (const path of ["", ...pasts].map((past) => hidden.path + past)) {
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
      for (const past of ["?version=1", "/versions", "/versions/1", "/timemap", "/diff?from=1"])
        assertProblem(trial, await trial.send("GET", resource.path + past, { token: alice }), "forbidden");
      const then = { token: alice, headers: { "accept-datetime": "Sun, 06 Nov 2044 08:49:37 GMT" } };
      assertProblem(trial, await trial.send("GET", resource.path, then), "forbidden");
    },
  },
  {
    name: "row 48: the history of a resource since hidden from the caller is 404, whichever way it is asked for",
    async run(trial) {
      const name = trial.nextName();
      const resource = await create(trial, "articles", { a: 1 }, { id: `since-${name}`, token: admin });
      await replace(trial, resource, { a: 2 }, admin);
      const paths = ["", "?version=1", "/versions", "/versions/1", "/timemap", "/diff?from=1"];
      const statuses = async (token: string) => {
        const answers = paths.map((path) => trial.send("GET", resource.path + path, { token }));
        const then = { "accept-datetime": "Sun, 06 Nov 2044 08:49:37 GMT" };
        const all = await Promise.all([...answers, trial.send("GET", resource.path, { token, headers: then })]);
        return new Set(all.map(({ status }) => status));
      };
      assert.deepEqual(await statuses(alice), new Set([200]));
      await create(trial, "articles", {}, { id: `hides-since-${name}`, token: admin });
      assert.deepEqual(await statuses(alice), new Set([404]));
      assert.deepEqual(await statuses(admin), new Set([200]));
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
