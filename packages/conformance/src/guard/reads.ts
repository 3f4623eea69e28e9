import assert from "node:assert/strict";
import { assertHeaders, assertStatus, etagOf } from "../adapter/answer.js";
import { assertMalformed, assertProblem } from "../adapter/problems.js";
import { digestTag } from "../adapter/resource.js";
import { assertConflict, changed } from "./steps.js";
import type { Row } from "./table.js";
import { shown } from "./table.js";
import { casesOf, type GuardCase } from "./trial.js";

const second = "Tue, 14 Nov 2023 22:13:20 GMT";
const before = "Tue, 14 Nov 2023 22:13:19 GMT";

/** The entity-tag of a new row, in each kind that there is. */
const tags = {
  counted: () => '"1"',
  big: () => '"1"',
  stamped: () => '"1700000000000"',
  opaque: ({ id }: Row) => `"${id}/1"`,
  tagged: ({ id }: Row) => `"v1-${id}"`,
  named: () => '"own-1"',
  spaced: () => '"%C3%BC%20%221%22%09%25"',
} as const;

const tagCases = (["counted", "big", "stamped", "opaque", "tagged", "named", "spaced", "hashed"] as const).flatMap(
  (kind) =>
    casesOf(kind, [
      {
        name: `a GET has the entity-tag of its state, and the one that a write gives is that of the next GET: ${kind}`,
        async run(place) {
          const row = place.row();
          const path = `/${row.id}`;
          const got = await place.send("GET", path);
          assertStatus(got, 200);
          assert.deepEqual(got.json, shown(row));
          if (kind !== "hashed") assert.equal(etagOf(got), tags[kind](row));
          const put = await place.send("PUT", path, { json: { title: "B" }, ifMatch: etagOf(got) });
          assertStatus(put, 200);
          const next = await place.send("GET", path);
          assert.equal(etagOf(put), etagOf(next));
          assert.notEqual(etagOf(next), etagOf(got));
          assertStatus(await place.send("PUT", path, { json: { title: "C" }, ifMatch: etagOf(got) }), 409);
          assertStatus(await place.send("GET", path, { ifNoneMatch: etagOf(put) }), 304);
          assert.equal(place.table.find(row.id)?.version, 2);
        },
      },
    ]),
);

const hashedCases = casesOf("hashed", [
  {
    name: "the entity-tag of a hashed row is a digest of its content, whatever else the row is",
    async run(place) {
      const row = place.row({ b: 1, a: [true, null] });
      const etag = etagOf(await place.send("GET", `/${row.id}`));
      const text = `{"fields":{"a":[true,null],"b":1},"id":"${row.id}"}`;
      assert.equal(etag, digestTag("sha256", text));
      place.table.update(row.id, undefined, { a: [true, null], b: 1 });
      assert.equal(etagOf(await place.send("GET", `/${row.id}`)), etag);
    },
  },
]);

const datedCases = casesOf("dated", [
  {
    name: "a GET says when the state was written, and that caches must ask",
    async run(place) {
      const row = place.row();
      const headers = { etag: '"1"', "last-modified": second, "cache-control": "no-cache", vary: undefined };
      assertHeaders(await place.send("GET", `/${row.id}`), headers);
    },
  },
  {
    name: "a 304 by If-None-Match has the headers that the 200 has, and no content",
    async run(place) {
      const path = `/${place.row().id}`;
      for (const ifNoneMatch of ['"1"', 'W/"1"', '"x", "1"', "*"]) {
        const answer = await place.send("GET", path, { ifNoneMatch });
        assertStatus(answer, 304);
        // RFC 9110 §15.4.5: with an entity-tag, the date is not sent again.
        assertHeaders(answer, { etag: '"1"', "last-modified": undefined, "cache-control": "no-cache" });
        assertStatus(await place.send("HEAD", path, { ifNoneMatch }), 304);
      }
      assertStatus(await place.send("GET", path, { ifNoneMatch: '"2"' }), 200);
    },
  },
  {
    name: "a 304 by If-Modified-Since, which means nothing beside If-None-Match",
    async run(place) {
      const path = `/${place.row().id}`;
      const since = (date: string) => ({ headers: { "if-modified-since": date } });
      assertStatus(await place.send("GET", path, since(second)), 304);
      assertStatus(await place.send("GET", path, since(before)), 200);
      assertStatus(await place.send("GET", path, since("yesterday")), 200);
      assertStatus(await place.send("GET", path, { ...since(second), ifNoneMatch: '"x"' }), 200);
    },
  },
  {
    name: "what is no HTTP-date, or no list of entity-tags, is no condition of a read, to the framework neither",
    async run(place) {
      const path = `/${place.row().id}`;
      for (const date of ["2030-01-01T00:00:00Z", "9999999999999", "Jan 1 2030", "Fri, 01 Jan 2030 00:00:00", ""])
        assertStatus(await place.send("GET", path, { headers: { "if-modified-since": date } }), 200);
      for (const ifNoneMatch of ["tobi", "", '*, "1"', '"1', "1"])
        assertStatus(await place.send("GET", path, { ifNoneMatch }), 200);
      // The framework's own check would say that it is fresh by either of the two.
      const both = { headers: { "if-modified-since": "2030-01-01T00:00:00Z" }, ifNoneMatch: '"1' };
      assertStatus(await place.send("GET", path, both), 200);
    },
  },
  {
    name: "HEAD is GET without content",
    async run(place) {
      const path = `/${place.row().id}`;
      const got = await place.send("GET", path);
      const head = await place.send("HEAD", path);
      assertStatus(head, 200);
      const { etag, "last-modified": date, "cache-control": caching, "content-type": type } = got.headers;
      assertHeaders(head, { etag, "last-modified": date, "cache-control": caching, "content-type": type });
    },
  },
  {
    name: "what is not there is 404 for every method, before anything else is asked of it",
    async run(place) {
      for (const method of ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"]) {
        const json = method === "GET" || method === "HEAD" ? {} : { json: {} };
        const answer = await place.send(method, "/never", json);
        if (method === "HEAD") assertStatus(answer, 404);
        else assertProblem(place, answer, "not-found");
        assertStatus(await place.send(method, "/never", { ...json, ifMatch: "*" }), 404);
      }
    },
  },
  {
    name: "a precondition that fails on a read is 412",
    async run(place) {
      const row = changed(place, place.row());
      const current = { version: 2, etag: '"2"', modifiedAt: "2023-11-14T22:13:20.001Z", by: "alice" };
      const got = await place.send("GET", `/${row.id}`, { ifMatch: '"1"' });
      assertConflict(place, got, row, { expected: { etag: ['"1"'] }, current, identical: false }, 412);
      assertStatus(await place.send("HEAD", `/${row.id}`, { ifMatch: '"1"' }), 412);
      assertStatus(await place.send("GET", `/${row.id}`, { ifMatch: '"2"' }), 200);
      const unmodified = await place.send("GET", `/${row.id}`, { headers: { "if-unmodified-since": before } });
      assertConflict(place, unmodified, row, { expected: { unmodifiedSince: before }, current, identical: false }, 412);
    },
  },
  {
    name: "row 69: a malformed If-Match on a read is 400, and an If-None-Match counts as absent",
    async run(place) {
      const path = `/${place.row().id}`;
      for (const ifNoneMatch of ["tobi", "", '*, "a"'])
        assertStatus(await place.send("GET", path, { ifNoneMatch }), 200);
      const match = await place.send("GET", path, { ifMatch: "" });
      assertMalformed(place, match, { code: "malformed-etag", header: "If-Match" });
    },
  },
  {
    name: "OPTIONS passes untouched",
    async run(place) {
      for (const path of [`/${place.row().id}`, "/never"]) {
        const answer = await place.send("OPTIONS", path, { ifMatch: "abc", foreign: true });
        assert.notEqual(answer.headers["content-type"], "application/problem+json");
        assertHeaders(answer, { etag: undefined });
      }
    },
    forms: ["guard"],
  },
]);

const errorCases = casesOf("outcomes", [
  {
    name: "an error that a read's handler answers carries no validators",
    async run(place) {
      const answer = await place.send("GET", `/${place.row().id}`, { headers: { "x-fail": "1" }, foreign: true });
      assertStatus(answer, 422);
      assertHeaders(answer, { "last-modified": undefined, "cache-control": undefined });
      assert.notEqual(answer.headers["etag"], '"1"');
    },
  },
]);

export const readCases: readonly GuardCase[] = [...tagCases, ...hashedCases, ...datedCases, ...errorCases];
