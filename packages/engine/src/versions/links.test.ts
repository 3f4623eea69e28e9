import { createMemoryStore } from "@unclash/memory";
import LinkHeader from "http-link-header";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask } from "../ask.test-support.js";
import { createUnclash } from "../unclash.js";

const ids = ["1", "a b", 'a"b', "a,b;c", "a>b<c", "é😀", "a'()*!~=@%2F", "rel=next"];

async function setUp() {
  const notes = { schema: z.looseObject({}), preconditions: { required: false } };
  const unclash = createUnclash({ store: createMemoryStore(), collections: { notes }, publicPath: "/shop" });
  for (const id of ids) {
    for (const n of [1, 2, 3]) await ask(unclash, `PUT /notes/${encodeURIComponent(id)}`, { json: { n } });
  }
  return unclash;
}

/** The one target of a relation. */
function targetOf(links: LinkHeader, relation: string): string {
  const [link, ...others] = links.rel(relation);
  expect(others).toEqual([]);
  return link?.uri ?? "";
}

test("a public parser reads Link, and each of its links leads to what it says, whatever the id", async () => {
  const unclash = await setUp();
  const get = (path: string) => ask(unclash, `GET ${path.replace(/^\/shop/, "")}`);
  for (const id of ids) {
    const path = `/shop/notes/${encodeURIComponent(id)}`;
    for (const [from, predecessor] of [
      [path, 2],
      [`${path}/versions/2`, 1],
    ] as const) {
      const links = LinkHeader.parse((await get(from)).headers["link"] ?? "");
      for (const relation of ["original", "timegate", "latest-version"]) expect(targetOf(links, relation)).toBe(path);
      expect((await get(targetOf(links, "predecessor-version"))).body).toContain(`"version":${predecessor}`);
      expect((await get(targetOf(links, "version-history"))).body).toContain('"version":3');
      expect((await get(targetOf(links, "timemap"))).headers["content-type"]).toBe("application/link-format");
    }
  }
});

test("a public parser reads a TimeMap: every state is there once, page by page, and can be read", async () => {
  const unclash = await setUp();
  const get = (path: string) => ask(unclash, `GET ${path.replace(/^\/shop/, "")}`);
  for (const id of ids) {
    const path = `/shop/notes/${encodeURIComponent(id)}`;
    const found: string[] = [];
    let next: string | undefined = `${path}/timemap?limit=2`;
    while (next !== undefined) {
      const page: LinkHeader = LinkHeader.parse((await get(next)).body ?? "");
      expect(targetOf(page, "original")).toBe(path);
      for (const { uri, datetime } of page.rel("memento")) {
        const memento = await get(uri);
        expect(memento).toMatchObject({ status: 200, headers: { "memento-datetime": datetime } });
        found.push(uri);
      }
      next = page.rel("timemap")[0]?.uri;
      if (next === undefined) expect(targetOf(page, "first")).toBe(`${path}/versions/1`);
    }
    expect(found).toEqual([3, 2, 1].map((version) => `${path}/versions/${version}`));
  }
});
