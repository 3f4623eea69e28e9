import assert from "node:assert/strict";
import { assertHeaders, assertStatus, memberOf } from "../adapter/answer.js";
import { assertConflict, changed, written } from "./steps.js";
import { casesOf, type GuardCase } from "./trial.js";

const json = { title: "mine" };
const stale = '"1"';
const settledBy = (strategy: string) => ({ "unclash-conflict": `status=resolved, strategy=${strategy}` });

const lastCases = casesOf("last", [
  {
    name: "last-write-wins: a stale write is carried out over what is there, and says so",
    async run(place) {
      const row = changed(place, place.row());
      const path = `/${row.id}`;
      const put = await written(place, "PUT", path, { json, ifMatch: stale });
      assertHeaders(put, { etag: '"3"', ...settledBy("last-write-wins") });
      const fresh = await written(place, "PUT", path, { json, ifMatch: '"3"' });
      assertHeaders(fresh, { etag: '"4"', "unclash-conflict": undefined });
      assertHeaders(
        await written(place, "PATCH", path, { mergePatch: json, ifMatch: stale }),
        settledBy("last-write-wins"),
      );
      assertHeaders(await written(place, "DELETE", path, { ifMatch: stale }), settledBy("last-write-wins"));
    },
  },
  {
    name:
      "last-write-wins: a state that never was is a conflict, and so are weak tags, tags of others, and " +
      "If-None-Match",
    async run(place) {
      const row = changed(place, place.row());
      for (const ifMatch of ['"3"', '"x"', 'W/"1"', '"01"', '"1-gzip"'])
        assertStatus(await place.send("PUT", `/${row.id}`, { json, ifMatch }), 409);
      assertStatus(await place.send("PUT", `/${row.id}`, { json, ifNoneMatch: "*" }), 409);
      assertStatus(await place.send("PUT", `/${row.id}`, { json, ifMatch: stale, ifNoneMatch: "*" }), 409);
      assert.deepEqual(place.table.find(row.id), row);
    },
  },
]);

const firstCases = casesOf("first", [
  {
    name: "first-write-wins: a stale write is a conflict that shows the state that is there",
    async run(place) {
      const row = changed(place, place.row());
      const answer = await place.send("PUT", `/${row.id}`, { json, ifMatch: stale });
      assertConflict(place, answer, row, {
        expected: { etag: [stale] },
        current: {
          version: 2,
          etag: '"2"',
          modifiedAt: "2023-11-14T22:13:20.001Z",
          by: "alice",
          representation: { id: row.id, title: "B" },
        },
        changes: [{ op: "replace", path: "/title", value: "B" }],
        conflictingFields: ["/title"],
        identical: false,
      });
    },
  },
]);

const decidedCases = casesOf("decided", [
  {
    name:
      "a function settles a stale write: it is given the states and the proposal, and its value reaches the " +
      "handler",
    async run(place) {
      const row = changed(place, place.row({ title: "A", n: 1 }));
      const path = `/${row.id}`;
      const put = await written(place, "PUT", path, { json, ifMatch: stale });
      assert.deepEqual(put.json, { id: row.id, version: 3, title: "mine", n: 1, from: "A" });
      assertHeaders(put, { etag: '"3"', ...settledBy("function") });
      const patch = await written(place, "PATCH", path, { mergePatch: { n: 5 }, ifMatch: '"2"' });
      assert.deepEqual(patch.json, { id: row.id, version: 4, title: "B", n: 5, from: "B" });
    },
  },
  {
    name: "a function that rejects makes a conflict of it, and it is not asked where the client names no earlier state",
    async run(place) {
      const row = changed(place, place.row());
      const path = `/${row.id}`;
      assertStatus(await place.send("PUT", path, { json: { title: "refused" }, ifMatch: stale }), 409);
      assertStatus(await place.send("DELETE", path, { ifMatch: stale }), 409);
      assertStatus(await place.send("PUT", path, { json, ifMatch: '"7"' }), 409);
      assertHeaders(await written(place, "PUT", path, { json, ifMatch: '"2"' }), { "unclash-conflict": undefined });
    },
  },
]);

const mergingCases = casesOf("merging", [
  {
    name: "merge: what a stale write changes is merged with what others have changed, and it says so",
    async run(place) {
      const row = changed(place, place.row({ title: "A", n: 1, tags: ["x"] }));
      const path = `/${row.id}`;
      const put = await written(place, "PUT", path, { json: { title: "A", n: 2, tags: ["x", "y"] }, ifMatch: stale });
      assert.deepEqual(put.json, { id: row.id, version: 3, title: "B", n: 2, tags: ["x", "y"] });
      assertHeaders(put, { etag: '"3"', ...settledBy("merge") });
      const patch = await written(place, "PATCH", path, { mergePatch: { tags: ["z"] }, ifMatch: stale });
      assert.deepEqual([...Object(memberOf(patch, "tags"))].toSorted(), ["y", "z"]);
    },
  },
  {
    name: "merge: what both have changed is a conflict that names it, and a stale deletion is one too",
    async run(place) {
      const row = changed(place, place.row({ title: "A", n: 1 }));
      const path = `/${row.id}`;
      const answer = await place.send("PUT", path, { json: { title: "C", n: 2 }, ifMatch: stale });
      assertStatus(answer, 409);
      assert.deepEqual(memberOf(answer, "conflictingFields"), ["/title"]);
      assert.deepEqual(Object(memberOf(answer, "current")).representation, { id: row.id, title: "B", n: 1 });
      assertStatus(await place.send("DELETE", path, { ifMatch: stale }), 409);
      assertStatus(await place.send("PUT", path, { json: { title: "A", n: 2 }, ifMatch: '"7"' }), 409);
      assert.deepEqual(place.table.find(row.id), row);
    },
  },
]);

const askedCases = [
  ...casesOf("allowing", [
    {
      name: "a request may ask for a strategy that the app allows",
      async run(place) {
        const row = changed(place, place.row());
        const path = `/${row.id}`;
        assertStatus(await place.send("PUT", path, { json, ifMatch: stale }), 409);
        const prefer = "on-conflict=first-write-wins";
        const first = await place.send("PUT", path, { json, ifMatch: stale, prefer });
        assert.deepEqual(Object(memberOf(first, "current")).representation, { id: row.id, title: "B" });
        const last = await written(place, "PUT", path, { json, ifMatch: stale, prefer: "on-conflict=last-write-wins" });
        assertHeaders(last, settledBy("last-write-wins"));
      },
    },
  ]),
  ...casesOf("allowingOne", [
    {
      name: "a strategy that the app does not allow is ignored, and one that it does not know too",
      async run(place) {
        const row = changed(place, place.row());
        const path = `/${row.id}`;
        for (const name of ["first-write-wins", "merge", "function", "x"]) {
          const answer = await place.send("PUT", path, { json, ifMatch: stale, prefer: `on-conflict=${name}` });
          assertStatus(answer, 409);
          assert.equal(Object(memberOf(answer, "current")).representation, undefined);
        }
        await written(place, "PUT", path, { json, ifMatch: stale, prefer: "on-conflict=last-write-wins" });
      },
    },
  ]),
];

export const strategyCases: readonly GuardCase[] = [
  ...lastCases,
  ...firstCases,
  ...decidedCases,
  ...mergingCases,
  ...askedCases,
];
