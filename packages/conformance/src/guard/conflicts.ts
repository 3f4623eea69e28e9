import assert from "node:assert/strict";
import { assertStatus, memberOf } from "../adapter/answer.js";
import { assertConflict, changed, written } from "./steps.js";
import { casesOf, type GuardCase } from "./trial.js";

const stale = '"1"';

const disclosingCases = casesOf("disclosing", [
  {
    name: "a conflict whole: what was expected, what there is, what has changed, and what of it the write touches",
    async run(place) {
      const row = changed(place, place.row({ title: "A", n: 1, tags: ["a"] }));
      const answer = await place.send("PUT", `/${row.id}`, { json: { title: "C", n: 2, tags: ["a"] }, ifMatch: stale });
      assertConflict(place, answer, row, {
        expected: { etag: [stale] },
        current: {
          version: 2,
          etag: '"2"',
          modifiedAt: "2023-11-14T22:13:20.001Z",
          by: "alice",
          representation: { id: row.id, title: "B", n: 1, tags: ["a"] },
        },
        changes: [{ op: "replace", path: "/title", value: "B" }],
        conflictingFields: ["/title"],
        identical: false,
      });
    },
  },
  {
    name: "conflictingFields are what the write and the others both touch; a PATCH touches what it names, a DELETE all",
    async run(place) {
      const row = changed(place, place.row({ title: "A", n: 1 }));
      const path = `/${row.id}`;
      const fields = async (method: string, message: object) => {
        const answer = await place.send(method, path, { ...message, ifMatch: stale });
        assertStatus(answer, 409);
        return memberOf(answer, "conflictingFields");
      };
      assert.deepEqual(await fields("PATCH", { mergePatch: { n: 2 } }), []);
      assert.deepEqual(await fields("PATCH", { mergePatch: { title: "C" } }), ["/title"]);
      assert.deepEqual(await fields("PATCH", { jsonPatch: [{ op: "replace", path: "/title", value: "C" }] }), [
        "/title",
      ]);
      assert.deepEqual(await fields("DELETE", {}), ["/title"]);
    },
  },
  {
    name: "identical: the current state is what the client proposes already, so that nothing is lost",
    async run(place) {
      const row = changed(place, place.row({ title: "A", n: 1 }));
      const path = `/${row.id}`;
      for (const [method, message, identical] of [
        ["PUT", { json: { title: "B", n: 1 } }, true],
        ["PUT", { json: { n: 1, title: "B", id: row.id } }, true],
        ["PUT", { json: { title: "B" } }, false],
        ["PATCH", { mergePatch: { title: "B" } }, true],
        ["PATCH", { mergePatch: { title: "C" } }, false],
        ["DELETE", {}, false],
      ] as const) {
        const answer = await place.send(method, path, { ...message, ifMatch: stale });
        assert.deepEqual([answer.status, memberOf(answer, "identical")], [409, identical], answer.text);
      }
    },
  },
  {
    name: "of a state above 64 KiB a conflict says whether it is identical, and nothing of changes",
    async run(place) {
      const row = changed(place, place.row({ title: "A", text: "x".repeat(70_000) }));
      for (const [title, identical] of [
        ["B", true],
        ["C", false],
      ] as const) {
        const answer = await place.send("PATCH", `/${row.id}`, { mergePatch: { title }, ifMatch: stale });
        const told = ["changes", "conflictingFields", "identical"].map((name) => memberOf(answer, name));
        assert.deepEqual([answer.status, ...told], [409, undefined, undefined, identical]);
      }
    },
  },
  {
    name: "where the state that the client names is not known, nothing is said of changes",
    async run(place) {
      const row = changed(place, place.row());
      for (const ifMatch of ['"7"', '"x"', '"*"']) {
        const answer = await place.send("PUT", `/${row.id}`, { json: { title: "C" }, ifMatch });
        assert.deepEqual([memberOf(answer, "changes"), memberOf(answer, "identical")], [undefined, false]);
      }
    },
  },
]);

const otherCases = [
  ...casesOf("representing", [
    {
      name: "without discloseCurrent a conflict says whether it is identical, and does not show the state",
      async run(place) {
        const row = changed(place, place.row());
        const answer = await place.send("PUT", `/${row.id}`, { json: { title: "B" }, ifMatch: stale });
        assertConflict(place, answer, row, {
          expected: { etag: [stale] },
          current: { version: 2, etag: '"2"' },
          identical: true,
        });
      },
    },
  ]),
  ...casesOf("shy", [
    {
      name: "a caller to whom represent shows nothing learns neither the state nor its version",
      async run(place) {
        const row = changed(place, place.row());
        const answer = await place.send("PUT", `/${row.id}`, { json: { title: "B" }, ifMatch: stale });
        assertConflict(place, answer, row, { expected: { etag: [stale] } });
        assert(!answer.text.includes("version 2"), answer.text);
      },
    },
  ]),
  ...casesOf("rfc", [
    {
      name: "conflictStatus 412 is for conditions of headers; a version in the content is 409 still",
      async run(place) {
        const row = changed(place, place.row());
        const path = `/${row.id}`;
        const json = { title: "C" };
        const current = { version: 2, etag: '"2"' };
        const stated = await place.send("PUT", path, { json, ifMatch: stale });
        assertConflict(place, stated, row, { expected: { etag: [stale] }, current }, 412);
        assertStatus(await place.send("DELETE", path, { ifMatch: stale }), 412);
        const none = await place.send("PUT", path, { json, ifNoneMatch: "*" });
        assertConflict(place, none, row, { expected: { absent: true }, current }, 412);
        const inContent = await place.send("PUT", path, { json: { ...json, version: 1 } });
        assertConflict(place, inContent, row, { expected: { version: 1 }, current }, 409);
      },
    },
  ]),
  ...casesOf("proxied", [
    {
      name: "acceptProxyTags takes a tag that a proxy weakened or suffixed as the one that it was",
      async run(place) {
        const { id } = place.row();
        const json = { title: "B" };
        await written(place, "PUT", `/${id}`, { json, ifMatch: 'W/"1"' });
        await written(place, "PUT", `/${id}`, { json, ifMatch: '"2-gzip"' });
        assertStatus(await place.send("PUT", `/${id}`, { json, ifMatch: 'W/"2"' }), 409);
      },
    },
  ]),
  ...casesOf("counted", [
    {
      name: "a tag that a proxy suffixed is a conflict that says so",
      async run(place) {
        const row = place.row();
        const answer = await place.send("PUT", `/${row.id}`, { json: {}, ifMatch: '"1-gzip"' });
        const errors = [{ header: "If-Match", code: "weakened-by-a-proxy" }];
        const current = { version: 1, etag: '"1"' };
        assertConflict(place, answer, row, { expected: { etag: ['"1-gzip"'] }, current, errors });
      },
    },
  ]),
];

export const conflictCases: readonly GuardCase[] = [...disclosingCases, ...otherCases];
