import assert from "node:assert/strict";
import { assertHeaders, assertStatus, bodyOf, etagOf, headerOf, memberOf } from "./answer.js";
import { assertMalformed, assertProblem } from "./problems.js";
import { assertUntouched, create, digestTag, modifiedAtOf, read, replace } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const weakened = [{ code: "weakened-by-a-proxy", header: "If-Match" }];

const openCases = casesOn("open", [
  {
    name: "a collection can call the version otherwise: then `version` is a field like any other",
    async run(trial) {
      const { id, path, body } = await create(trial, "renamed", { version: "x" });
      assert.deepEqual(body, { id, revision: 1, version: "x" });
      assertStatus(await trial.send("PUT", path, { json: { version: 7, revision: 1 } }), 200);
      assertStatus(await trial.send("PUT", path, { json: { version: 8, revision: 1 } }), 409);
      const wrong = await trial.send("PUT", path, { json: { revision: "1" } });
      assertMalformed(trial, wrong, { code: "malformed-version", pointer: "/revision" });
      assert.deepEqual(bodyOf(await trial.send("GET", path)), { id, revision: 2, version: 7 });
    },
  },
  {
    name: "a collection can show no version: it stays in the entity-tag, and is no precondition in content",
    async run(trial) {
      const resource = await create(trial, "unversioned", { version: 7 });
      const { id, path, etag, body } = resource;
      assert.deepEqual(body, { id, version: 7 });
      assert.match(etag, /^"1-/);
      assertStatus(await trial.send("PUT", path, { json: { version: 1 } }), 428);
      const answer = await trial.send("PUT", path, { json: { version: "eight" }, ifMatch: etag });
      assert.deepEqual(bodyOf(answer), { id, version: "eight" });
      assert.match(etagOf(answer), /^"2-/);
    },
  },
  {
    name: "a collection can take times for versions: they grow with each write, however quick",
    async run(trial) {
      let resource = await create(trial, "stamped", { n: 0 });
      const versions = [resource.body["version"]];
      for (const n of [1, 2, 3, 4, 5]) {
        resource = await replace(trial, resource, { n });
        versions.push(resource.body["version"]);
        assert.equal(Date.parse(String(await modifiedAtOf(trial, resource))), resource.body["version"]);
      }
      const numbers = versions.map(Number);
      assert(
        numbers.every((version, at) => at === 0 || version > (numbers[at - 1] ?? 0)),
        `strictly growing: ${numbers}`,
      );
      assert(resource.etag.startsWith(`"${String(resource.body["version"])}-`));
      const [first, second] = numbers;
      assert.equal(memberOf(await trial.send("GET", `${resource.path}/versions/${second}`), "n"), 1);
      assertStatus(await trial.send("PUT", resource.path, { json: { n: 6, version: first } }), 409);
      const current = { n: 6, version: resource.body["version"] };
      assertStatus(await trial.send("PUT", resource.path, { json: current }), 200);
      const prefer = "on-conflict=last-write-wins";
      assertStatus(await trial.send("PUT", resource.path, { json: { n: 7, version: first }, prefer }), 200);
    },
  },
  {
    name: "a collection can take its entity-tags from the content, as SHA-256 or MD5 of what is served",
    async run(trial) {
      for (const [collection, algorithm] of [
        ["hashed", "sha256"],
        ["legacy", "md5"],
      ] as const) {
        const first = await create(trial, collection, { name: "Ä" });
        assert.equal(first.etag, digestTag(algorithm, first.text));
        assertStatus(await trial.send("GET", first.path, { ifNoneMatch: first.etag }), 304);
        const second = await replace(trial, first, { name: "B" });
        assert.equal(second.etag, digestTag(algorithm, second.text));
        const conflict = await trial.send("PUT", first.path, { json: { name: "C" }, ifMatch: first.etag });
        assertStatus(conflict, 409);
        assert.deepEqual(memberOf(conflict, "expected"), { etag: [first.etag] });
        await assertUntouched(trial, second);
        const versioned = await trial.send("PUT", first.path, {
          json: { name: "C", version: 2 },
          ifMatch: second.etag,
        });
        assertStatus(versioned, 200);
      }
    },
  },
  {
    name: "an entity-tag from the content names the earlier state too: strategies apply, and changes are told",
    async run(trial) {
      const first = await create(trial, "hashed", { name: "A" });
      await replace(trial, first, { name: "B" });
      const message = { json: { name: "C" }, ifMatch: first.etag };
      const conflict = await trial.send("PUT", first.path, message);
      assert.deepEqual(memberOf(conflict, "changes"), [{ op: "replace", path: "/name", value: "B" }]);
      const answer = await trial.send("PUT", first.path, { ...message, prefer: "on-conflict=last-write-wins" });
      assertHeaders(answer, { "unclash-conflict": "status=resolved, strategy=last-write-wins" });
    },
  },
  {
    name: "a tag that a proxy marked is a conflict that says so, unless the collection takes it as its own",
    async run(trial) {
      const marked = (etag: string): readonly string[] => [
        `W/${etag}`,
        ...["gzip", "br", "df"].map((end) => `${etag.slice(0, -1)}-${end}"`),
      ];
      const strict = await create(trial, "articles", { title: "A" });
      for (const ifMatch of marked(strict.etag)) {
        const conflict = await trial.send("PUT", strict.path, { json: { title: "B" }, ifMatch });
        const {
          type: _type,
          title: _title,
          detail: _detail,
          status: _status,
          instance: _instance,
          errors,
          ...members
        } = bodyOf(conflict);
        assert(Array.isArray(errors));
        assertProblem(trial, conflict, "version-conflict", { members: { ...members, errors: weakened } });
      }
      await assertUntouched(trial, strict);
      let lenient = await create(trial, "proxied", { n: 0 });
      for (const at of [0, 1, 2, 3])
        lenient = await replace(trial, { ...lenient, etag: marked(lenient.etag)[at] ?? "" }, { n: at + 1 });
      assert.equal(memberOf(await read(trial, lenient), "n"), 4);
      const strange = await trial.send("PUT", lenient.path, {
        json: { n: 9 },
        ifMatch: `${lenient.etag.slice(0, -1)}-zip"`,
      });
      assertStatus(strange, 409);
      assert.equal(memberOf(strange, "errors"), undefined);
    },
  },
  {
    name: "a stale tag that a proxy marked is a conflict all the same",
    async run(trial) {
      const first = await create(trial, "proxied", { n: 0 });
      const second = await replace(trial, first, { n: 1 });
      assertStatus(await trial.send("PUT", first.path, { json: { n: 2 }, ifMatch: `W/${first.etag}` }), 409);
      await assertUntouched(trial, second);
    },
  },
  {
    name: "a collection can be content with a date: the current one lets a write through, an earlier one is a conflict",
    async run(trial) {
      const resource = await create(trial, "dated", { a: 1 });
      const { path, key } = resource;
      const send = (since: string) =>
        trial.send("PUT", path, { json: { a: 2 }, headers: { "if-unmodified-since": since } });
      const longAgo = "Thu, 01 Jan 1970 00:00:00 GMT";
      const conflict = await send(longAgo);
      assertStatus(conflict, 409);
      assert.deepEqual(
        [memberOf(conflict, "resource"), memberOf(conflict, "expected")],
        [key, { unmodifiedSince: longAgo }],
      );
      for (const unreadable of ["yesterday", "2026-11-22T10:00:00Z", ""]) assertStatus(await send(unreadable), 428);
      await assertUntouched(trial, resource);
      assertStatus(await send(headerOf(await read(trial, resource), "last-modified")), 200);
      assertStatus(
        await trial.send("PUT", "/dated/never", { json: {}, headers: { "if-unmodified-since": longAgo } }),
        428,
      );
    },
  },
]);

const smallCases = casesOn("small", [
  {
    name: "times for versions grow also where the store's clock steps back",
    async run(trial) {
      const id = `${trial.nextName()}-backwards`;
      const versions: number[] = [];
      for (const n of [1, 2, 3, 4]) {
        const written = await trial.send("PUT", `/stamped/${id}`, { json: { n } });
        versions.push(Number(memberOf(written, "version")));
      }
      const [first = 0] = versions;
      assert.deepEqual(versions, [first, first + 1, first + 2, first + 3]);
      for (const [at, version] of versions.entries()) {
        assert.equal(memberOf(await trial.send("GET", `/stamped/${id}/versions/${version}`), "n"), at + 1);
      }
    },
  },
]);

export const settingCases: readonly AdapterCase[] = [...openCases, ...smallCases];
