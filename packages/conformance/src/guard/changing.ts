import assert from "node:assert/strict";
import { isJsonArray, isJsonObject, type JsonObject } from "@unclash/core/json";
import { type Answer, assertHeaders, assertStatus, bodyOf, etagOf, headerOf, memberOf } from "../adapter/answer.js";
import { assertMalformed, assertProblem } from "../adapter/problems.js";
import { assertConflict, changed, untouched, written } from "./steps.js";
import { casesOf, type GuardCase } from "./trial.js";

const applied = [
  {
    name: "applyChange gives what a PUT, a merge patch and a JSON Patch ask for, without id, version and entity-tag",
    async run(place) {
      const { id } = place.row({ title: "A", n: 1 });
      const put = await written(place, "PUT", `/${id}`, { json: { id, version: 1, title: "B", n: 2 } });
      assert.deepEqual(put.json, { id, version: 2, title: "B", n: 2 });
      const merged = await written(place, "PATCH", `/${id}`, { mergePatch: { n: null, m: 3, version: 2 } });
      assert.deepEqual(merged.json, { id, version: 3, title: "B", m: 3 });
      const jsonPatch = [
        { op: "test", path: "/version", value: 3 },
        { op: "copy", from: "/m", path: "/n" },
        { op: "remove", path: "/m" },
      ];
      const patched = await written(place, "PATCH", `/${id}`, { jsonPatch, ifMatch: '"3"' });
      assert.deepEqual(patched.json, { id, version: 4, title: "B", n: 3 });
      assertHeaders(patched, { etag: '"4"' });
    },
  },
  {
    name: "applyChange refuses another media type, what is malformed, what can't be applied, and what is not valid",
    async run(place) {
      await untouched(place, async (_row, path) => {
        const type = await place.send("PATCH", path, { json: {}, ifMatch: '"1"' });
        assertProblem(place, type, "unsupported-media-type");
        assertHeaders(type, { "accept-patch": "application/merge-patch+json, application/json-patch+json" });
        const other = await place.send("PUT", path, { json: { id: "other", title: "B" }, ifMatch: '"1"' });
        assertMalformed(place, other, { code: "contradictory-id", pointer: "/id" });
        assertStatus(await place.send("PATCH", path, { jsonPatch: {}, ifMatch: '"1"' }), 400);
        const failing = [{ op: "test", path: "/title", value: "never" }];
        const failed = await place.send("PATCH", path, { jsonPatch: failing, ifMatch: '"1"' });
        assertProblem(place, failed, "invalid-state", {
          members: { resource: memberOf(failed, "resource"), field: "/title" },
        });
        const missing = [{ op: "remove", path: "/never" }];
        assertStatus(await place.send("PATCH", path, { jsonPatch: missing, ifMatch: '"1"' }), 422);
        for (const json of [{ title: 1 }, {}]) {
          const invalid = await place.send("PUT", path, { json, ifMatch: '"1"' });
          assertStatus(invalid, 422);
          assert.deepEqual(memberOf(invalid, "errors"), [{ pointer: "/title", detail: "A title is a text." }]);
        }
      });
    },
  },
] as const satisfies Parameters<typeof casesOf>[1];

const changeCases = casesOf("changing", [
  ...applied,
  {
    name: "preconditions are looked at before content is, unless the app says otherwise",
    async run(place) {
      await untouched(place, async (row, path) => {
        const stale = await place.send("PATCH", path, { json: {}, ifMatch: '"9"' });
        assertConflict(place, stale, row, {
          resource: `articles/${row.id}`,
          identical: true,
          expected: { etag: ['"9"'] },
          current: { version: 1, etag: '"1"' },
        });
      });
    },
  },
]);

const checkedCases = casesOf("checking", [
  ...applied,
  {
    name: "with checkContent, content is refused before preconditions are looked at, and all that is malformed at once",
    async run(place) {
      await untouched(place, async (_row, path) => {
        assertStatus(await place.send("PATCH", path, { json: {}, ifMatch: '"9"' }), 415);
        const malformed = await place.send("PUT", path, { json: { version: -1 }, ifMatch: "9" });
        assertMalformed(
          place,
          malformed,
          { code: "malformed-version", pointer: "/version" },
          { code: "malformed-etag", header: "If-Match" },
        );
        const other = await place.send("PUT", path, { json: { id: "x" }, ifMatch: '"9"' });
        assertMalformed(place, other, { code: "contradictory-id", pointer: "/id" });
        assertStatus(await place.send("PUT", path, { json: {} }), 428);
      });
    },
  },
]);

const listForms = ["guarded", "guard"] as const;

const listCases = casesOf("paged", [
  {
    name: "a list comes page by page, and each page names the next one",
    forms: listForms,
    async run(place) {
      const ids = [place.row(), place.row(), place.row(), place.row(), place.row()].map(({ id }) => id);
      const seen: unknown[] = [];
      let path = "?limit=3";
      for (let pages = 1; ; pages += 1) {
        const page = await place.send("GET", path);
        assertStatus(page, 200);
        seen.push(...itemsOf(page).map((item) => item["id"]));
        const next = memberOf(page, "next");
        if (next === null) {
          assertHeaders(page, { link: undefined });
          break;
        }
        assert(pages < 100, "the list ends");
        const target = /^<([^>]+)>; rel="next"$/.exec(headerOf(page, "link"))?.[1] ?? "";
        assert.equal(target, `${page.path}?limit=3&after=${next}`);
        path = target.slice(page.path.length);
      }
      assert.deepEqual(
        seen.filter((id) => ids.includes(String(id))),
        ids,
      );
      assert.equal(new Set(seen).size, seen.length, "no item comes twice");
    },
  },
  {
    name: "a page has an entity-tag of its own, for 304 and 412, which changes with any of its items",
    forms: listForms,
    async run(place) {
      const row = place.row();
      const page = await place.send("GET", "?limit=2");
      const etag = etagOf(page);
      assertHeaders(page, { "cache-control": "no-cache" });
      assert.match(etag, /^"[\w-]{43}"$/);
      const same = await place.send("GET", "?limit=2", { ifNoneMatch: etag });
      assertStatus(same, 304);
      assertHeaders(same, { etag, "cache-control": "no-cache" });
      const head = await place.send("HEAD", "?limit=2");
      assertStatus(head, 200);
      assertHeaders(head, { etag });
      const other = await place.send("GET", "?limit=2", { ifMatch: '"x"' });
      assertProblem(place, other, "version-conflict", {
        status: 412,
        members: { resource: page.path.slice(1), expected: { etag: ['"x"'] }, current: { etag } },
      });
      const [first] = itemsOf(page);
      changed(place, place.table.find(String(first?.["id"])) ?? row);
      const fresh = await place.send("GET", "?limit=2", { ifNoneMatch: etag });
      assertStatus(fresh, 200);
      assert.notEqual(etagOf(fresh), etag);
    },
  },
  {
    name: "what is malformed about a page is named, all at once",
    forms: listForms,
    async run(place) {
      assertMalformed(
        place,
        await place.send("GET", "?limit=0&after=x&title=a"),
        { code: "unknown-parameter", parameter: "title" },
        { code: "malformed-limit", parameter: "limit" },
        { code: "malformed-cursor", parameter: "after" },
      );
    },
  },
  {
    name: "an item of a list can be edited and put back: its entity-tag is the precondition",
    forms: listForms,
    async run(place) {
      const made = await place.send("POST", "", { json: { id: `0-${place.nextName()}`, title: "A" } });
      assertStatus(made, 201);
      assertHeaders(made, { etag: '"1"' });
      const id = String(memberOf(made, "id"));
      const item = itemsOf(await place.send("GET", "?limit=3")).find((each) => each["id"] === id);
      assert.deepEqual(item, { id, title: "A", etag: '"1"' });
      const put = await written(place, "PUT", `/${id}`, { json: { ...item, title: "B" } });
      assert.deepEqual(put.json, { id, version: 2, title: "B" });
      assertStatus(await place.send("PUT", `/${id}`, { json: { ...item, title: "C" } }), 409);
    },
  },
  {
    name: "a list is no state that a creation can be held against",
    forms: listForms,
    async run(place) {
      const size = place.table.size;
      const posted = await place.send("POST", "", { json: { title: "A" }, ifMatch: '"1"' });
      assertMalformed(place, posted, { code: "unsupported-precondition", header: "If-Match" });
      assertStatus(await place.send("POST", "", { json: { title: "A" }, ifNoneMatch: "*" }), 409);
      const named = await place.send("POST", "", { json: { id: "a/b", title: "A" } });
      assertMalformed(place, named, { code: "malformed-id", pointer: "/id" });
      assert.equal(place.table.size, size);
    },
  },
]);

function itemsOf(page: Answer): readonly JsonObject[] {
  const { items } = bodyOf(page);
  assert(items !== undefined && isJsonArray(items), "a page has items");
  return items.filter((item) => isJsonObject(item));
}

export const changingCases: readonly GuardCase[] = [...changeCases, ...checkedCases, ...listCases];
