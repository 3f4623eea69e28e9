import assert from "node:assert/strict";
import { assertHeaders, assertStatus } from "../adapter/answer.js";
import { assertProblem } from "../adapter/problems.js";
import { assertConflict, written } from "./steps.js";
import { casesOf, type GuardCase } from "./trial.js";

const json = { title: "new" };

const requiredCases = casesOf("creating", [
  {
    name: "with creates, a PUT with If-None-Match: * makes what is not there, and only that",
    async run(place) {
      const id = place.nextName();
      const made = await place.send("PUT", `/${id}`, { json, ifNoneMatch: "*" });
      assertStatus(made, 201);
      assertHeaders(made, { etag: '"1"', location: `/elsewhere/${id}` });
      assert.deepEqual(made.json, { id, version: 1, ...json });
      const again = await place.send("PUT", `/${id}`, { json, ifNoneMatch: "*" });
      assertConflict(place, again, { id }, { expected: { absent: true }, current: { version: 1, etag: '"1"' } });
      assertHeaders(await written(place, "PUT", `/${id}`, { json, ifMatch: '"1"' }), { etag: '"2"' });
    },
  },
  {
    name: "with creates, a PUT to what is not there is 428 without a precondition, and a conflict with If-Match",
    async run(place) {
      const id = place.nextName();
      const bare = await place.send("PUT", `/${id}`, { json });
      assertProblem(place, bare, "precondition-required", { members: { links: { resource: bare.path } } });
      const date = { "if-unmodified-since": new Date().toUTCString() };
      assertStatus(await place.send("PUT", `/${id}`, { json, headers: date }), 428);
      for (const ifMatch of ["*", '"1"']) {
        const answer = await place.send("PUT", `/${id}`, { json, ifMatch });
        assertConflict(place, answer, { id }, { expected: { etag: [ifMatch] }, identical: false });
      }
      assert.equal(place.table.find(id), undefined);
    },
  },
  {
    name: "with creates, all methods but PUT find nothing where nothing is",
    async run(place) {
      for (const method of ["GET", "PATCH", "DELETE", "POST"]) {
        const message = method === "PATCH" ? { mergePatch: json } : {};
        assertProblem(place, await place.send(method, "/never", message), "not-found");
        assertProblem(place, await place.send(method, "/never", { ...message, ifNoneMatch: "*" }), "not-found");
      }
    },
  },
  {
    name: "of creations of one resource at the same time exactly one succeeds",
    async run(place) {
      const id = place.nextName();
      const all = Array.from({ length: 8 }, () => place.send("PUT", `/${id}`, { json, ifNoneMatch: "*" }));
      const statuses = (await Promise.all(all)).map(({ status }) => status);
      assert.deepEqual(statuses.toSorted(), [201, ...Array.from({ length: 7 }, () => 409)]);
    },
  },
]);

const optionalCases = casesOf("making", [
  {
    name: "with creates, a PUT without a precondition makes what is not there, where none is required",
    async run(place) {
      const id = place.nextName();
      const made = await place.send("PUT", `/${id}`, { json });
      assertStatus(made, 201);
      assertHeaders(made, { etag: '"1"' });
      assertHeaders(await written(place, "PUT", `/${id}`, { json }), { etag: '"2"' });
      assertStatus(await place.send("PUT", `/${place.nextName()}`, { json, ifMatch: '"1"' }), 409);
    },
  },
]);

export const creationCases: readonly GuardCase[] = [...requiredCases, ...optionalCases];
