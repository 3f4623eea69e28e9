import assert from "node:assert/strict";
import { type Answer, assertHeaders, assertStatus, bodyOf, etagOf, headerOf } from "./answer.js";
import { linksOf } from "./links.js";
import { assertProblem } from "./problems.js";
import { assertUntouched, create, read, remove, replace } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

/** What HEAD must answer as GET does: all but the moment. */
function lasting({ headers: { date: _date, ...rest } }: Answer): Readonly<Record<string, string>> {
  return rest;
}

async function assertHeadIsGet(trial: Trial, path: string): Promise<void> {
  const got = await trial.send("GET", path);
  const head = await trial.send("HEAD", path);
  assert.equal(head.status, got.status, `HEAD of ${path} has GET's status`);
  assert.deepEqual(lasting(head), lasting(got), `HEAD of ${path} has GET's headers, Content-Length among them`);
}

export const representationCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "a resource is its fields with id and version, served byte for byte as its write was answered",
    async run(trial) {
      const resource = await create(trial, "articles", {
        title: 'Ärger — 争い \u2028 \u0000 "quoted" 😀',
        tags: ["a", "b"],
      });
      const { id, body } = resource;
      assert.deepEqual(body, { id, version: 1, title: 'Ärger — 争い \u2028 \u0000 "quoted" 😀', tags: ["a", "b"] });
      await assertUntouched(trial, resource);
    },
  },
  {
    name: "GET carries validators, tells caches to ask each time, and is its own location",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      const answer = await read(trial, resource);
      assertHeaders(answer, {
        etag: resource.etag,
        "cache-control": "no-cache",
        vary: "accept-datetime",
        "content-location": undefined,
        location: undefined,
        "preference-applied": undefined,
        "unclash-conflict": undefined,
      });
      const lastModified = headerOf(answer, "last-modified");
      assert.match(lastModified, /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
      assert(Date.parse(lastModified) <= Date.parse(headerOf(answer, "date")), "it was not modified later than now");
    },
  },
  {
    name: "the entity-tag is the version and a part of its own for each write, also for the same content",
    async run(trial) {
      const first = await create(trial, "articles", { title: "A" });
      const second = await replace(trial, first, { title: "B" });
      const third = await replace(trial, second, { title: "A" });
      const tags = [first.etag, second.etag, third.etag];
      assert.deepEqual(
        tags.map((tag) => /^"(\d+)-[A-Za-z0-9_-]{16}"$/.exec(tag)?.[1]),
        ["1", "2", "3"],
      );
      assert.equal(new Set(tags.map((tag) => tag.slice(tag.indexOf("-")))).size, 3);
      assert.equal(etagOf(await read(trial, third)), third.etag);
    },
  },
  {
    name:
      "Link leads to the resource itself, its TimeGate, its history and TimeMap, and from version 2 on to the one " +
      "before",
    async run(trial) {
      const first = await create(trial, "articles", { title: "A" });
      const { wholePath } = first;
      const links = {
        original: wholePath,
        timegate: wholePath,
        "latest-version": wholePath,
        "version-history": `${wholePath}/versions`,
        timemap: `${wholePath}/timemap`,
      };
      assert.deepEqual(linksOf(await read(trial, first)), links);
      const two = linksOf(await read(trial, await replace(trial, first, { title: "B" })));
      assert.deepEqual(two, { ...links, "predecessor-version": `${wholePath}/versions/1` });
      const forgetful = await create(trial, "forgetful", { n: 1 });
      const now = await read(trial, await replace(trial, forgetful, { n: 2 }));
      assert.deepEqual(linksOf(now), { "latest-version": forgetful.wholePath });
      assertHeaders(now, { vary: undefined });
    },
  },
  {
    name: "HEAD is answered as GET without content, wherever GET is",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "Ä" });
      const gone = await create(trial, "articles", { title: "gone" });
      await remove(trial, gone);
      const { path } = resource;
      const paths = [
        path,
        `${path}/versions`,
        `${path}/versions/1`,
        `${path}/versions/9`,
        `${path}?version=1`,
        `${path}/timemap`,
        `${path}/diff?from=1`,
        "/articles?limit=1",
        gone.path,
      ];
      for (const each of [...paths, "/articles/absent", "/articles?limit=0", `${path}/nothing`])
        await assertHeadIsGet(trial, each);
    },
  },
  {
    name: "a resource that never was is 404; one that was deleted is 410 and leads to its history",
    async run(trial) {
      assertProblem(trial, await trial.send("GET", "/articles/never"), "not-found");
      const resource = await create(trial, "articles", { title: "A" });
      await remove(trial, resource);
      const links = { versions: `${resource.wholePath}/versions` };
      assertProblem(trial, await trial.send("GET", resource.path), "gone", { members: { version: 2, links } });
      assertStatus(await trial.send("GET", `${resource.path}/versions`), 200);
    },
  },
  {
    name: "a query that means nothing here changes nothing, and is no part of a problem's instance",
    async run(trial) {
      const resource = await create(trial, "articles", { title: "A" });
      assert.equal((await trial.send("GET", `${resource.path}?a=b&limit=0`)).text, resource.text);
      assertProblem(trial, await trial.send("GET", "/articles/never?a=b%2F"), "not-found");
    },
  },
  {
    name: "a client that accepts only HTML, or asks for a part, gets the whole as JSON",
    async run(trial) {
      const { path, text } = await create(trial, "articles", { title: "A" });
      const answers = [
        await trial.send("GET", path, { headers: { accept: "text/html" } }),
        await trial.send("GET", path, { headers: { accept: "" } }),
        await trial.send("GET", path, { headers: { range: "bytes=0-1" } }),
        await trial.send("GET", path, { headers: { "accept-encoding": "gzip, br", "accept-language": "tlh" } }),
      ];
      for (const answer of answers) {
        assertStatus(answer, 200);
        assert.equal(answer.text, text);
      }
    },
  },
  {
    name: "a collection can say itself how long its reads may be kept",
    async run(trial) {
      const resource = await create(trial, "cached", { a: 1 });
      assertHeaders(await read(trial, resource), { "cache-control": "max-age=60" });
      assertHeaders(await trial.send("GET", "/cached"), { "cache-control": "max-age=60" });
      assertHeaders(await trial.send("GET", resource.path, { ifNoneMatch: resource.etag }), {
        "cache-control": "max-age=60",
      });
      assert.deepEqual(bodyOf(await read(trial, resource)), { id: resource.id, version: 1, a: 1 });
    },
  },
]);
