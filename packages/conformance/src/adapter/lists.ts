import assert from "node:assert/strict";
import { isJsonArray, isJsonObject, type JsonObject } from "@unclash/core/json";
import { type Answer, assertHeaders, assertStatus, bodyOf, etagOf } from "./answer.js";
import { linksOf } from "./links.js";
import { assertMalformed } from "./problems.js";
import { create, type Resource, remove } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

export function itemsOf(answer: Answer): readonly JsonObject[] {
  const { items } = bodyOf(answer);
  assert(isJsonArray(items), `a list has items: ${answer.text}`);
  return items.map((item) => {
    assert(isJsonObject(item), "an item is an object");
    return item;
  });
}

/** All pages from this path on, each reached by the link of the one before. */
async function pagesFrom(trial: Trial, path: string): Promise<readonly Answer[]> {
  const pages: Answer[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    assert(pages.length < 100, "the list ends");
    const page = await trial.sendTo("GET", next);
    assertStatus(page, 200);
    const cursor = bodyOf(page)["next"];
    const link = page.headers["link"] === undefined ? undefined : linksOf(page)["next"];
    assert.equal(new URLSearchParams(link?.split("?")[1]).get("after"), cursor, "Link and next agree");
    pages.push(page);
    next = link;
  }
  return pages;
}

function idsOf(pages: readonly Answer[]): readonly unknown[] {
  return pages.flatMap(itemsOf).map(({ id }) => id);
}

const limits = { code: "malformed-limit", parameter: "limit" };
const cursors = { code: "malformed-cursor", parameter: "after" };

const openCases = casesOn("open", [
  {
    name: "a collection without resources is an empty list",
    async run(trial) {
      const answer = await trial.send("GET", "/empty");
      assertStatus(answer, 200);
      assertHeaders(answer, { "cache-control": "no-cache", vary: undefined, link: undefined });
      assert.equal(answer.text, '{"items":[],"next":null}');
    },
  },
  {
    name: "a list is taken to its end page by page, in the order of ids, each item with its entity-tag",
    async run(trial) {
      const resources = [];
      for (const id of ["c", "a", "é", "b%2", "__proto__", "d ", "😀"])
        resources.push(await create(trial, "pages", { tag: "mine" }, { id }));
      const gone = await create(trial, "pages", {}, { id: "bb" });
      await remove(trial, gone);
      for (const limit of [1, 2, 3, 100]) {
        const pages = await pagesFrom(trial, `${trial.prefix}/pages?limit=${limit}`);
        assert.deepEqual(idsOf(pages), ["__proto__", "a", "b%2", "c", "d ", "é", "😀"]);
        for (const page of pages.slice(0, -1)) assert.equal(itemsOf(page).length, limit);
      }
      const items = itemsOf(await trial.send("GET", "/pages"));
      for (const { id, etag, body } of resources) {
        assert.deepEqual(
          items.find((item) => item["id"] === id),
          { ...body, etag },
        );
      }
    },
  },
  {
    name: "what is deleted between two pages is not missed by the next one",
    async run(trial) {
      const created: Resource[] = [];
      for (const n of [1, 2, 3]) created.push(await create(trial, "legacy", { n }));
      const first = await trial.send("GET", "/legacy?limit=100");
      const at = itemsOf(first).findIndex(({ id }) => id === created[0]?.id);
      const page = await trial.send("GET", `/legacy?limit=${at + 1}`);
      assert.equal(itemsOf(page).at(-1)?.["id"], created[0]?.id);
      if (created[0]) await remove(trial, created[0]);
      const next = linksOf(page)["next"];
      assert(next !== undefined);
      assert.deepEqual(
        idsOf(await pagesFrom(trial, next)),
        created.slice(1).map(({ id }) => id),
      );
    },
  },
  {
    name: "a limit is a whole number above 0, and a cursor one that a list gave",
    async run(trial) {
      for (const limit of [
        "0",
        "-1",
        "abc",
        "",
        "1.5",
        "1e-3",
        "NaN",
        "Infinity",
        "1,2",
        "%00",
        "0x1",
        "1.0",
        "%201",
      ]) {
        assertMalformed(trial, await trial.send("GET", `/pages?limit=${limit}`), limits);
      }
      for (const after of [
        "x",
        "",
        "cDEu",
        "..%2F",
        "%ff",
        Buffer.from("p1.a/b").toString("base64url"),
        "cDEuYQ==",
        "a".repeat(4_000),
      ]) {
        assertMalformed(trial, await trial.send("GET", `/pages?after=${after}`), cursors);
      }
      assertMalformed(trial, await trial.send("GET", "/pages?limit=0&after=x"), limits, cursors);
    },
  },
  {
    name: "a parameter that a list does not have is 400, and named",
    async run(trial) {
      const unknown = (parameter: string) => ({ code: "unknown-parameter", parameter });
      assertMalformed(trial, await trial.send("GET", "/pages?filter=x"), unknown("filter"));
      assertMalformed(trial, await trial.send("GET", "/pages?Limit=5&limit=1&sort"), unknown("Limit"), unknown("sort"));
      assertMalformed(trial, await trial.send("GET", "/pages?limit=0&__proto__=1"), unknown("__proto__"), limits);
    },
  },
  {
    name: "a limit or a cursor that is sent twice is 400: either could have been meant",
    async run(trial) {
      const repeated = (parameter: string) => ({ code: "repeated-parameter", parameter });
      assertMalformed(trial, await trial.send("GET", "/pages?limit=1&limit=100"), repeated("limit"));
      assertMalformed(trial, await trial.send("GET", "/pages?limit=1&limit=1"), repeated("limit"));
      const after = Buffer.from("p1.aa").toString("base64url");
      assertStatus(await trial.send("GET", `/pages?after=${after}`), 200);
      const twice = await trial.send("GET", `/pages?after=${after}&after=${after}&limit=0`);
      assertMalformed(trial, twice, repeated("after"), limits);
    },
  },
  {
    name: "a list that is asked for with conditions it does not meet is 412 or 304",
    async run(trial) {
      const list = await trial.send("GET", "/empty");
      assertStatus(await trial.send("GET", "/empty", { ifNoneMatch: "*" }), 304);
      assertStatus(await trial.send("GET", "/empty", { ifMatch: etagOf(list) }), 200);
      assertStatus(await trial.send("GET", "/empty", { ifMatch: '"x"' }), 412);
      assertMalformed(trial, await trial.send("GET", "/empty", { ifMatch: "x" }), {
        code: "malformed-etag",
        header: "If-Match",
      });
    },
  },
]);

const smallCases = casesOn("small", [
  {
    name:
      "a list without a limit has the usual one, a limit past the cap is cut to it, and large items end a " +
      "page early",
    async run(trial) {
      for (const id of ["a", "b", "c", "d", "e"]) await create(trial, "pages", {}, { id });
      const path = `${trial.prefix}/pages`;
      assert.deepEqual(
        (await pagesFrom(trial, path)).map((page) => itemsOf(page).length),
        [2, 2, 1],
      );
      for (const limit of ["4", "1000", "1e9"]) {
        const pages = await pagesFrom(trial, `${path}?limit=${limit}`);
        assert.deepEqual(
          pages.map((page) => itemsOf(page).length),
          [3, 2],
        );
        assert.deepEqual(idsOf(pages), ["a", "b", "c", "d", "e"]);
      }
      for (const id of ["f", "g", "h"]) await create(trial, "pages", { text: "x".repeat(2_000) }, { id });
      const pages = (await pagesFrom(trial, `${path}?limit=3`)).map((page) => idsOf([page]));
      assert.deepEqual(pages, [["a", "b", "c"], ["d", "e", "f"], ["g"], ["h"]]);
    },
  },
]);

export const listCases: readonly AdapterCase[] = [...openCases, ...smallCases];
