import assert from "node:assert/strict";
import { assertHeaders, assertStatus, bodyOf, etagOf, headerOf } from "./answer.js";
import { linksOf } from "./links.js";
import { itemsOf } from "./lists.js";
import { assertMalformed, assertProblem } from "./problems.js";
import { create, read, remove, replace } from "./resource.js";
import { type AdapterCase, casesOn } from "./trial.js";

export const historyCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "the history tells all versions, the newest first, deletions and what came after them too",
    async run(trial) {
      const one = await create(trial, "articles", { title: "1" });
      const two = await replace(trial, one, { title: "2" });
      await remove(trial, two);
      const four = await trial.send("PUT", one.path, { json: { title: "4" }, ifNoneMatch: "*" });
      const answer = await trial.send("GET", `${one.path}/versions`);
      assertStatus(answer, 200);
      assertHeaders(answer, { "cache-control": "no-cache", link: undefined });
      assert.equal(bodyOf(answer)["next"], null);
      const items = itemsOf(answer);
      assert.deepEqual(
        items.map(({ version, etag, cause, deleted }) => ({ version, etag, cause, deleted })),
        [
          { version: 4, etag: etagOf(four), cause: "create", deleted: undefined },
          { version: 3, etag: undefined, cause: "delete", deleted: true },
          { version: 2, etag: two.etag, cause: "replace", deleted: undefined },
          { version: 1, etag: one.etag, cause: "create", deleted: undefined },
        ],
      );
      const times = items.map(({ modifiedAt }) => String(modifiedAt));
      for (const time of times) assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.deepEqual(times, times.toSorted().toReversed());
    },
  },
  {
    name: "a past version is served byte for byte as it was when it was current, with its entity-tag and time",
    async run(trial) {
      const one = await create(trial, "articles", { title: "1 — é" });
      const current = await read(trial, one);
      await replace(trial, one, { title: "2" });
      const past = await trial.send("GET", `${one.path}/versions/1`);
      assertStatus(past, 200);
      assert.equal(past.text, one.text);
      assertHeaders(past, {
        etag: one.etag,
        "memento-datetime": headerOf(current, "last-modified"),
        "cache-control": "no-cache",
      });
    },
  },
  {
    name: "a deleted version is 410, one that is not there yet is 404, and what is no number is 400",
    async run(trial) {
      const one = await create(trial, "articles", { title: "1" });
      await remove(trial, one);
      const members = { version: 2, links: { versions: `${one.wholePath}/versions` } };
      assertProblem(trial, await trial.send("GET", `${one.path}/versions/2`), "gone", { members });
      assertStatus(await trial.send("GET", `${one.path}/versions/1`), 200);
      for (const version of ["0", "3", "9007199254740991"])
        assertStatus(await trial.send("GET", `${one.path}/versions/${version}`), 404);
      for (const version of ["x", "1.0", "-1", "1e0", "9007199254740993", "%31x"]) {
        const answer = await trial.send("GET", `${one.path}/versions/${version}`);
        assertMalformed(trial, answer, { code: "malformed-version", parameter: "version" });
      }
      const stamped = await create(trial, "stamped", { n: 1 });
      assertStatus(await trial.send("GET", `${stamped.path}/versions/9007199254740991`), 404);
      assertProblem(trial, await trial.send("GET", "/articles/never/versions"), "not-found");
      assertProblem(trial, await trial.send("GET", "/articles/never/versions/1"), "not-found");
    },
  },
  {
    name: "the history is taken to its end page by page",
    async run(trial) {
      for (const collection of ["notes", "stamped"]) {
        let resource = await create(trial, collection, { n: 0 });
        const versions = [resource.body["version"]];
        for (const n of [1, 2, 3, 4]) {
          resource = await replace(trial, resource, { n });
          versions.unshift(resource.body["version"]);
        }
        const told: unknown[] = [];
        for (let path: string | undefined = `${resource.wholePath}/versions?limit=2`; path !== undefined; ) {
          const page = await trial.sendTo("GET", path);
          assertStatus(page, 200);
          told.push(...itemsOf(page).map(({ version }) => version));
          path = bodyOf(page)["next"] === null ? undefined : linksOf(page)["next"];
          assert(told.length <= 5);
        }
        assert.deepEqual(told, versions);
      }
    },
  },
  {
    name: "row 47: a limit of the history past its cap is cut to it; one below 1, and a foreign cursor, are 400",
    async run(trial) {
      const { path } = await create(trial, "articles", { title: "A" });
      assertStatus(await trial.send("GET", `${path}/versions?limit=1e9`), 200);
      for (const limit of ["-1", "0", "abc"]) {
        assertMalformed(trial, await trial.send("GET", `${path}/versions?limit=${limit}`), {
          code: "malformed-limit",
          parameter: "limit",
        });
      }
      const list = await trial.send("GET", "/articles?limit=1");
      const { next } = bodyOf(list);
      for (const after of ["x", "", String(next), Buffer.from("p1.1e3").toString("base64url")]) {
        const answer = await trial.send("GET", `${path}/versions?after=${after}`);
        assertMalformed(trial, answer, { code: "malformed-cursor", parameter: "after" });
      }
    },
  },
  {
    name: "what may stand raw in a path can't end or split a link",
    async run(trial) {
      const id = "a'()*!~;=,@";
      const one = await create(trial, "notes", { n: 1 }, { id });
      await replace(trial, one, { n: 2 });
      const links = linksOf(await trial.send("GET", `/notes/${id}/versions?limit=1`));
      assert.deepEqual(Object.keys(links), ["next"]);
      assert.equal(links["next"]?.split("?")[0], `${one.wholePath}/versions`);
    },
  },
]);
