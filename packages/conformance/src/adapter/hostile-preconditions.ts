import assert from "node:assert/strict";
import { assertStatus, etagOf, memberOf } from "./answer.js";
import { untouched } from "./hostile.js";
import { assertMalformed, assertProblem } from "./problems.js";
import { exchangeOne } from "./raw.js";
import { assertUntouched, create, read } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const json = { title: "after" };
const malformed = { code: "malformed-etag", header: "If-Match" };

export const hostilePreconditionCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "row 1: a PUT without If-Match is 428 where one is required",
    run: (trial) =>
      untouched(trial, async ({ path, wholePath: resource }) => {
        const answer = await trial.send("PUT", path, { json });
        assertProblem(trial, answer, "precondition-required", { members: { links: { resource } } });
      }),
  },
  {
    name: "row 2: an If-Match that is no list of entity-tags is 400",
    run: (trial) =>
      untouched(trial, async ({ path, etag }) => {
        for (const ifMatch of [
          "abc",
          '"a',
          '"a"b"',
          '"a";',
          `${etag} x`,
          `${etag};q=1`,
          'w/"a"',
          "'a'",
          '"a" "b"',
          '"a b"',
          '"a"\t"b"',
          "W/*",
        ]) {
          assertMalformed(trial, await trial.send("PUT", path, { json, ifMatch }), malformed);
        }
      }),
  },
  {
    name: "row 3: a weak If-Match never matches, though it names the current state",
    run: (trial) =>
      untouched(trial, async ({ path, etag }) => {
        assertStatus(await trial.send("PUT", path, { json, ifMatch: `W/${etag}` }), 409);
        assertStatus(await trial.send("DELETE", path, { ifMatch: `W/${etag}` }), 409);
      }),
  },
  {
    name: "row 4: a star in quotes is an ordinary tag",
    run: (trial) =>
      untouched(trial, async ({ path }) => {
        const answer = await trial.send("PUT", path, { json, ifMatch: '"*"' });
        assertStatus(answer, 409);
        assert.deepEqual(memberOf(answer, "expected"), { etag: ['"*"'] });
      }),
  },
  {
    name: "row 5: If-Match: * where nothing is, is a conflict for PUT and 404 for PATCH and DELETE",
    run: (trial) =>
      untouched(trial, async () => {
        const ifMatch = "*";
        const put = await trial.send("PUT", "/articles/never", { json, ifMatch });
        assertStatus(put, 409);
        assert.deepEqual(memberOf(put, "expected"), { etag: ["*"] });
        assertProblem(trial, await trial.send("PATCH", "/articles/never", { mergePatch: json, ifMatch }), "not-found");
        assertProblem(trial, await trial.send("DELETE", "/articles/never", { ifMatch }), "not-found");
      }),
  },
  {
    name: "row 6: a star beside entity-tags is 400",
    run: (trial) =>
      untouched(trial, async ({ path, etag }) => {
        for (const ifMatch of ['*, "a"', `${etag}, *`, "*,*", "* *"]) {
          assertMalformed(trial, await trial.send("PUT", path, { json, ifMatch }), malformed);
        }
      }),
  },
  {
    name: "row 7: an empty If-Match is 400, and never as good as none",
    run: (trial) =>
      untouched(trial, async ({ path }) => {
        for (const ifMatch of ["", " ", ",", " , ,"]) {
          assertMalformed(trial, await trial.send("PUT", path, { json, ifMatch }), malformed);
          assertMalformed(trial, await trial.send("DELETE", path, { ifMatch }), malformed);
        }
        const note = await create(trial, "notes", { a: 1 });
        assertMalformed(trial, await trial.send("PUT", note.path, { json, ifMatch: "" }), malformed);
      }),
  },
  {
    name: "row 8: several If-Match lines are one list",
    async run(trial) {
      await untouched(trial, async ({ path }) => {
        const answer = await trial.send("PUT", path, { json, headers: { "if-match": ['"a"', '"b"', 'W/"c"'] } });
        assertStatus(answer, 409);
        assert.deepEqual(memberOf(answer, "expected"), { etag: ['"a"', '"b"', 'W/"c"'] });
        assertMalformed(trial, await trial.send("PUT", path, { json, headers: { "if-match": ["*", "*"] } }), malformed);
      });
      const resource = await create(trial, "articles", { title: "before" });
      for (const lines of [(etag: string) => [etag, '"b"'], (etag: string) => ['"a"', etag]]) {
        const etag = etagOf(await read(trial, resource));
        const answer = await trial.send("PUT", resource.path, {
          json: { title: etag },
          headers: { "if-match": lines(etag) },
        });
        assertStatus(answer, 200);
      }
    },
  },
  {
    name: "row 9: more than 64 entity-tags are 400",
    async run(trial) {
      await untouched(trial, async ({ path, etag }) => {
        const tags = Array.from({ length: 64 }, (_, at) => `"${at}"`);
        const tooMany = { code: "too-many-etags", header: "If-Match" };
        assertMalformed(trial, await trial.send("PUT", path, { json, ifMatch: [...tags, etag].join(",") }), tooMany);
      });
      const { path, etag } = await create(trial, "articles", { title: "before" });
      const ifMatch = [...Array.from({ length: 63 }, (_, at) => `"${at}"`), etag].join(",,");
      assertStatus(await trial.send("PUT", path, { json, ifMatch }), 200);
    },
  },
  {
    name: "row 10: 15 KiB of entity-tags are 400",
    run: (trial) =>
      untouched(trial, async ({ path }) => {
        const answer = await trial.send("PUT", path, { json, ifMatch: '"a",'.repeat(3_700) });
        assertMalformed(trial, answer, { code: "too-many-etags", header: "If-Match" });
      }),
  },
  {
    name: "row 11: a header of 17 KiB is 431, status only",
    run: (trial) =>
      untouched(trial, async ({ wholePath }) => {
        const lines = [`If-Match: ${'"a",'.repeat(4_352)}`, "Content-Length: 0"];
        const { status, body } = await exchangeOne(trial, "PUT", wholePath, { lines });
        assert.deepEqual([status, body], [431, ""]);
      }),
  },
  {
    name: "header lines that Node's parser passes over are 431: one may have been the precondition",
    run: (trial) =>
      untouched(trial, async ({ wholePath }) => {
        const others = Array.from({ length: 1_100 }, () => "a:");
        const note = await create(trial, "notes", { title: "before" });
        const body = JSON.stringify(json);
        const framed = ["Content-Type: application/json", `Content-Length: ${body.length}`];
        for (const [method, target, lines] of [
          ["PUT", note.wholePath, ['If-Match: "other"', ...framed]],
          ["DELETE", note.wholePath, ['If-Match: "other"']],
          ["PUT", wholePath, ['If-Match: "other"', ...framed]],
          ["GET", wholePath, ['If-None-Match: "other"']],
        ] as const) {
          const sent = { lines: [...others, ...lines], body: method === "PUT" ? body : "" };
          const answer = await exchangeOne(trial, method, target, sent);
          assert.equal(answer.status, 431, `${method} ${target}`);
          assert(answer.body.includes('"code":"too-many-headers"'), "it says why");
        }
        await assertUntouched(trial, note);
      }),
  },
  {
    name: "row 12: two tags with 15,000 spaces and no comma between them are 400",
    run: (trial) =>
      untouched(trial, async ({ path, etag }) => {
        for (const ifMatch of [`"a"${" ".repeat(15_000)}"b"`, `${etag}${"\t ".repeat(7_000)}x`]) {
          assertMalformed(trial, await trial.send("PUT", path, { json, ifMatch }), malformed);
        }
      }),
  },
  {
    name: "row 14: a tag with bytes above ASCII is an ordinary one, and comes back only as JSON has it",
    run: (trial) =>
      untouched(trial, async ({ wholePath }) => {
        const body = JSON.stringify(json);
        const lines = ['If-Match: "\xe9\xff\x80"', "Content-Type: application/json", `Content-Length: ${body.length}`];
        const answer = await exchangeOne(trial, "PUT", wholePath, { lines, body });
        assert.equal(answer.status, 409);
        assert(
          answer.lines.every((line) => /^[\t\x20-\x7e]*$/.test(line)),
          "no header holds such bytes",
        );
        const problem: unknown = JSON.parse(Buffer.from(answer.body, "latin1").toString("utf8"));
        assert(typeof problem === "object" && problem !== null && "expected" in problem);
        assert.deepEqual(problem.expected, { etag: ['"\u00e9\u00ff\u0080"'] });
      }),
  },
  {
    name: "row 15: If-None-Match: * on a PUT to what exists is a conflict",
    run: (trial) =>
      untouched(trial, async ({ path, key }) => {
        const answer = await trial.send("PUT", path, { json, ifNoneMatch: "*" });
        assertStatus(answer, 409);
        assert.deepEqual([memberOf(answer, "resource"), memberOf(answer, "expected")], [key, { absent: true }]);
      }),
  },
  {
    name: "row 16: of If-Match and If-None-Match the first is looked at first, and both must hold",
    async run(trial) {
      await untouched(trial, async ({ path, etag }) => {
        const first = await trial.send("PUT", path, { json, ifMatch: '"x"', ifNoneMatch: "*" });
        assert.deepEqual([first.status, memberOf(first, "expected")], [409, { etag: ['"x"'] }]);
        for (const ifNoneMatch of ["*", etag, `W/${etag}`]) {
          const second = await trial.send("PUT", path, { json, ifMatch: etag, ifNoneMatch });
          const expected = ifNoneMatch === "*" ? { absent: true } : { notEtag: [ifNoneMatch] };
          assert.deepEqual([second.status, memberOf(second, "expected")], [409, expected]);
        }
      });
      const { path, etag } = await create(trial, "articles", { title: "before" });
      assertStatus(await trial.send("PUT", path, { json, ifMatch: etag, ifNoneMatch: '"x"' }), 200);
    },
  },
  {
    name: "row 17: If-Unmodified-Since alone is 428, unless the collection is content with dates",
    async run(trial) {
      const since = { "if-unmodified-since": new Date(Date.now() + 60_000).toUTCString() };
      await untouched(trial, async ({ path }) => {
        assertStatus(await trial.send("PUT", path, { json, headers: since }), 428);
        assertStatus(await trial.send("DELETE", path, { headers: since }), 428);
      });
      const { path } = await create(trial, "dated", { a: 1 });
      assertStatus(await trial.send("PUT", path, { json, headers: since }), 200);
      const leapSecond = { "if-unmodified-since": "Sat, 31 Dec 2016 23:59:60 GMT" };
      assertStatus(await trial.send("PUT", path, { json: { a: 2 }, headers: leapSecond }), 409);
    },
  },
  {
    name: "If-Unmodified-Since in several lines is 400 on a write, whichever comes first, and means nothing on a read",
    async run(trial) {
      const dated = await create(trial, "dated", { a: 1 });
      const [past, future] = ["Thu, 01 Jan 1970 00:00:00 GMT", new Date(Date.now() + 60_000).toUTCString()];
      const repeated = { code: "repeated-header", header: "If-Unmodified-Since" };
      for (const dates of [
        [past, future],
        [future, past],
        [future, future],
        ["soon", future],
      ]) {
        const headers = { "if-unmodified-since": dates, "if-modified-since": dates };
        for (const [method, path, message] of [
          ["PUT", dated.path, { json }],
          ["PATCH", dated.path, { mergePatch: json }],
          ["DELETE", dated.path, {}],
          ["POST", "/dated", { json }],
        ] as const) {
          assertMalformed(trial, await trial.send(method, path, { ...message, headers }), repeated);
        }
        assertStatus(await trial.send("GET", dated.path, { headers }), 200);
      }
      await assertUntouched(trial, dated);
      const beside = { "if-unmodified-since": [past, future] };
      assertStatus(await trial.send("PUT", dated.path, { json, headers: beside, ifMatch: dated.etag }), 200);
    },
  },
  {
    name: "row 18: a version in the content that If-Match contradicts is 400",
    run: (trial) =>
      untouched(trial, async ({ path, etag }) => {
        const contradictory = { code: "contradictory-preconditions", header: "If-Match" };
        for (const [version, ifMatch] of [
          [7, '"8-aaaaaaaaaaaaaaaa"'],
          [2, etag],
          [1, '"2-aaaaaaaaaaaaaaaa", "3-aaaaaaaaaaaaaaaa"'],
        ] as const) {
          assertMalformed(trial, await trial.send("PUT", path, { json: { ...json, version }, ifMatch }), contradictory);
          assertMalformed(trial, await trial.send("PATCH", path, { mergePatch: { version }, ifMatch }), contradictory);
        }
      }),
  },
  {
    name: "row 19: a version that is no whole number is 400",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        for (const version of ['"5"', '"1"', "5.5", "-1", "9007199254740993", "1e300", "null", "true", "[1]", "{}"]) {
          const content = `{"title":"after","version":${version}}`;
          const wrong = { code: "malformed-version", pointer: "/version" };
          assertMalformed(trial, await trial.send("PUT", path, { content }), wrong);
          assertMalformed(trial, await trial.send("PUT", path, { content, ifMatch }), wrong);
          const headers = { "content-type": "application/merge-patch+json" };
          assertMalformed(trial, await trial.send("PATCH", path, { content, headers }), wrong);
        }
      }),
  },
]);
