import assert from "node:assert/strict";
import { assertHeaders, assertStatus, memberOf } from "../adapter/answer.js";
import { assertMalformed, assertProblem } from "../adapter/problems.js";
import { assertConflict, untouched, written } from "./steps.js";
import { shown } from "./table.js";
import { casesOf, type GuardCase } from "./trial.js";

const json = { title: "after" };
const malformed = { code: "malformed-etag", header: "If-Match" };

const fieldCases = casesOf("fielded", [
  {
    name: "with versionField, the version in the content is a precondition of PUT and merge patch",
    async run(place) {
      const row = place.row();
      const path = `/${row.id}`;
      await written(place, "PUT", path, { json: { ...json, version: 1 } });
      await written(place, "PATCH", path, { mergePatch: { n: 1, version: 2 } });
      const put = await place.send("PUT", path, { json: { ...json, version: 2 } });
      assertConflict(place, put, row, { expected: { version: 2 }, current: { version: 3, etag: '"3"' } });
      assertStatus(await place.send("PATCH", path, { mergePatch: { version: 1 } }), 409);
      assertStatus(await place.send("PUT", path, { json }), 428);
      assertStatus(await place.send("POST", path, { json: { version: 3 } }), 428);
      await written(place, "PUT", path, { json: { version: 3 }, ifMatch: '"3"' });
    },
  },
  {
    name: "with etagField, the entity-tag in the content is a precondition of PUT and merge patch",
    async run(place) {
      const row = place.row();
      const path = `/${row.id}`;
      await written(place, "PUT", path, { json: { ...json, etag: '"1"' } });
      await written(place, "PATCH", path, { mergePatch: { n: 1, etag: '"2"', version: 2 } });
      const put = await place.send("PUT", path, { json: { ...json, etag: '"2"' } });
      assertConflict(place, put, row, { expected: { etag: ['"2"'] }, current: { version: 3, etag: '"3"' } });
      assertStatus(await place.send("PATCH", path, { mergePatch: { etag: 'W/"3"' } }), 409);
      assertStatus(await place.send("POST", path, { json: { etag: '"3"' } }), 428);
      for (const etag of ["3", "", 3, null]) {
        const answer = await place.send("PUT", path, { json: { etag }, ifMatch: '"3"' });
        assertMalformed(place, answer, { code: "malformed-etag", pointer: "/etag" });
      }
      const other = await place.send("PUT", path, { json: { etag: '"3"' }, ifMatch: '"2"' });
      assertMalformed(place, other, { code: "contradictory-preconditions", header: "If-Match" });
    },
  },
  {
    name: "row 18: a version in the content and an If-Match that disagree are 400",
    run: (place) =>
      untouched(place, async (_row, path) => {
        for (const [version, ifMatch] of [
          [7, '"1"'],
          [1, '"8", "9"'],
        ] as const) {
          const answer = await place.send("PUT", path, { json: { version }, ifMatch });
          assertMalformed(place, answer, { code: "contradictory-preconditions", header: "If-Match" });
        }
      }),
  },
  {
    name: "row 19: a version in the content that is no whole number is 400",
    run: (place) =>
      untouched(place, async (_row, path) => {
        for (const version of ['"5"', "5.5", "-1", "9007199254740993", "null", "[1]", "true"]) {
          const answer = await place.send("PUT", path, { content: `{"version":${version}}`, ifMatch: '"1"' });
          assertMalformed(place, answer, { code: "malformed-version", pointer: "/version" });
        }
      }),
  },
  {
    name: "everything malformed about a request is named at once",
    run: (place) =>
      untouched(place, async (_row, path) => {
        const answer = await place.send("PUT", path, { json: { version: true }, ifMatch: "x", ifNoneMatch: "y" });
        const none = { code: "malformed-etag", header: "If-None-Match" };
        assertMalformed(place, answer, { code: "malformed-version", pointer: "/version" }, malformed, none);
      }),
  },
]);

const textCases = (["bigText", "uuid", "stampText", "stamp", "bigVersion"] as const).flatMap((setup) =>
  casesOf(setup, [
    {
      name: `with versionField, what a GET shows comes back in a PUT, whatever the version is: ${setup}`,
      async run(place) {
        const { id } = place.row();
        const path = `/${id}`;
        const { json: got } = await place.send("GET", path);
        const version = memberOf(await place.send("GET", path), "version");
        assert.equal(typeof version, "string");
        const put = await written(place, "PUT", path, { json: { ...Object(got), title: "B" } });
        assert.notEqual(memberOf(put, "version"), version);
        const late = await place.send("PUT", path, { json: { ...Object(got), title: "C" } });
        assertStatus(late, 409);
        assert.deepEqual(memberOf(late, "expected"), { version });
        assertStatus(await place.send("PATCH", path, { mergePatch: { version: "another" } }), 409);
        assertStatus(await place.send("PUT", path, { json: { version: null } }), 400);
        assertStatus(await place.send("PUT", path, { json: {} }), 428);
      },
    },
  ]),
);

const optionalCases = casesOf("optional", [
  {
    name: "where preconditions are optional, a write without one passes, and one that fails is a conflict still",
    async run(place) {
      const row = place.row();
      const path = `/${row.id}`;
      const { json: body } = await written(place, "PUT", path, { json });
      assert.deepEqual(body, { ...shown(row), ...json, version: 2 });
      assertStatus(await place.send("PUT", path, { json, ifMatch: '"1"' }), 409);
      assertStatus(await place.send("PUT", path, { json, ifNoneMatch: "*" }), 409);
      await written(place, "DELETE", path, {});
      assertStatus(await place.send("DELETE", path), 404);
    },
  },
]);

const lostRaceCases = (["racing", "racingReport"] as const).flatMap((setup) =>
  casesOf(setup, [
    {
      name: `a write that said nothing of a state, and lost a race, runs again on the fresh one: ${setup}`,
      forms: ["guarded"],
      async run(place) {
        const { id } = place.row();
        const put = await written(place, "PUT", `/${id}`, { json: { title: "mine", lose: 2 } });
        assert.deepEqual(put.json, { id, version: 4, title: "mine", seen: "theirs 2" });
        assert.equal(put.headers["etag"], '"4"');
        assertStatus(await place.send("PUT", `/${id}`, { json: { vanish: true } }), 404);
      },
    },
    {
      name: `where a handler can't run again, a lost race is a conflict: ${setup}`,
      forms: ["guard", "check"],
      async run(place) {
        const { id } = place.row();
        assertStatus(await place.send("PUT", `/${id}`, { json: { title: "mine", lose: 1 } }), 409);
        assert.equal(place.table.find(id)?.fields["title"], "theirs 1");
      },
    },
  ]),
);

const namedRaceCases = casesOf("racing", [
  {
    name: "a write that named its state, and lost a race, is a conflict though preconditions are optional",
    async run(place) {
      const sent = { json: { title: "mine", lose: 1 }, ifMatch: '"1"' };
      assertStatus(await place.send("PUT", `/${place.row().id}`, sent), 409);
    },
  },
  {
    name: "a write for whatever row there is, by If-Match: *, runs again too",
    forms: ["guarded"],
    async run(place) {
      const { id } = place.row();
      const sent = { json: { title: "mine", lose: 2 }, ifMatch: "*" };
      assert.deepEqual((await written(place, "PUT", `/${id}`, sent)).json, {
        id,
        version: 4,
        title: "mine",
        seen: "theirs 2",
      });
    },
  },
]);

const contendedCases = casesOf("contended", [
  {
    name: "a write that said nothing of a state, and loses race after race, is 503 once its time is up",
    forms: ["guarded"],
    async run(place) {
      const { id } = place.row();
      const answer = await place.send("PUT", `/${id}`, { json: { title: "mine", lose: 1_000_000 } });
      assertProblem(place, answer, "store-unavailable", { members: { outcome: "not-applied" } });
      assertHeaders(answer, { "retry-after": "1" });
      assert.match(String(place.table.find(id)?.fields["title"]), /^theirs/);
    },
  },
]);

export const contentVersionCases: readonly GuardCase[] = [
  ...fieldCases,
  ...textCases,
  ...optionalCases,
  ...lostRaceCases,
  ...namedRaceCases,
  ...contendedCases,
];
