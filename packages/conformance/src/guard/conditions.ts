import assert from "node:assert/strict";
import { assertHeaders, assertStatus, memberOf } from "../adapter/answer.js";
import { assertMalformed, assertProblem } from "../adapter/problems.js";
import { exchange, exchangeOne, head, readAnswers } from "../adapter/raw.js";
import { assertConflict, changed, untouched, writes, written } from "./steps.js";
import { casesOf, type GuardCase } from "./trial.js";

const json = { title: "after" };
const malformed = { code: "malformed-etag", header: "If-Match" };
const foreign = [{ header: "If-Match", code: "foreign-etag" }];
const tooMany = { code: "too-many-etags", header: "If-Match" };

export const conditionCases: readonly GuardCase[] = casesOf("counted", [
  {
    name: "row 1: an unsafe request that does not say which state it is for is 428",
    run: (place) =>
      untouched(place, async (_row, path) => {
        for (const [method, message] of writes) {
          const answer = await place.send(method, path, message);
          assertProblem(place, answer, "precondition-required", { members: { links: { resource: answer.path } } });
        }
      }),
  },
  {
    name: "an If-Match of another state is a conflict, for all unsafe methods",
    async run(place) {
      const row = changed(place, place.row());
      for (const [method, message] of writes) {
        const answer = await place.send(method, `/${row.id}`, { ...message, ifMatch: '"1", "x"' });
        const current = { version: 2, etag: '"2"' };
        assertConflict(place, answer, row, { expected: { etag: ['"1"', '"x"'] }, current });
      }
      assert.deepEqual(place.table.find(row.id), row);
    },
  },
  {
    name: "an If-Match of the current state lets the write through, and the answer has the entity-tag of the new one",
    async run(place) {
      const { id } = place.row({ title: "A", n: 1 });
      const path = `/${id}`;
      const put = await written(place, "PUT", path, { json: { ...json, n: 2 }, ifMatch: '"1"' });
      assert.deepEqual(put.json, { id, version: 2, title: "after", n: 2 });
      assertHeaders(put, { etag: '"2"', "last-modified": undefined });
      const patch = await written(place, "PATCH", path, { mergePatch: { n: 3 }, ifMatch: '"2"' });
      assert.deepEqual(patch.json, { id, version: 3, title: "after", n: 3 });
      assertHeaders(patch, { etag: '"3"' });
      assertHeaders(await written(place, "POST", path, { json: {}, ifMatch: '"3"' }), { etag: '"4"' });
      assertHeaders(await written(place, "DELETE", path, { ifMatch: '"4"' }), { etag: undefined });
      assertStatus(await place.send("GET", path), 404);
    },
  },
  {
    name: "row 2: an If-Match that is no list of entity-tags is 400",
    run: (place) =>
      untouched(place, async (_row, path) => {
        for (const ifMatch of ["abc", '"a', '"a"b"', '"a";', '"1" x', 'w/"a"', "'a'", '"a" "b"', '"a b"', "W/*", "1"]) {
          assertMalformed(place, await place.send("PUT", path, { json, ifMatch }), malformed);
        }
      }),
  },
  {
    name: "row 3: a weak If-Match never matches, though it names the current state",
    run: (place) =>
      untouched(place, async (row, path) => {
        const errors = [{ header: "If-Match", code: "weakened-by-a-proxy" }];
        for (const [method, message] of writes) {
          const answer = await place.send(method, path, { ...message, ifMatch: 'W/"1"' });
          const current = { version: 1, etag: '"1"' };
          assertConflict(place, answer, row, { expected: { etag: ['W/"1"'] }, current, errors });
        }
      }),
  },
  {
    name: "row 4: a star in quotes is an ordinary tag",
    run: (place) =>
      untouched(place, async (row, path) => {
        const answer = await place.send("PUT", path, { json, ifMatch: '"*"' });
        assertConflict(place, answer, row, {
          expected: { etag: ['"*"'] },
          current: { version: 1, etag: '"1"' },
          errors: foreign,
        });
      }),
  },
  {
    name: "a conflict over an entity-tag that the guard has not made says so, and one over one that it made does not",
    run: (place) =>
      untouched(place, async (row, path) => {
        const current = { version: 1, etag: '"1"' };
        for (const ifMatch of [
          'W/"2f-xU6b3Ijw2GgQ4vqXAPQRtSCCkrw"',
          '"2f-xU6b3Ijw2GgQ4vqXAPQRtSCCkrw"',
          '"x"',
          'W/"x", "y"',
        ]) {
          const answer = await place.send("PUT", path, { json, ifMatch });
          assertConflict(place, answer, row, { expected: { etag: ifMatch.split(", ") }, current, errors: foreign });
        }
        // The weak one may be ours, and weakened by a proxy while an older state was the current one.
        for (const seven of ['"7"', 'W/"7"']) {
          const ours = await place.send("PUT", path, { json, ifMatch: `${seven}, "y"` });
          assertConflict(place, ours, row, { expected: { etag: [seven, '"y"'] }, current });
        }
      }),
  },
  {
    name: "row 5: If-Match: * is true for whatever is there, and where nothing is, it is 404",
    async run(place) {
      assertStatus(await place.send("PUT", "/never", { json, ifMatch: "*" }), 404);
      assertStatus(await place.send("DELETE", "/never", { ifMatch: "*" }), 404);
      const { id } = place.row();
      await written(place, "PUT", `/${id}`, { json, ifMatch: "*" });
      await written(place, "DELETE", `/${id}`, { ifMatch: "*" });
    },
  },
  {
    name: "row 6: a star beside entity-tags is 400",
    run: (place) =>
      untouched(place, async (_row, path) => {
        for (const ifMatch of ['*, "a"', '"1", *', "*,*", "* *"])
          assertMalformed(place, await place.send("PUT", path, { json, ifMatch }), malformed);
      }),
  },
  {
    name: "row 7: an empty If-Match is 400, and never as good as none",
    run: (place) =>
      untouched(place, async (_row, path) => {
        for (const ifMatch of ["", " ", ",", " , ,"]) {
          assertMalformed(place, await place.send("PUT", path, { json, ifMatch }), malformed);
          assertMalformed(place, await place.send("DELETE", path, { ifMatch }), malformed);
        }
      }),
  },
  {
    name: "row 8: several If-Match lines are one list",
    async run(place) {
      const { id } = place.row();
      const send = (...lines: readonly string[]) =>
        place.send("PUT", `/${id}`, { json, headers: { "if-match": lines } });
      const refused = await send('"a"', '"b"', 'W/"c"');
      assert.deepEqual([refused.status, memberOf(refused, "expected")], [409, { etag: ['"a"', '"b"', 'W/"c"'] }]);
      assertMalformed(place, await send("*", "*"), malformed);
      assertStatus(await send('"1"', '"b"'), 200);
      assertStatus(await send('"b"', '"2"'), 200);
    },
  },
  {
    name: "rows 9 and 10: more than 64 entity-tags are 400",
    async run(place) {
      const tags = Array.from({ length: 64 }, (_, at) => `"t${at}"`);
      await untouched(place, async (_row, path) => {
        for (const ifMatch of [[...tags, '"1"'].join(","), '"a",'.repeat(3_700)])
          assertMalformed(place, await place.send("PUT", path, { json, ifMatch }), tooMany);
      });
      const ifMatch = [...tags.slice(1), '"1"'].join(",,");
      await written(place, "PUT", `/${place.row().id}`, { json, ifMatch });
    },
  },
  {
    name: "rows 11 to 13: what Node's parser or ours refuses is refused before anything runs",
    run: (place) =>
      untouched(place, async ({ id }, path) => {
        const target = `${place.prefix}/${id}`;
        const long = [`If-Match: ${'"a",'.repeat(4_352)}`, "Content-Length: 0"];
        assert.equal((await exchangeOne(place, "PUT", target, { lines: long })).status, 431);
        const spaces = await place.send("PUT", path, { json, ifMatch: `"a"${" ".repeat(15_000)}"b"` });
        assertMalformed(place, spaces, malformed);
        const cut = [...Array.from({ length: 1_100 }, () => "a:"), 'If-Match: "other"', "Content-Length: 0"];
        assert.equal((await exchangeOne(place, "DELETE", target, { lines: cut })).status, 431);
        const hosts = ["Host: elsewhere", 'If-Match: "1"', "Content-Length: 0"];
        assert.equal((await exchangeOne(place, "DELETE", target, { lines: hosts })).status, 400);
        const nul = ['If-Match: "a\0"', "Content-Length: 0"];
        assert.equal((await exchangeOne(place, "PUT", target, { lines: nul })).status, 400);
      }),
  },
  {
    name: "requests of one connection are worked on one after another: each is held against what those before it left",
    forms: ["guarded", "guard"],
    async run(place) {
      const { id } = place.row({ n: 0 });
      const target = `${place.prefix}/${id}`;
      const pairs = [1, 2, 3].map((n) => {
        const body = `{"n":${n}}`;
        const lines = [`If-Match: "${n}"`, "Content-Type: application/json", `Content-Length: ${body.length}`];
        return head("PUT", target, lines) + body + head("GET", target, n === 3 ? ["Connection: close"] : []);
      });
      const answers = readAnswers(await exchange(place, pairs.join("")), [...pairs.flatMap(() => ["PUT", "GET"])]);
      assert.deepEqual(
        answers.map(({ status, body }) => [status, Number(/"n":(\d)/.exec(body)?.[1])]),
        [1, 1, 2, 2, 3, 3].map((n) => [200, n]),
      );
    },
  },
  {
    name: "row 14: a tag with bytes above ASCII is an ordinary one",
    run: (place) =>
      untouched(place, async ({ id }) => {
        const lines = ['If-Match: "\xe9\xff\x80"', "Content-Type: application/json", "Content-Length: 2"];
        const answer = await exchangeOne(place, "PUT", `${place.prefix}/${id}`, { lines, body: "{}" });
        assert.equal(answer.status, 409);
        const problem: unknown = JSON.parse(Buffer.from(answer.body, "latin1").toString("utf8"));
        assert(typeof problem === "object" && problem !== null && "expected" in problem);
        assert.deepEqual(problem.expected, { etag: ['"\u00e9\u00ff\u0080"'] });
      }),
  },
  {
    name: "row 15: If-None-Match: * on a write to what exists is a conflict that expected nothing there",
    run: (place) =>
      untouched(place, async (row, path) => {
        const answer = await place.send("PUT", path, { json, ifNoneMatch: "*" });
        assertConflict(place, answer, row, { expected: { absent: true }, current: { version: 1, etag: '"1"' } });
      }),
  },
  {
    name: "row 16: of If-Match and If-None-Match the first is looked at first, and both must hold",
    async run(place) {
      await untouched(place, async (row, path) => {
        const current = { version: 1, etag: '"1"' };
        const first = await place.send("PUT", path, { json, ifMatch: '"x"', ifNoneMatch: "*" });
        assertConflict(place, first, row, { expected: { etag: ['"x"'] }, current, errors: foreign });
        for (const ifNoneMatch of ["*", '"1"', 'W/"1"']) {
          const expected = ifNoneMatch === "*" ? { absent: true } : { notEtag: [ifNoneMatch] };
          const second = await place.send("PUT", path, { json, ifMatch: '"1"', ifNoneMatch });
          assertConflict(place, second, row, { expected, current });
        }
        // Alone, it does not say which state a write is for.
        assertStatus(await place.send("PUT", path, { json, ifNoneMatch: '"x"' }), 428);
      });
      await written(place, "PUT", `/${place.row().id}`, { json, ifMatch: '"1"', ifNoneMatch: '"x"' });
    },
  },
  {
    name: "a body that the framework's parser can't read is answered as a problem, and the handler does not run",
    run: (place) =>
      untouched(place, async (_row, path) => {
        const answer = await place.send("PUT", path, { content: '{"title":', ifMatch: '"1"' });
        assertMalformed(place, answer, { code: "malformed-json", pointer: "" });
      }),
  },
  {
    name: "a versionField that nobody asked for is a field like others",
    async run(place) {
      const { id } = place.row();
      await written(place, "PUT", `/${id}`, { json: { version: "x" }, ifMatch: '"1"' });
    },
  },
]);
