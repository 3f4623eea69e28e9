import assert from "node:assert/strict";
import { type Answer, assertHeaders, assertStatus, bodyOf, etagOf, headerOf, memberOf } from "./answer.js";
import { assertInvalid, assertMalformed, assertProblem } from "./problems.js";
import { assertUntouched, create, remove } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

function idOf(answer: Answer): string {
  const id = memberOf(answer, "id");
  assert(typeof id === "string");
  return id;
}

export const creatingCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "POST makes a resource under a UUIDv7, and says where it is",
    async run(trial) {
      const created = await trial.send("POST", "/articles", { json: { title: "A" } });
      assertStatus(created, 201);
      const id = idOf(created);
      assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const path = `${trial.prefix}/articles/${id}`;
      assertHeaders(created, {
        location: path,
        "content-location": path,
        "preference-applied": undefined,
        "unclash-conflict": undefined,
      });
      assert.deepEqual(bodyOf(created), { id, version: 1, title: "A" });
      headerOf(created, "last-modified");
      const got = await trial.sendTo("GET", path);
      assert.deepEqual([got.status, got.text, etagOf(got)], [200, created.text, etagOf(created)]);
    },
  },
  {
    name: "POST takes the id that the content names, and refuses one that is taken",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const { id, key } = resource;
      const again = await trial.send("POST", "/articles", { json: { id, title: "B" } });
      assertProblem(trial, again, "duplicate", { members: { resource: key, field: "/id", holder: key } });
      await assertUntouched(trial, resource);
    },
  },
  {
    name: "PUT with If-None-Match: * creates what is not there",
    async run(trial) {
      const id = trial.nextName();
      const created = await trial.send("PUT", `/articles/${id}`, { json: { title: "A" }, ifNoneMatch: "*" });
      assertStatus(created, 201);
      const path = `${trial.prefix}/articles/${id}`;
      assertHeaders(created, { location: path, "content-location": path });
      assert.deepEqual(bodyOf(created), { id, version: 1, title: "A" });
    },
  },
  {
    name: "PUT without a precondition creates where none is required, and is 428 where one is",
    async run(trial) {
      const id = trial.nextName();
      assertStatus(await trial.send("PUT", `/notes/${id}`, { json: { a: 1 } }), 201);
      const refused = await trial.send("PUT", `/articles/${id}`, { json: { title: "A" } });
      const links = { resource: `${trial.prefix}/articles/${id}` };
      assertProblem(trial, refused, "precondition-required", { members: { links } });
      assertStatus(await trial.send("GET", `/articles/${id}`), 404);
    },
  },
  {
    name: "PUT with If-Match, or with a version in the content, is a conflict where nothing is there",
    async run(trial) {
      const id = trial.nextName();
      const [path, key, wholePath] = [`/articles/${id}`, `articles/${id}`, `${trial.prefix}/articles/${id}`];
      const links = { resource: wholePath, versions: `${wholePath}/versions` };
      const tagged = await trial.send("PUT", path, { json: { title: "A" }, ifMatch: '"1-aaaa"' });
      assertProblem(trial, tagged, "version-conflict", {
        members: { resource: key, expected: { etag: ['"1-aaaa"'] }, identical: false, links },
      });
      const versioned = await trial.send("PUT", path, { json: { title: "A", version: 1 } });
      assertProblem(trial, versioned, "version-conflict", {
        members: { resource: key, expected: { version: 1 }, identical: false, links },
      });
      assertStatus(await trial.send("GET", path), 404);
    },
  },
  {
    name: "what is made in the place of a deleted resource, by PUT or POST, goes on counting its versions",
    async run(trial) {
      for (const recreate of ["PUT", "POST"] as const) {
        const first = await create(trial, "articles", { title: "A" });
        const { id, path } = first;
        await remove(trial, first);
        const again =
          recreate === "PUT"
            ? await trial.send("PUT", path, { json: { title: "B" }, ifNoneMatch: "*" })
            : await trial.send("POST", "/articles", { json: { id, title: "B" } });
        assertStatus(again, 201);
        assert.deepEqual(bodyOf(again), { id, version: 3, title: "B" });
        assertHeaders(again, { location: first.wholePath });
        assert.match(etagOf(again), /^"3-/);
      }
    },
  },
  {
    name: "a tombstone satisfies no If-Match, not even *",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      await remove(trial, resource);
      for (const ifMatch of [resource.etag, "*"]) {
        assertStatus(await trial.send("PUT", resource.path, { json: { title: "B" }, ifMatch }), 409);
      }
      assertStatus(await trial.send("GET", resource.path), 410);
    },
  },
  {
    name: "an id in the content of a PUT or merge patch must be the one in the path",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const { id, path, etag } = resource;
      const wrong = { code: "contradictory-id", pointer: "/id" };
      assertMalformed(
        trial,
        await trial.send("PUT", path, { json: { id: "other", title: "B" }, ifMatch: etag }),
        wrong,
      );
      assertMalformed(
        trial,
        await trial.send("PATCH", path, { mergePatch: { id: null, title: "B" }, ifMatch: etag }),
        wrong,
      );
      await assertUntouched(trial, resource);
      assertStatus(await trial.send("PUT", path, { json: { id, title: "B" }, ifMatch: etag }), 200);
    },
  },
  {
    name: "content that the schema refuses is 422, with all the places that are wrong, and makes nothing",
    async run(trial) {
      const id = trial.nextName();
      const refused = await trial.send("POST", "/articles", { json: { id, title: 1, tags: "none", colour: "red" } });
      assertInvalid(trial, refused, "/title", "/tags", "/colour");
      assertInvalid(trial, await trial.send("POST", "/articles", { json: ["title"] }), "");
      assertInvalid(trial, await trial.send("PUT", `/articles/${id}`, { json: "title", ifNoneMatch: "*" }), "");
      assertStatus(await trial.send("GET", `/articles/${id}`), 404);
    },
  },
  {
    name: "If-None-Match with tags on PUT creates or replaces unless one of them is current, where nothing is required",
    async run(trial) {
      const id = trial.nextName();
      const path = `/notes/${id}`;
      const made = await trial.send("PUT", path, { json: { a: 1 }, ifNoneMatch: '"x"' });
      assertStatus(made, 201);
      assertStatus(await trial.send("PUT", path, { json: { a: 2 }, ifNoneMatch: `W/${etagOf(made)}` }), 409);
      assertStatus(await trial.send("PUT", path, { json: { a: 3 }, ifNoneMatch: '"x"' }), 200);
    },
  },
]);
