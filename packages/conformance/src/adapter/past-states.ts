import assert from "node:assert/strict";
import type { Json } from "@unclash/core/json";
import { type Answer, assertHeaders, assertStatus, bodyOf, etagOf, headerOf } from "./answer.js";
import { linksOf } from "./links.js";
import { itemsOf } from "./lists.js";
import { assertMalformed, assertProblem } from "./problems.js";
import { create, type Resource, read, remove, replace } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

const longAgo = "Thu, 01 Jan 1970 00:00:01 GMT";
const farAhead = "Sun, 01 Jan 2096 00:00:00 GMT";

function at(trial: Trial, { path }: Resource, datetime: string, message: object = {}): Promise<Answer> {
  return trial.send("GET", path, { ...message, headers: { "accept-datetime": datetime } });
}

/** The links that each state has, the current one and past ones. */
function linksAt({ wholePath }: Resource, version: number): Readonly<Record<string, string>> {
  return {
    original: wholePath,
    timegate: wholePath,
    "latest-version": wholePath,
    "version-history": `${wholePath}/versions`,
    timemap: `${wholePath}/timemap`,
    ...(version > 1 && { "predecessor-version": `${wholePath}/versions/${version - 1}` }),
  };
}

async function createTwice(trial: Trial, collection: string, one: Json, two: Json): Promise<readonly Resource[]> {
  const first = await create(trial, collection, { title: "same", value: one });
  return [first, await replace(trial, first, { title: "same", value: two })];
}

export const pastStateCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "a version is the same by its path and by the query of its resource, with links, and varies by nothing",
    async run(trial) {
      const one = await create(trial, "articles", { title: "1 — é" });
      const two = await replace(trial, one, { title: "2" });
      for (const [version, resource] of [
        [1, one],
        [2, two],
      ] as const) {
        const byPath = await trial.send("GET", `${one.path}/versions/${version}`);
        const byQuery = await trial.send("GET", `${one.path}?version=${version}`);
        const inTime = await trial.send("GET", `${one.path}?version=${version}`, {
          headers: { "accept-datetime": longAgo },
        });
        for (const answer of [byPath, byQuery, inTime]) {
          assertStatus(answer, 200);
          assert.equal(answer.text, resource.text);
          assertHeaders(answer, { etag: resource.etag, vary: undefined, "content-location": undefined });
          headerOf(answer, "memento-datetime");
          assert.deepEqual(linksOf(answer), linksAt(resource, version));
        }
        const head = await trial.send("HEAD", `${one.path}?version=${version}`);
        assert.equal(head.headers["etag"], resource.etag);
        const known = await trial.send("GET", `${one.path}?version=${version}`, { ifNoneMatch: resource.etag });
        assertStatus(known, 304);
      }
      assertStatus(await trial.send("GET", `${one.path}?version=1`, { ifMatch: two.etag }), 412);
    },
  },
  {
    name: "a version in the query that is none is 400, one that never was 404, and a deleted one 410 with its links",
    async run(trial) {
      const one = await create(trial, "articles", { title: "1" });
      await remove(trial, one);
      for (const query of ["version=x", "version=", "version=-1", "version=1.0", "version=1&version=1"]) {
        const answer = await trial.send("GET", `${one.path}?${query}`);
        assertMalformed(trial, answer, { code: "malformed-version", parameter: "version" });
      }
      assertProblem(trial, await trial.send("GET", `${one.path}?version=3`), "not-found");
      assertStatus(await trial.send("GET", `${one.path}?version=1`), 200);
      const members = { version: 2, links: { versions: `${one.wholePath}/versions` } };
      for (const path of [`${one.path}?version=2`, `${one.path}/versions/2`, one.path]) {
        const gone = await trial.send("GET", path);
        assertProblem(trial, gone, "gone", { members });
        assert.deepEqual(linksOf(gone), linksAt(one, 2));
        const dated = path === one.path ? undefined : headerOf(gone, "memento-datetime");
        assertHeaders(gone, { "memento-datetime": dated });
      }
    },
  },
  {
    name: "Accept-Datetime after the last state gives that one, and before the first one the first, with their places",
    async run(trial) {
      const one = await create(trial, "articles", { title: "1" });
      const two = await replace(trial, one, { title: "2" });
      for (const [datetime, version, resource] of [
        [farAhead, 2, two],
        [longAgo, 1, one],
        ["Wed, 31 Dec 1969 23:59:59 GMT", 1, one],
      ] as const) {
        const answer = await at(trial, one, datetime);
        assertStatus(answer, 200);
        assert.equal(answer.text, resource.text);
        const place = `${one.wholePath}/versions/${version}`;
        assertHeaders(answer, {
          etag: resource.etag,
          vary: "accept-datetime",
          "content-location": place,
          "memento-datetime": headerOf(await trial.sendTo("GET", place), "memento-datetime"),
          "last-modified": undefined,
        });
        assert.deepEqual(linksOf(answer), linksAt(resource, version));
        const known = await at(trial, one, datetime, { ifNoneMatch: resource.etag });
        assertStatus(known, 304);
        assertHeaders(known, { etag: resource.etag, vary: "accept-datetime", "content-location": place });
        assertStatus(await at(trial, one, datetime, { ifMatch: '"other"' }), 412);
      }
    },
  },
  {
    name: "Accept-Datetime inside a deletion is 410, before it the state that was, and of what never was 404",
    async run(trial) {
      const one = await create(trial, "articles", { title: "1" });
      await remove(trial, one);
      const gone = await at(trial, one, farAhead);
      const members = { version: 2, links: { versions: `${one.wholePath}/versions` } };
      assertProblem(trial, gone, "gone", { members });
      assert.deepEqual(linksOf(gone), linksAt(one, 2));
      headerOf(gone, "memento-datetime");
      assertHeaders(gone, { vary: "accept-datetime" });
      assertStatus(await at(trial, one, longAgo), 200);
      const never = await trial.send("GET", "/articles/never", { headers: { "accept-datetime": longAgo } });
      assertProblem(trial, never, "not-found");
    },
  },
  {
    name: "an Accept-Datetime of another form than the one that is sent is 400; without a history it means nothing",
    async run(trial) {
      const one = await create(trial, "articles", { title: "1" });
      for (const datetime of [
        "2000-06-21T03:00:00Z",
        "Wed, 21 Jun 2000 03:00:00 UTC",
        "wed, 21 jun 2000 03:00:00 gmt",
        "Wednesday, 21-Jun-00 03:00:00 GMT",
        "Wed Jun 21 03:00:00 2000",
        "Wed, 21 Jun 2000 3:00:00 GMT",
        "Wed, 31 Jun 2000 03:00:00 GMT",
        `${longAgo}, ${longAgo}`,
        "",
      ]) {
        const answer = await at(trial, one, datetime);
        assertMalformed(trial, answer, { code: "malformed-datetime", header: "Accept-Datetime" });
      }
      const forgetful = await create(trial, "forgetful", { n: 1 });
      const answer = await at(trial, forgetful, "yesterday");
      assertStatus(answer, 200);
      assertHeaders(answer, { vary: undefined, "memento-datetime": undefined });
      const write = { json: { title: "2" }, ifMatch: one.etag, headers: { "accept-datetime": "yesterday" } };
      assertStatus(await trial.send("PUT", one.path, write), 200);
    },
  },
  {
    name: "a TimeMap lists all states as links with their times, page by page, and as JSON for who prefers that",
    async run(trial) {
      const one = await create(trial, "articles", { title: "1" });
      const two = await replace(trial, one, { title: "2" });
      await remove(trial, two);
      const whole = await trial.send("GET", `${one.path}/timemap`);
      assertStatus(whole, 200);
      assertHeaders(whole, { "content-type": "application/link-format", vary: "accept", link: undefined });
      const { wholePath } = one;
      const dates = new Map<number, string>();
      for (const version of [1, 2, 3]) {
        const past = await trial.send("GET", `${one.path}/versions/${version}`);
        dates.set(version, headerOf(past, "memento-datetime"));
      }
      const memento = (version: number, rel: string): string =>
        `<${wholePath}/versions/${version}>;rel="${rel}";datetime="${dates.get(version)}"`;
      assert.equal(
        whole.text,
        [
          `<${wholePath}>;rel="original timegate latest-version"`,
          `<${wholePath}/timemap>;rel="self";type="application/link-format";from="${dates.get(1)}";` +
            `until="${dates.get(3)}"`,
          memento(3, "last memento"),
          memento(2, "memento"),
          memento(1, "first memento"),
        ].join(",\n"),
      );
      const part = await trial.send("GET", `${one.path}/timemap?limit=2`);
      const next = linksOf(part)["next"];
      assert(part.text.includes(`<${next}>;rel="timemap";type="application/link-format"`), part.text);
      const rest = await trial.sendTo("GET", String(next));
      assert(rest.text.endsWith(memento(1, "first memento")) && !rest.text.includes("/versions/2"), rest.text);
      assert(rest.text.includes(`<${next}>;rel="self"`), rest.text);
      for (const accept of ["application/json", "application/link-format;q=0.5, application/json"]) {
        const json = await trial.send("GET", `${one.path}/timemap`, { headers: { accept } });
        assert.deepEqual(
          itemsOf(json).map(({ uri, version, deleted }) => ({ uri, version, deleted })),
          [3, 2, 1].map((version) => ({
            uri: `${wholePath}/versions/${version}`,
            version,
            deleted: version === 3 ? true : undefined,
          })),
        );
        const { original, timegate, timemap, next: after } = bodyOf(json);
        assert.deepEqual([original, timegate, timemap, after], [wholePath, wholePath, `${wholePath}/timemap`, null]);
      }
      for (const accept of ["*/*", "application/json;q=0.5, application/link-format", "text/html", "x", ""]) {
        const links = await trial.send("GET", `${one.path}/timemap`, { headers: { accept } });
        assert.equal(links.text, whole.text);
      }
      assertProblem(trial, await trial.send("GET", "/articles/never/timemap"), "not-found");
      assertMalformed(
        trial,
        await trial.send("GET", `${one.path}/timemap?limit=0&at=1`),
        {
          code: "unknown-parameter",
          parameter: "at",
        },
        { code: "malformed-limit", parameter: "limit" },
      );
    },
  },
  {
    name: "the difference of two versions is a JSON Patch between their fields, in either direction, with a tag",
    async run(trial) {
      for (const collection of ["notes", "hashed", "unversioned", "renamed"]) {
        const [first, second] = await createTwice(trial, collection, [1, 2, 3], [1, 3]);
        assert(first !== undefined && second !== undefined);
        const patch = [{ op: "remove", path: "/value/1" }];
        const forth = await trial.send("GET", `${first.path}/diff?from=1&to=2`);
        assertStatus(forth, 200);
        assert.deepEqual(forth.json, patch);
        assertHeaders(forth, { "content-type": "application/json-patch+json", "cache-control": "no-cache" });
        const etag = etagOf(forth);
        const newest = await trial.send("GET", `${first.path}/diff?from=1`);
        assert.deepEqual([newest.text, etagOf(newest)], [forth.text, etag]);
        const back = await trial.send("GET", `${first.path}/diff?from=2&to=1`);
        assert.deepEqual(back.json, [{ op: "add", path: "/value/1", value: 2 }]);
        const none = await trial.send("GET", `${first.path}/diff?from=2&to=2`);
        assert.equal(none.text, "[]");
        assert.equal(new Set([etag, etagOf(back), etagOf(none)]).size, 3);
        const known = await trial.send("GET", `${first.path}/diff?from=1&to=2`, { ifNoneMatch: etag });
        assertStatus(known, 304);
        assertHeaders(known, { etag });
        assertStatus(await trial.send("GET", `${first.path}/diff?from=1&to=2`, { ifMatch: '"x"' }), 412);
        const patched = await trial.send("PATCH", first.path, { jsonPatch: back.json, ifMatch: second.etag });
        assert.deepEqual(bodyOf(patched)["value"], [1, 2, 3]);
      }
    },
  },
  {
    name: "a difference names versions that were, and none that is a deletion",
    async run(trial) {
      const one = await create(trial, "articles", { title: "1" });
      await remove(trial, one);
      const diff = (query: string) => trial.send("GET", `${one.path}/diff${query}`);
      for (const [query, ...parameters] of [
        ["", "from"],
        ["?to=1", "from"],
        ["?from=x", "from"],
        ["?from=1&from=1", "from"],
        ["?from=1&to=", "to"],
        ["?from=a&to=b", "from", "to"],
      ] as const) {
        const entries = parameters.map((parameter) => ({ code: "malformed-version", parameter }));
        assertMalformed(trial, await diff(query), ...entries);
      }
      const unknown = { code: "unknown-parameter", parameter: "limit" };
      assertMalformed(trial, await diff("?from=1&to=1&limit=3"), unknown);
      for (const query of ["?from=1&to=3", "?from=3&to=1", "?from=0&to=1"])
        assertProblem(trial, await diff(query), "not-found");
      const members = { version: 2, links: { versions: `${one.wholePath}/versions` } };
      for (const query of ["?from=1&to=2", "?from=2&to=1", "?from=1"])
        assertProblem(trial, await diff(query), "gone", { members });
      assertProblem(trial, await trial.send("GET", "/articles/never/diff?from=1"), "not-found");
    },
  },
  {
    name: "versions that are timestamps are read, compared and mapped by those, and only by those that were",
    async run(trial) {
      const one = await create(trial, "stamped", { n: 1 });
      const two = await replace(trial, one, { n: 2 });
      const [first, second] = [Number(one.body["version"]), Number(two.body["version"])];
      assert(second > first);
      assert.equal((await trial.send("GET", `${one.path}?version=${first}`)).text, one.text);
      assertStatus(await trial.send("GET", `${one.path}/versions/${first - 1}`), 404);
      const diff = await trial.send("GET", `${one.path}/diff?from=${first}&to=${second}`);
      assert.deepEqual(diff.json, [{ op: "replace", path: "/n", value: 2 }]);
      const then = await at(trial, one, farAhead);
      assertHeaders(then, { "content-location": `${one.wholePath}/versions/${second}` });
      assert.equal(linksOf(await read(trial, two))["predecessor-version"], undefined);
      const map = await trial.send("GET", `${one.path}/timemap`, { headers: { accept: "application/json" } });
      assert.deepEqual(
        itemsOf(map).map(({ version }) => version),
        [second, first],
      );
    },
  },
]);
