import assert from "node:assert/strict";
import { assertHeaders, assertStatus, headerOf, memberOf } from "../adapter/answer.js";
import { assertProblem } from "../adapter/problems.js";
import { changed, written } from "./steps.js";
import { casesOf, type GuardCase } from "./trial.js";

const json = { title: "C" };

const knownCases = casesOf("known", [
  {
    name: "wrong credentials are 401 with the app's challenge, before anything else",
    async run(place) {
      for (const [method, path] of [
        ["GET", "/never"],
        ["PUT", `/${place.row().id}`],
      ] as const) {
        const answer = await place.send(method, path, { token: "wrong", ifMatch: "x" });
        assertProblem(place, answer, "unauthenticated");
        assertHeaders(answer, { "www-authenticate": 'Bearer realm="shop"' });
      }
    },
  },
  {
    name: "with an actor, caches are private; with identify, they go by the headers that it looks at",
    async run(place) {
      const path = `/${place.row().id}`;
      const anonymous = await place.send("GET", path);
      assertHeaders(anonymous, { "cache-control": "no-cache", vary: "authorization, x-token" });
      const known = await place.send("GET", path, { token: "alice" });
      assertHeaders(known, { "cache-control": "private, no-cache", vary: "authorization, x-token" });
      const again = await place.send("GET", path, { token: "alice", ifNoneMatch: '"1"' });
      assertStatus(again, 304);
      assertHeaders(again, { "cache-control": "private, no-cache", vary: "authorization, x-token" });
    },
  },
]);

const otherCases = [
  ...casesOf("cached", [
    {
      name: "cacheControl and vary are what reads carry, 200 and 304; problems are never kept",
      async run(place) {
        const path = `/${place.row().id}`;
        const headers = { "cache-control": "max-age=5", vary: "accept-language" };
        assertHeaders(await place.send("GET", path), headers);
        const unchanged = await place.send("GET", path, { ifNoneMatch: '"1"' });
        assertHeaders(unchanged, headers);
        assertHeaders(await place.send("PUT", path, { json }), { "cache-control": "no-store" });
      },
    },
  ]),
  ...casesOf("labelled", [
    {
      name: "problems name the resource as the app does, and still link to its path",
      async run(place) {
        const row = changed(place, place.row());
        const answer = await place.send("PUT", `/${row.id}`, { json, ifMatch: '"1"' });
        assert.equal(memberOf(answer, "resource"), `articles/${row.id}`);
        assert.deepEqual(memberOf(answer, "links"), { resource: answer.path });
        assert.match(String(memberOf(answer, "detail")), new RegExp(`^articles/${row.id} is at version 2`));
      },
    },
  ]),
  ...casesOf("formatted", [
    {
      name: "problem gives an app's own body, with the status and the headers of the problem",
      async run(place) {
        const row = changed(place, place.row());
        const answer = await place.send("PUT", `/${row.id}`, { json, ifMatch: '"1"', foreign: true });
        assertStatus(answer, 409);
        assert.deepEqual(answer.json, { error: { status: 409, title: "The resource has changed" } });
        assertHeaders(answer, { "cache-control": "no-store", "content-type": "application/json; charset=utf-8" });
        const missing = await place.send("GET", "/never", { foreign: true });
        assert.deepEqual([missing.status, Object(memberOf(missing, "error")).status], [404, 404]);
        const unchanged = await place.send("GET", `/${row.id}`, { ifNoneMatch: '"2"' });
        assertStatus(unchanged, 304);
      },
    },
  ]),
  ...casesOf("worded", [
    {
      name: "problem may give a text",
      async run(place) {
        const answer = await place.send("GET", "/never", { foreign: true });
        assertStatus(answer, 404);
        assert.match(answer.text, /^No: There is no /);
        assert.match(headerOf(answer, "content-type"), /^text\/plain; *charset=utf-8$/i);
        assertHeaders(answer, { "cache-control": "no-store" });
      },
    },
  ]),
];

const reportingCases = casesOf("reporting", [
  {
    name: "reportOnly: everything passes, and the answers are what the handler makes of them",
    async run(place) {
      const { id } = place.row();
      const path = `/${id}`;
      await written(place, "PUT", path, { json });
      const stale = await written(place, "PUT", path, { json, ifMatch: '"1"' });
      assertHeaders(stale, { etag: '"3"', "unclash-conflict": undefined });
      await written(place, "PUT", path, { json, ifMatch: "abc" });
      assertStatus(await place.send("GET", path, { ifMatch: '"1"' }), 200);
      await written(place, "DELETE", path, { ifMatch: '"1"' });
    },
  },
  {
    name: "reportOnly: what would have been stopped is counted",
    forms: ["guard"],
    async run(place) {
      const before = place.report();
      assert(before !== undefined, "the guard reports");
      const { id } = place.row();
      await written(place, "PUT", `/${id}`, { json });
      await written(place, "PUT", `/${id}`, { json, ifMatch: '"2"' });
      await written(place, "PUT", `/${id}`, { json, ifMatch: '"2"' });
      await written(place, "PATCH", `/${id}`, { mergePatch: {}, ifMatch: '"x"' });
      const after = place.report();
      assert(after !== undefined);
      const count = (name: string): number => (after.refused[name] ?? 0) - (before.refused[name] ?? 0);
      assert.deepEqual(
        [after.writes - before.writes, after.unconditional - before.unconditional, count("precondition-required")],
        [4, 1, 1],
      );
      assert.deepEqual([after.lostUpdates - before.lostUpdates, count("version-conflict")], [2, 2]);
    },
  },
]);

export const settingCases: readonly GuardCase[] = [...knownCases, ...otherCases, ...reportingCases];
