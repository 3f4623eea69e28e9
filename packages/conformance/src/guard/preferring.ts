import assert from "node:assert/strict";
import { assertHeaders, assertStatus } from "../adapter/answer.js";
import { written } from "./steps.js";
import { casesOf, type GuardCase } from "./trial.js";

const json = { title: "B" };

export const preferenceCases: readonly GuardCase[] = casesOf("preferring", [
  {
    name: "return=minimal is honoured by a handler that asks for it, and only then named as applied",
    async run(place) {
      const { id } = place.row();
      const put = await place.send("PUT", `/${id}`, { json, ifMatch: '"1"', prefer: "return=minimal" });
      assertStatus(put, 204);
      assertHeaders(put, { etag: '"2"', "preference-applied": "return=minimal" });
      const full = await written(place, "PUT", `/${id}`, { json, ifMatch: '"2"' });
      assertHeaders(full, { "preference-applied": undefined });
      const message = { mergePatch: json, ifMatch: '"3"', prefer: "return=minimal, dry-run" };
      assertHeaders(await written(place, "PATCH", `/${id}`, message), { etag: '"4"', "preference-applied": undefined });
    },
  },
  {
    name: "dry-run is honoured by a handler that asks for it: no entity-tag goes with what did not happen",
    async run(place) {
      const row = place.row();
      for (const prefer of ["dry-run", "dry-run=true"]) {
        const answer = await written(place, "PUT", `/${row.id}`, { json, ifMatch: '"1"', prefer });
        assert.deepEqual(answer.json, { would: "work" });
        assertHeaders(answer, { etag: undefined, "preference-applied": "dry-run" });
      }
      assertStatus(await place.send("PUT", `/${row.id}`, { json, ifMatch: '"x"', prefer: "dry-run" }), 409);
      assert.deepEqual(place.table.find(row.id), row);
      await written(place, "PUT", `/${row.id}`, { json, ifMatch: '"1"', prefer: "dry-run=false" });
      assert.equal(place.table.find(row.id)?.version, 2);
    },
  },
]);
