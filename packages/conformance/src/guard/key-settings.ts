import assert from "node:assert/strict";
import { assertHeaders, assertStatus } from "../adapter/answer.js";
import { assertReplayed, freshKey, sendTwice } from "../adapter/keyed.js";
import { assertProblem } from "../adapter/problems.js";
import { keyedCasesOf } from "./keyed-cases.js";
import type { KeyedPlace } from "./keyed-stage.js";
import { assertConflict, changed } from "./steps.js";
import type { GuardCase } from "./trial.js";

const strictCases = keyedCasesOf("strict", [
  {
    name: "with a key, 404, 428 and conflicts are given again, though their reasons are gone",
    async run(place) {
      const id = place.nextName();
      const missing = { key: freshKey(place), json: { title: "B" }, ifMatch: '"1"' };
      assertProblem(place, await sendTwice(place, "PUT", `/${id}`, missing), "not-found");
      const row = place.table.insert(id, { title: "A" });
      assertHeaders(await place.send("PUT", `/${id}`, missing), { "idempotency-replayed": "true" });
      const unconditional = { key: freshKey(place), json: { title: "B" } };
      assertStatus(await sendTwice(place, "PUT", `/${id}`, unconditional), 428);
      const early = { key: freshKey(place), json: { title: "B" }, ifMatch: '"2"' };
      const refused = await sendTwice(place, "PUT", `/${id}`, early);
      assertConflict(place, refused, row, { expected: { etag: ['"2"'] }, current: { version: 1, etag: '"1"' } });
      const next = changed(place, row);
      assertReplayed(await place.other.send("PUT", `/${id}`, early), refused);
      assert.deepEqual([place.table.find(id), place.runs(id)], [next, 0]);
    },
  },
  {
    name: "with a key, a write is given again though its If-Match is stale by then, and a malformed one is not kept",
    async run(place) {
      const { id } = place.row();
      const key = freshKey(place);
      assertStatus(await place.send("PUT", `/${id}`, { key, json: {}, ifMatch: "1" }), 400);
      const done = await sendTwice(place, "PUT", `/${id}`, { key, json: {}, ifMatch: '"1"' });
      assertHeaders(done, { etag: '"2"' });
      assert.equal(place.runs(id), 1);
    },
  },
]);

const otherCases = [
  ...keyedCasesOf("required", [
    {
      name: "where keys are required, an unsafe request without one is 400; a read needs none",
      async run(place) {
        const { id } = place.row();
        const answer = await place.send("POST", `/${id}`, { json: {} });
        const errors = [{ code: "missing-idempotency-key", header: "Idempotency-Key" }];
        assertProblem(place, answer, "malformed-request", { members: { errors } });
        assert.equal(place.runs(id), 0);
        assertStatus(await place.send("GET", `/${id}`), 200);
        assertStatus(await place.send("POST", `/${id}`, { json: {}, key: freshKey(place) }), 200);
      },
    },
  ]),
  ...keyedCasesOf("small", [
    {
      name: "an answer with more content than is kept is given again without it",
      async run(place) {
        const { id } = place.row();
        const large = { key: freshKey(place), json: { do: "text", length: 65 } };
        const first = await place.send("POST", `/${id}`, large);
        assert.equal(first.text, "x".repeat(65));
        const again = await place.send("POST", `/${id}`, large);
        assert.deepEqual([again.status, again.text], [201, ""]);
        const headers = { location: "/made", "content-length": "0", "content-type": undefined };
        assertHeaders(again, { ...headers, "idempotency-replayed": "true" });
        await sendTwice(place, "POST", `/${id}`, { key: freshKey(place), json: { do: "text", length: 64 } });
        assert.equal(place.runs(id), 2);
      },
    },
  ]),
  ...keyedCasesOf("known", [
    {
      name: "a key is its actor's, who may use a short one; wrong credentials take none",
      async run(place: KeyedPlace) {
        const { id } = place.row();
        const message = { key: "k1", json: {} };
        assertStatus(await place.send("POST", `/${id}`, { ...message, token: "wrong" }), 401);
        for (const token of ["alice", "bob"]) {
          const answer = await sendTwice(place, "POST", `/${id}`, { ...message, token });
          assertStatus(answer, 200);
        }
        assertStatus(await place.send("POST", `/${id}`, message), 400);
        assert.equal(place.runs(id), 2);
      },
    },
  ]),
];

/** Answers that are given again, by how the keys of a route are treated. */
export const keySettingCases: readonly GuardCase[] = [...strictCases, ...otherCases];
