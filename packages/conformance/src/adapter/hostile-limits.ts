import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { assertHeaders, assertStatus, memberOf } from "./answer.js";
import { objectOf, objectWith } from "./hostile-content.js";
import { assertInvalid, assertMalformed, assertMalformedBody, assertProblem } from "./problems.js";
import { head, sendPart } from "./raw.js";
import { create, read } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

export const hostileLimitCases: readonly AdapterCase[] = casesOn("small", [
  {
    name: "row 23: where gzip is decoded, a body counts as it is inflated: a bomb is 413, and broken gzip 400",
    async run(trial) {
      const note = await create(trial, "notes", { a: 1 });
      const { path } = note;
      const gzip = { "content-encoding": "gzip" };
      const put = (content: Buffer | string, headers = gzip) => trial.send("PUT", path, { content, headers });
      const bomb = gzipSync(Buffer.alloc(2_097_152));
      assert(bomb.length < 4_096);
      assertProblem(trial, await put(bomb), "payload-too-large");
      const broken = { code: "malformed-json", pointer: "" };
      for (const content of [gzipSync('{"a":2}').subarray(0, 20), Buffer.from("{}"), Buffer.alloc(0)])
        assertMalformed(trial, await put(content), broken);
      const other = await put(gzipSync("{}"), { "content-encoding": "br" });
      assertProblem(trial, other, "unsupported-media-type");
      assertHeaders(other, { "accept-encoding": "gzip" });
      assert.equal((await read(trial, note)).text, note.text);
      assertStatus(await put(gzipSync('{"a":2}'), { "content-encoding": "GZIP" }), 200);
      assertStatus(await put('{"a":3}', { "content-encoding": "identity" }), 200);
      assert.equal(memberOf(await read(trial, note), "a"), 3);
    },
  },
  {
    name: "the caps on content are those that the app has set",
    async run(trial) {
      const { path } = await create(trial, "notes", { a: 1 });
      const put = (content: string) => trial.send("PUT", path, { content });
      assertStatus(await put(objectOf(4_096)), 200);
      assertStatus(await put(objectOf(4_097)), 413);
      assertStatus(await put('{"a":[[[1]]]}'), 200);
      assertMalformedBody(trial, await put('{"a":[[[[1]]]]}'), "too-deep");
      assertStatus(await put(objectWith(12)), 200);
      assertMalformedBody(trial, await put(objectWith(13)), "too-many-keys");
      assertStatus(await put(`{"a":[${Array(19).fill("[]")}]}`), 200);
      assertMalformedBody(trial, await put(`{"a":[${Array(20).fill("[]")}]}`), "too-many-values");
      assertStatus(await put(`{"${"k".repeat(16)}":1}`), 200);
      assertMalformedBody(trial, await put(`{"${"k".repeat(17)}":1}`), "key-too-long");
      const tags = await trial.send("PUT", path, { json: {}, ifMatch: '"a","b","c"' });
      assertMalformed(trial, tags, { code: "too-many-etags", header: "If-Match" });
      const add = (name: string) => ({ op: "add", path: `/${name}`, value: 1 });
      const jsonPatch = Array.from({ length: 4 }, () => add("a"));
      assertMalformedBody(trial, await trial.send("PATCH", path, { jsonPatch }), "too-many-operations");
      assertStatus(await trial.send("PATCH", path, { jsonPatch: [add("k".repeat(16))] }), 200);
      assertMalformedBody(trial, await trial.send("PATCH", path, { jsonPatch: [add("k".repeat(17))] }), "key-too-long");
      const ignored = await trial.send("PUT", path, { json: { b: 1 }, prefer: "return=minimal, a, b" });
      assertStatus(ignored, 200);
    },
  },
  {
    name: "of all that is wrong with content no more is listed than is set, and the last entry says that there is more",
    async run(trial) {
      const put = (json: object) => trial.send("PUT", `/numbers/${trial.nextName()}`, { json });
      assertInvalid(trial, await put({ n: "one", a: 1 }), "/n", "/a");
      const more = { code: "too-many-errors", pointer: "" };
      const errors = [{ pointer: "/n" }, { pointer: "/a" }, more];
      assertProblem(trial, await put({ n: "one", a: 1, b: 1, c: 1 }), "validation-failed", { members: { errors } });
    },
  },
  {
    name: "those who send most of a body and then stop keep the room of others for no longer than is set",
    async run(trial) {
      const { path, wholePath } = await create(trial, "notes", { a: 1 });
      const content = objectOf(4_096);
      const lines = ["Content-Type: application/json", `Content-Length: ${content.length}`];
      const stalled = [1, 2, 3].map(() => sendPart(trial, head("PUT", wholePath, lines) + content.slice(1)));
      let dropped: string | undefined;
      for (const { answer } of stalled) answer.then((text) => (dropped ??= text), ignore);
      const statuses = new Set<number>();
      const patience = AbortSignal.timeout(trial.patienceMs);
      while (dropped === undefined && !patience.aborted)
        statuses.add((await trial.send("PUT", path, { content })).status);
      for (const { leave } of stalled) leave();
      assert.match(dropped ?? "nobody was dropped", /^HTTP\/1\.1 503 /);
      assert(statuses.has(200), `others are served: ${[...statuses].join(", ")}`);
    },
  },
]);

function ignore(): void {}
