import assert from "node:assert/strict";
import { assertStatus, headerOf, memberOf } from "./answer.js";
import { assertCleanGlobals, untouched } from "./hostile.js";
import { linksOf } from "./links.js";
import { assertMalformed } from "./problems.js";
import { exchangeOne } from "./raw.js";
import { create, read, replace } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const wrong = { code: "malformed-id", parameter: "id" };
const ordinary = [
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "null",
  "0",
  "%",
  "a%2Fb",
  "?",
  "#",
  "a b",
  "+",
  "ÄÖÜ — 争い 😀",
  "~",
];

export const hostileIdCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "row 37: an id with a slash, a control character or broken UTF-8, or of 257 bytes, is 400",
    run: (trial) =>
      untouched(trial, async () => {
        const raw = [
          "..%2f..",
          "a%2Fb",
          "%00",
          "a%00b",
          "%ff",
          "%c3",
          "%ed%a0%80",
          "%",
          "%zz",
          "%0d%0a",
          "%1f",
          "%7f",
          "%c2%85",
        ];
        for (const id of [...raw, ".", "..", "%2e%2e", "a".repeat(257), "%c3%a9".repeat(129)]) {
          for (const suffix of ["", "/versions", "/versions/1"]) {
            assertMalformed(trial, await trial.send("GET", `/articles/${id}${suffix}`), wrong);
          }
          assertStatus(await trial.send("HEAD", `/articles/${id}`), 400);
          assertMalformed(
            trial,
            await trial.send("PUT", `/articles/${id}`, { json: { title: "x" }, ifNoneMatch: "*" }),
            wrong,
          );
          assertMalformed(trial, await trial.send("DELETE", `/articles/${id}`, { ifMatch: "*" }), wrong);
        }
      }),
  },
  {
    name: "row 37: the same ids, and what is no text, are 400 in the content of a POST",
    run: (trial) =>
      untouched(trial, async () => {
        for (const id of [
          "",
          ".",
          "..",
          "a/b",
          "\0",
          "a\r\nb",
          "\u007f",
          "\u0085",
          "a".repeat(257),
          "é".repeat(129),
          1,
          null,
          {},
          ["a"],
          true,
        ]) {
          const answer = await trial.send("POST", "/articles", { json: { id, title: "x" } });
          assertMalformed(trial, answer, { code: "malformed-id", pointer: "/id" });
        }
      }),
  },
  {
    name: "row 37: names that objects have, and all that can be encoded, are ordinary ids",
    async run(trial) {
      for (const id of [...ordinary, "a".repeat(256), "é".repeat(128), "😀".repeat(64)]) {
        const path = `/renamed/${encodeURIComponent(id)}`;
        assertStatus(await trial.send("GET", path), 404);
        const created = await trial.send("PUT", path, { json: { of: id }, ifNoneMatch: "*" });
        assertStatus(created, 201);
        assert.equal(headerOf(created, "location"), trial.prefix + path);
        const got = await trial.sendTo("GET", headerOf(created, "location"));
        assert.deepEqual([memberOf(got, "id"), memberOf(got, "of")], [id, id]);
        assert.equal(linksOf(got)["latest-version"], trial.prefix + path);
      }
      assertCleanGlobals();
    },
  },
  {
    name: "an id is one id however its characters are encoded, and letters differ by case",
    async run(trial) {
      const { path, text } = await create(trial, "notes", { n: 1 }, { id: "aZ-é;=1" });
      for (const spelling of ["aZ-%C3%A9;=1", "a%5A-%c3%a9%3B%3D1", "%61Z%2D%C3%A9;%3d1"]) {
        assert.equal((await trial.send("GET", `/notes/${spelling}`)).text, text);
      }
      assertStatus(await trial.send("GET", path.replace("aZ", "az")), 404);
      assertStatus(await trial.send("GET", path.replace("notes", "Notes"), { foreign: true }), 404);
    },
  },
  {
    name: "row 38: nothing of an id can end or split a header",
    async run(trial) {
      for (const id of ['a">;rel="x', "<b>,<c>", "d;e=f", "g, h", '"\\"']) {
        const first = await create(trial, "notes", { n: 1 }, { id });
        const second = await replace(trial, first, { n: 2 });
        const got = await read(trial, second);
        const { wholePath } = first;
        assert.equal(linksOf(got)["version-history"], `${wholePath}/versions`);
        assert.match(headerOf(got, "link"), /^[\x20-\x7e]+$/);
        const history = await trial.send("GET", `${first.path}/versions?limit=1`);
        assert.equal(linksOf(history)["next"]?.split("?")[0], `${wholePath}/versions`);
      }
      const created = await trial.send("POST", "/notes", { json: { id: "é\u2028😀" } });
      assert.equal(headerOf(created, "location"), `${trial.prefix}/notes/%C3%A9%E2%80%A8%F0%9F%98%80`);
    },
  },
  {
    name: "row 38: what may stand raw in a request's path can't end or split a link",
    async run(trial) {
      const raw = 'a">;rel="b",<c';
      const { wholePath } = await replace(trial, await create(trial, "notes", { n: 1 }, { id: raw }), { n: 2 });
      for (const suffix of ["", "/versions?limit=1"]) {
        const answer = await exchangeOne(trial, "GET", `${trial.prefix}/notes/${raw}${suffix}`);
        const link = answer.lines.find((line) => /^link:/i.test(line)) ?? "";
        assert.equal(answer.status, 200);
        for (const [, target] of link.matchAll(/<([^>]*)>/g)) assert(target?.startsWith(wholePath), link);
      }
    },
  },
  {
    name: "row 38: a query can't end or split a link",
    async run(trial) {
      for (const n of [1, 2]) await create(trial, "unversioned", { n });
      const query = "limit=1&x=%0d%0aSet-Cookie:%20a=b&y=%3E%3Brel=%22z";
      const answer = await trial.send("GET", `/unversioned?${query}`);
      assertStatus(answer, 400);
      assert.equal(answer.headers["set-cookie"], undefined);
      assert.equal(answer.headers["link"], undefined);
    },
  },
]);
