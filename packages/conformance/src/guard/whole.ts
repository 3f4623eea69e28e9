import assert from "node:assert/strict";
import { assertHeaders, assertStatus, memberOf } from "../adapter/answer.js";
import { assertProblem } from "../adapter/problems.js";
import { changed, written } from "./steps.js";
import { casesOf, type GuardCase } from "./trial.js";

const json = { title: "B" };

const resourceCases = casesOf("whole", [
  {
    name: "a whole resource under one guard: its list and what is posted to it have no state, and need no precondition",
    forms: ["guarded", "guard"],
    async run(place) {
      const size = place.table.size;
      for (const ifMatch of ['"x"', "*"])
        assert.deepEqual((await place.send("GET", "", { ifMatch, foreign: true })).json, { size, expected: true });
      const list = await place.send("GET", "");
      assertHeaders(list, { "cache-control": "no-cache" });
      const made = await place.send("POST", "", { json });
      assertStatus(made, 201);
      assertHeaders(made, { etag: '"1"' });
      assert.equal(place.table.size, size + 1);
    },
  },
  {
    name: "a whole resource under one guard: each of its resources has its own state",
    async run(place) {
      const [row, other] = [place.row(), changed(place, place.row())];
      assertHeaders(await place.send("GET", `/${row.id}`), { etag: '"1"' });
      assertHeaders(await place.send("GET", `/${other.id}`), { etag: '"2"' });
      assertProblem(place, await place.send("GET", "/never"), "not-found");
      assertStatus(await place.send("PUT", `/${row.id}`, { json }), 428);
      const refused = await place.send("PUT", `/${row.id}`, { json, ifMatch: '"2"' });
      assert.deepEqual([refused.status, memberOf(refused, "resource")], [409, `articles/${row.id}`]);
      await written(place, "PUT", `/${other.id}`, { json, ifMatch: '"2"' });
      await written(place, "DELETE", `/${row.id}`, { ifMatch: '"1"' });
    },
  },
]);

const nestedCases = (["nested", "behind"] as const).flatMap((setup) =>
  casesOf(setup, [
    {
      name: `a guard inside a guard: nothing is said twice, and both have a say (${setup})`,
      async run(place) {
        const { id } = place.row();
        const got = await place.send("GET", `/${id}`);
        assertHeaders(got, { etag: '"1"', "cache-control": "no-cache" });
        assertStatus(await place.send("GET", `/${id}`, { ifNoneMatch: '"1"' }), 304);
        assertStatus(await place.send("PUT", `/${id}`, { json }), 428);
        assertStatus(await place.send("PUT", `/${id}`, { json, ifMatch: '"x"' }), 409);
        const put = await written(place, "PUT", `/${id}`, { json, ifMatch: '"1"' });
        assertHeaders(put, { etag: '"2"' });
        assertStatus(await place.send("GET", "/never"), 404);
        await written(place, "DELETE", `/${id}`, { ifMatch: '"2"' });
      },
    },
  ]),
);

export const wholeCases: readonly GuardCase[] = [...resourceCases, ...nestedCases];
