import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { assertHeaders, assertStatus, bodyOf, memberOf } from "./answer.js";
import { assertCleanGlobals, untouched } from "./hostile.js";
import { assertMalformed, assertMalformedBody, assertProblem } from "./problems.js";
import { create, read } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const bodyBytesMax = 1_048_576;
const mergePatch = { "content-type": "application/merge-patch+json" };

/** A JSON object of exactly so many bytes. */
export function objectOf(bytes: number): string {
  const frame = '{"title":""}';
  return `{"title":"${"x".repeat(bytes - frame.length)}"}`;
}

/** An object with so many members, in as few bytes as can be. */
export function objectWith(members: number): string {
  return `{${Array.from({ length: members }, (_, at) => `"${at.toString(36)}":0`).join(",")}}`;
}

export const hostileContentCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "row 22: a body of 1 MiB and one byte is 413, with and without Content-Length; one of 1 MiB is taken",
    async run(trial) {
      await untouched(trial, async ({ path, etag: ifMatch }) => {
        for (const framing of [{}, { chunked: true }] as const) {
          const answer = await trial.send("PUT", path, { content: objectOf(bodyBytesMax + 1), ifMatch, ...framing });
          assertProblem(trial, answer, "payload-too-large");
          assertStatus(
            await trial.send("PATCH", path, { content: objectOf(bodyBytesMax + 1), headers: mergePatch, ...framing }),
            413,
          );
          assertStatus(await trial.send("POST", "/articles", { content: objectOf(bodyBytesMax + 1), ...framing }), 413);
        }
      });
      const { path, etag: ifMatch } = await create(trial, "articles", { title: "before" });
      assertStatus(await trial.send("PUT", path, { content: objectOf(bodyBytesMax), ifMatch, chunked: true }), 200);
    },
  },
  {
    name: "row 23: an encoded body is 415 where decoding is not set up",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        const content = gzipSync('{"title":"after"}');
        for (const coding of ["gzip", "x-gzip", "br", "deflate", "gzip, gzip", "nonsense"]) {
          const answer = await trial.send("PUT", path, { content, ifMatch, headers: { "content-encoding": coding } });
          assertProblem(trial, answer, "unsupported-media-type");
          assertHeaders(answer, { "accept-encoding": "identity" });
        }
      }),
  },
  {
    name: "row 24: 10,000 levels of nesting are 400",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        const deep = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
        for (const content of [
          deep,
          "[".repeat(10_000),
          `{"title":${deep}}`,
          `${'{"a":'.repeat(65)}1${"}".repeat(65)}`,
        ]) {
          assertMalformedBody(trial, await trial.send("PUT", path, { content, ifMatch }), "too-deep");
          assertMalformedBody(
            trial,
            await trial.send("PATCH", path, { content, ifMatch, headers: mergePatch }),
            "too-deep",
          );
        }
      }),
  },
  {
    name: "row 25: a body of 2 MB and 1,000,000 levels is 413",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        const content = `${"[".repeat(1_000_000)}${"]".repeat(1_000_000)}`;
        assertStatus(await trial.send("PUT", path, { content, ifMatch }), 413);
        assertStatus(await trial.send("PUT", path, { content, ifMatch, chunked: true }), 413);
      }),
  },
  {
    name: "row 26: 100,000 members, and a member's name of 900 KB, are 400",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        const many = await trial.send("PUT", path, { content: objectWith(100_000), ifMatch });
        assertMalformedBody(trial, many, "too-many-keys");
        const spread = JSON.stringify(Array.from({ length: 5_001 }, () => ({ a: 0, b: 0 })));
        assertMalformedBody(trial, await trial.send("PUT", path, { content: spread, ifMatch }), "too-many-keys");
        const long = await trial.send("PUT", path, { json: { ["k".repeat(900_000)]: 0 }, ifMatch });
        assertMalformedBody(trial, long, "key-too-long");
      }),
  },
  {
    name: "more than 20,000 members and items are 400, whatever they are, and whatever a schema would say of them",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        for (const item of ["0", "{}", '"a"', "[0]"]) {
          const count = Math.floor(1_048_000 / (item.length + 1));
          const content = `{"title":"after","tags":[${Array(count).fill(item).join(",")}]}`;
          assertMalformedBody(trial, await trial.send("PUT", path, { content, ifMatch }), "too-many-values");
        }
        const patch = [{ op: "add", path: "/tags", value: Array(20_001).fill(0) }];
        assertMalformedBody(trial, await trial.send("PATCH", path, { jsonPatch: patch, ifMatch }), "too-many-values");
      }),
  },
  {
    name: "row 27: a number that would be stored as another one is 400, in content and in patches",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        const code = "number-out-of-range";
        for (const number of [
          "1e400",
          "-1e400",
          `1${"0".repeat(400)}`,
          "9007199254740993",
          "-123456789012345678",
          "1e-400",
        ]) {
          const content = `{"title":"after","a":[${number}]}`;
          for (const [method, target] of [
            ["PUT", path],
            ["POST", "/articles"],
          ] as const) {
            const answer = await trial.send(method, target, { content, ...(method === "PUT" && { ifMatch }) });
            assertMalformed(trial, answer, { code, pointer: "/a/0" });
          }
          const merged = await trial.send("PATCH", path, { content, ifMatch, headers: mergePatch });
          assertMalformed(trial, merged, { code, pointer: "/a/0" });
          const operations = `[{"op":"add","path":"/tags","value":${number}}]`;
          const headers = { "content-type": "application/json-patch+json" };
          const patched = await trial.send("PATCH", path, { content: operations, ifMatch, headers });
          assertMalformed(trial, patched, { code, pointer: "/0/value" });
        }
      }),
  },
  {
    name: "row 28: half of a surrogate pair is 400, in a value and in a name",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        for (const content of [
          '{"title":"\\ud800"}',
          '{"title":"\\udc00\\ud800"}',
          '{"title":"a","\\uD800":1}',
          '{"id":"\\ud800"}',
        ]) {
          assertMalformedBody(trial, await trial.send("PUT", path, { content, ifMatch }), "invalid-unicode");
        }
        const patch = '[{"op":"replace","path":"/title","value":"\\ud800"}]';
        const headers = { "content-type": "application/json-patch+json" };
        assertMalformedBody(
          trial,
          await trial.send("PATCH", path, { content: patch, ifMatch, headers }),
          "invalid-unicode",
        );
      }),
  },
  {
    name: "row 29: what is no JSON in UTF-8 is 400",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        for (const content of [
          Buffer.from('{"title":"\xe9"}', "latin1"),
          Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]),
          Buffer.from('\ufeff{"title":"after"}', "utf16le"),
          Buffer.from('{"title":"after"}', "utf16le"),
          '{"title":NaN}',
          '{"title":"after",}',
          '{"title":"after"',
          '{"title":"after"}}',
          "{'title':'after'}",
          '{"title":"\n"}',
          "undefined",
          "",
          " ",
        ]) {
          assertMalformed(trial, await trial.send("PUT", path, { content, ifMatch }), {
            code: "malformed-json",
            pointer: "",
          });
        }
        assertMalformedBody(
          trial,
          await trial.send("PUT", path, { headers: { "content-type": "application/json" }, ifMatch }),
          "malformed-json",
        );
      }),
  },
  {
    name: "row 30: another media type, none at all, and another charset are 415",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        const content = '{"title":"after"}';
        for (const type of [
          "text/plain",
          "",
          "application/json; charset=utf-16",
          'application/json;charset="iso-8859-1"',
          "application/jsonp",
          'application/json; x="a;b"; charset=utf-16',
          "*/*",
        ]) {
          const headers = { "content-type": type };
          const put = await trial.send("PUT", path, { content, ifMatch, headers });
          assertProblem(trial, put, "unsupported-media-type");
          assertHeaders(put, { accept: "application/json" });
          assertStatus(await trial.send("POST", "/articles", { content, headers }), 415);
        }
        for (const type of ["application/json", "text/plain", "application/merge-patch+json; charset=utf-16"]) {
          const patched = await trial.send("PATCH", path, { content, ifMatch, headers: { "content-type": type } });
          assertProblem(trial, patched, "unsupported-media-type");
          assertHeaders(patched, { "accept-patch": "application/merge-patch+json, application/json-patch+json" });
        }
        assertStatus(await trial.send("PUT", path, { ifMatch }), 415);
      }),
  },
  {
    name: "a media type counts whatever its case, spaces and other parameters; UTF-8 may be named",
    async run(trial) {
      const { path } = await create(trial, "notes", { a: 1 });
      for (const type of [
        "Application/JSON",
        'application/json ; charset="UTF-8"',
        "application/json;charset=utf-8;v=1",
        'application/json; x="a;charset=utf-16"',
        "application/json;",
      ]) {
        assertStatus(await trial.send("PUT", path, { json: { type }, headers: { "content-type": type } }), 200);
        assert.equal(memberOf(await trial.send("GET", path), "type"), type);
      }
    },
  },
  {
    name: "row 31: a member named __proto__ is 400, in content, merge patches and JSON Patches",
    run: (trial) =>
      untouched(trial, async ({ path, etag: ifMatch }) => {
        const content = '{"title":"after","__proto__":{"admin":true}}';
        const nested = '{"title":"after","a":[{"__proto__":{"admin":true}}]}';
        const forbidden = { code: "forbidden-key", pointer: "/__proto__" };
        assertMalformed(trial, await trial.send("PUT", path, { content, ifMatch }), forbidden);
        assertMalformed(trial, await trial.send("POST", "/articles", { content }), forbidden);
        assertMalformed(trial, await trial.send("PATCH", path, { content, ifMatch, headers: mergePatch }), forbidden);
        assertMalformedBody(
          trial,
          await trial.send("PATCH", path, { content: nested, ifMatch, headers: mergePatch }),
          "forbidden-key",
        );
        const patch = '[{"op":"add","path":"/a","value":{"__proto__":{"admin":true}}}]';
        const headers = { "content-type": "application/json-patch+json" };
        assertMalformedBody(
          trial,
          await trial.send("PATCH", path, { content: patch, ifMatch, headers }),
          "forbidden-key",
        );
      }),
  },
  {
    name: "row 32: constructor and prototype are stored as plain data",
    async run(trial) {
      const fields = {
        constructor: { prototype: { admin: true } },
        prototype: 1,
        toString: "x",
        hasOwnProperty: null,
        toJSON: 1,
      };
      const resource = await create(trial, "notes", fields);
      const { id, path, etag: ifMatch } = resource;
      assert.deepEqual(bodyOf(await read(trial, resource)), { id, version: 1, ...fields });
      assertCleanGlobals();
      const patched = await trial.send("PATCH", path, {
        mergePatch: { constructor: { prototype: { admin: 2 } }, toString: null },
        ifMatch,
      });
      const { toString: _, ...rest } = fields;
      assert.deepEqual(bodyOf(patched), { id, version: 2, ...rest, constructor: { prototype: { admin: 2 } } });
      assertCleanGlobals();
    },
  },
]);
