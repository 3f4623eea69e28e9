import assert from "node:assert/strict";
import { assertHeaders, assertStatus, memberOf } from "../adapter/answer.js";
import { assertProblem } from "../adapter/problems.js";
import { assertConflict, nameOf, written } from "./steps.js";
import { casesOf, type GuardCase } from "./trial.js";

/** A PUT whose handler ends in this way. */
const ending = (outcome: string, ifMatch = '"1"') => ({ json: { do: outcome, title: "mine" }, ifMatch });

export const outcomeCases: readonly GuardCase[] = casesOf("outcomes", [
  {
    name: "expectRow: a write that finds no row meets the conflict that is there by now",
    async run(place) {
      for (const outcome of ["lose", "loseByCount", "loseByNothing"]) {
        const row = place.row();
        const answer = await place.send("PUT", `/${row.id}`, ending(outcome));
        assertConflict(place, answer, row, {
          expected: { etag: ['"1"'] },
          current: { version: 2, etag: '"2"' },
          changes: [{ op: "replace", path: "/title", value: "theirs" }],
          conflictingFields: ["/title"],
          identical: false,
        });
        assert.equal(place.table.find(row.id)?.fields["title"], "theirs");
        assertHeaders(answer, { etag: undefined });
      }
    },
  },
  {
    name: "expectRow: a write under If-Match: * that finds no row lost a race, which no header named",
    // Behind `guarded` it runs again.
    forms: ["guard", "check"],
    async run(place) {
      const row = place.row();
      const answer = await place.send("PUT", `/${row.id}`, ending("lose", "*"));
      assertConflict(place, answer, row, { expected: { etag: ["*"] }, current: { version: 2, etag: '"2"' } });
    },
  },
  {
    name: "expectRow: a write whose row is gone is 404",
    async run(place) {
      assertProblem(place, await place.send("PUT", `/${place.row().id}`, ending("vanish")), "not-found");
    },
  },
  {
    name: "expectRow: several rows, or a driver's result, are the app's fault and the framework's 5xx",
    async run(place) {
      for (const outcome of ["several", "result", "counts"]) {
        const answer = await place.send("PUT", `/${place.row().id}`, { ...ending(outcome), foreign: true });
        assert(answer.status >= 500, `it is answered ${answer.status}`);
        assertHeaders(answer, { etag: undefined });
      }
      assertStatus(await place.send("GET", `/${place.row().id}`), 200);
    },
  },
  {
    name: "no await is needed: a write that has lost is a conflict, whatever the handler answers meanwhile",
    async run(place) {
      for (const outcome of ["unwaited", "unwaitedFirst", "unwaitedByHelper"]) {
        const row = place.row();
        const answer = await place.send("PUT", `/${row.id}`, ending(outcome));
        assertConflict(place, answer, row, {
          expected: { etag: ['"1"'] },
          current: { version: 2, etag: '"2"' },
          changes: [{ op: "replace", path: "/title", value: "theirs" }],
          conflictingFields: ["/title"],
          identical: false,
        });
        assertHeaders(answer, { etag: undefined });
        assertStatus(await place.send("GET", `/${row.id}`), 200);
      }
    },
  },
  {
    name: "a handler that catches the conflict may answer with another error, or try again and win",
    async run(place) {
      const refused = await place.send("PUT", `/${place.row().id}`, { ...ending("caught"), foreign: true });
      assert.deepEqual([refused.status, refused.text], [422, "lost"]);
      const won = await written(place, "PUT", `/${place.row().id}`, ending("triedAgain"));
      assertHeaders(won, { etag: '"3"' });
      assert.deepEqual(won.json, { title: "mine" });
    },
  },
  {
    name: "a success that is on its way when its write turns out to have lost is broken off",
    async run(place) {
      const { id } = place.row();
      await assert.rejects(place.send("PUT", `/${id}`, { ...ending("onItsWay"), foreign: true }));
      assertStatus(await place.send("GET", `/${id}`), 200);
    },
  },
  {
    name: "conflict ends the request with one, and shows the state that it is given",
    async run(place) {
      const row = place.row();
      assertConflict(place, await place.send("PUT", `/${row.id}`, ending("conflict")), row, {
        expected: { etag: ['"1"'] },
      });
      const fresh = await place.send("PUT", `/${row.id}`, ending("conflictFresh"));
      assertConflict(place, fresh, row, { expected: { etag: ['"1"'] }, current: { version: 1, etag: '"1"' } });
    },
  },
  {
    name: "refuse ends the request with any problem",
    async run(place) {
      const answer = await place.send("PUT", `/${place.row().id}`, ending("refuse"));
      assertProblem(place, answer, "duplicate", { members: { field: "/email", holder: "people/7" } });
      assert.equal(memberOf(answer, "detail"), "The email is taken.");
    },
  },
  {
    name: "what a handler throws is the framework's to answer, and no entity-tag goes with it",
    async run(place) {
      const answer = await place.send("PUT", `/${place.row().id}`, { ...ending("fail"), foreign: true });
      assert(answer.status >= 500, `it is answered ${answer.status}`);
      assertHeaders(answer, { etag: undefined });
    },
  },
  {
    name: "after an unsafe method an ETag is sent only where updated was called, and only with success",
    async run(place) {
      for (const outcome of ["silent", "bare"]) {
        const answer = await written(place, "PUT", `/${place.row().id}`, ending(outcome));
        assertHeaders(answer, { etag: undefined });
      }
      const refused = await place.send("PUT", `/${place.row().id}`, { ...ending("toldInVain"), foreign: true });
      assertStatus(refused, 422);
      assertHeaders(refused, { etag: undefined });
      const told = await written(place, "PUT", `/${place.row().id}`, ending("toldTwice"));
      assertHeaders(told, { etag: '"9"', "last-modified": "Tue, 14 Nov 2023 22:13:20 GMT" });
    },
  },
  {
    name: "the functions of a guard can be taken out of it, and updated gives the entity-tag",
    async run(place) {
      const answer = await written(place, "PUT", `/${place.row().id}`, ending("takenOut"));
      assert.deepEqual(answer.json, { etag: '"7"' });
      assertHeaders(answer, { etag: '"7"', "preference-applied": undefined });
    },
  },
  {
    name: "a problem names the resource by its path, and the request by its whole path without the query",
    async run(place) {
      const row = place.row();
      const { path } = await place.send("GET", `/${row.id}`);
      const answer = await place.sendTo("PUT", `${path}?a=1`, { json: {}, ifMatch: '"x"' });
      assert.deepEqual([memberOf(answer, "instance"), memberOf(answer, "resource")], [path, nameOf(place, row)]);
    },
  },
]);
