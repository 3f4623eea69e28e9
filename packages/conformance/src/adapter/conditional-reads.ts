import assert from "node:assert/strict";
import { assertHeaders, assertStatus, etagOf, headerOf } from "./answer.js";
import { assertMalformed, assertProblem } from "./problems.js";
import { create, modifiedAtOf, read, remove, replace } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

const longAgo = "Thu, 01 Jan 1970 00:00:00 GMT";

export const conditionalReadCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "If-None-Match compares weakly: the current tag, its weak form, one of several and * are 304",
    async run(trial) {
      const { path, etag } = await create(trial, "articles", { title: "A" });
      for (const ifNoneMatch of [etag, `W/${etag}`, `"x", ${etag}`, `"x",,W/${etag} , "y"`, "*", " * "]) {
        for (const method of ["GET", "HEAD"]) {
          const answer = await trial.send(method, path, { ifNoneMatch });
          assertStatus(answer, 304);
          assertHeaders(answer, { etag, "cache-control": "no-cache", vary: "accept-datetime" });
        }
      }
    },
  },
  {
    name: "If-None-Match with other tags is 200, also with one that is no longer current",
    async run(trial) {
      const before = await create(trial, "articles", { title: "A" });
      const { path, text, etag } = await replace(trial, before, { title: "B" });
      for (const ifNoneMatch of [before.etag, '"x"', '""', '"*"', etag.toUpperCase().replace(/^"/, '"0')]) {
        const answer = await trial.send("GET", path, { ifNoneMatch });
        assertStatus(answer, 200);
        assert.equal(answer.text, text);
      }
    },
  },
  {
    name: "several lines of If-None-Match are one list",
    async run(trial) {
      const { path, etag } = await create(trial, "articles", { title: "A" });
      assertStatus(await trial.send("GET", path, { headers: { "if-none-match": ['"x"', etag, '"y"'] } }), 304);
    },
  },
  {
    name: "If-Modified-Since is 304 from the last modification on, and counts only without If-None-Match",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const { path } = resource;
      const since = headerOf(await read(trial, resource), "last-modified");
      const ask = (headers: Readonly<Record<string, string>>) => trial.send("GET", path, { headers });
      assertStatus(await ask({ "if-modified-since": since }), 304);
      assertStatus(await ask({ "if-modified-since": longAgo }), 200);
      assertStatus(await ask({ "if-modified-since": "yesterday" }), 200);
      assertStatus(await ask({ "if-modified-since": since, "if-none-match": '"x"' }), 200);
      assertStatus(await ask({ "if-modified-since": longAgo, "if-none-match": resource.etag }), 304);
    },
  },
  {
    name: "a failed If-Match on a read is 412, before If-None-Match is looked at; one that holds is 200 or 304",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const { path, etag, key } = resource;
      assertStatus(await trial.send("GET", path, { ifMatch: etag }), 200);
      assertStatus(await trial.send("GET", path, { ifMatch: "*" }), 200);
      assertStatus(await trial.send("GET", path, { ifMatch: etag, ifNoneMatch: etag }), 304);
      assertStatus(await trial.send("GET", path, { ifMatch: `W/${etag}` }), 412);
      const refused = await trial.send("GET", path, { ifMatch: '"x"', ifNoneMatch: etag });
      assertStatus(refused, 412);
      const modifiedAt = await modifiedAtOf(trial, resource);
      const links = { resource: resource.wholePath, versions: `${resource.wholePath}/versions` };
      const current = { version: 1, etag, modifiedAt };
      const members = { resource: key, expected: { etag: ['"x"'] }, current, identical: false, links };
      assertProblem(trial, refused, "version-conflict", { status: 412, members });
      assertStatus(await trial.send("HEAD", path, { ifMatch: '"x"' }), 412);
    },
  },
  {
    name: "If-Unmodified-Since on a read is 412 where the resource is newer, and does not count beside If-Match",
    async run(trial) {
      const { path, etag } = await create(trial, "articles", { title: "A" });
      const headers = { "if-unmodified-since": longAgo };
      assertStatus(await trial.send("GET", path, { headers }), 412);
      assertStatus(await trial.send("GET", path, { headers, ifMatch: etag }), 200);
    },
  },
  {
    name: "preconditions are not looked at where there is nothing: 404 and 410 come first",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      await remove(trial, resource);
      for (const message of [
        { ifMatch: "*" },
        { ifMatch: '"x"' },
        { ifNoneMatch: "*" },
        { ifNoneMatch: resource.etag },
      ]) {
        assertProblem(trial, await trial.send("GET", "/articles/never", message), "not-found");
        assertStatus(await trial.send("GET", resource.path, message), 410);
      }
    },
  },
  {
    name: "row 69: on a read, an If-None-Match that is no list and a date that is none count as absent",
    async run(trial) {
      const { path, text } = await create(trial, "articles", { title: "A" });
      for (const target of [path, "/cached", `${path}/versions/1`]) {
        for (const headers of [
          { "if-none-match": "tobi" },
          { "if-none-match": "" },
          { "if-none-match": '*, "a"' },
          { "if-none-match": '"a",'.repeat(70) },
          { "if-modified-since": "2030-01-01T00:00:00Z" },
          { "if-modified-since": "Someday, 06 Nov 2094 08:49:37 GMT" },
          { "if-unmodified-since": "0" },
        ]) {
          for (const method of ["GET", "HEAD"]) assertStatus(await trial.send(method, target, { headers }), 200);
        }
      }
      assert.equal((await trial.send("GET", path, { ifNoneMatch: "tobi" })).text, text);
      for (const method of ["PUT", "DELETE"]) {
        const answer = await trial.send(method, path, { json: { title: "B" }, ifMatch: "*", ifNoneMatch: "tobi" });
        assertMalformed(trial, answer, { code: "malformed-etag", header: "If-None-Match" });
      }
    },
  },
  {
    name: "a failed If-Match on a list is 412, with its entity-tag",
    async run(trial) {
      const etag = etagOf(await trial.send("GET", "/cached"));
      const refused = await trial.send("GET", "/cached", { ifMatch: '"x"' });
      const members = { resource: "cached", expected: { etag: ['"x"'] }, current: { etag } };
      assertProblem(trial, refused, "version-conflict", { status: 412, members });
    },
  },
  {
    name: "a list has an entity-tag too, which changes with each change of what it shows",
    async run(trial) {
      const resource = await create(trial, "cached", { a: 1 });
      const list = await trial.send("GET", "/cached");
      assertStatus(await trial.send("GET", "/cached", { ifNoneMatch: etagOf(list) }), 304);
      assertStatus(await trial.send("HEAD", "/cached", { ifNoneMatch: etagOf(list) }), 304);
      await replace(trial, resource, { a: 2 });
      const later = await trial.send("GET", "/cached", { ifNoneMatch: etagOf(list) });
      assertStatus(later, 200);
      assert.notEqual(etagOf(later), etagOf(list));
    },
  },
]);
