import { postgresUrl } from "@unclash/test-servers";
import { describe, expect, it } from "vitest";
import type { Article } from "./articles.js";
import { problemOf, put, useRecipe } from "./requests.test-support.js";
import { readArticle } from "./writers.test-support.js";

interface Page {
  readonly items: readonly (Article & { readonly etag: string })[];
  readonly next: string | null;
}

const conflict = { status: 409, type: "urn:problem-type:unclash:version-conflict" };
const notFound = { status: 404, type: "urn:problem-type:unclash:not-found" };
const others = (id: string) => `UPDATE articles SET title = 'Theirs', version = version + 1 WHERE id = '${id}'`;

/** Needs processes: it runs what `pnpm build` made. */
describe.runIf(postgresUrl !== undefined).each(["pg", "drizzle"])(
  "the whole resource of %s",
  {
    timeout: 120_000,
  },
  (name) => {
    const { add, url, listUrl, race } = useRecipe(name, 2);

    it("makes an article, and says where it is", async () => {
      const created = await fetch(listUrl(), post({ title: "New", body: "Text" }));
      expect(created.status).toBe(201);
      const article: Article = JSON.parse(await created.text());
      expect(article).toEqual({ id: expect.any(String), title: "New", body: "Text", version: 1 });
      expect(created.headers.get("location")).toBe(`/articles/${article.id}`);
      expect(await readArticle(url(article.id, 1))).toEqual({ article, etag: created.headers.get("etag") });
    });

    it("refuses what is no article, and names what is wrong", async () => {
      const invalid = await fetch(listUrl(), post({ title: 5, body: "Text" }));
      expect(await problemOf(invalid)).toMatchObject({ status: 422, errors: [{ pointer: "/title" }] });
      const malformed = await fetch(listUrl(), { ...post(null), body: "{" });
      expect(await problemOf(malformed)).toMatchObject({ status: 400 });
      const conditional = await fetch(listUrl(), post({ title: "New", body: "Text" }, '"1"'));
      expect(await problemOf(conditional)).toMatchObject({ status: 400, errors: [{ header: "If-Match" }] });
    });

    it("lists all articles, page by page, in whichever process", async () => {
      for (const id of ["listed-1", "listed-2", "listed-3"]) await add(id);
      const seen: string[] = [];
      let next: string | null = "";
      for (let at = 0; next !== null; at++) {
        const response = await fetch(listUrl(`?limit=2${next && `&after=${next}`}`, at));
        const page = await pageOf(response);
        expect(page.items.length).toBeLessThanOrEqual(2);
        expect(response.headers.get("link") === null).toBe(page.next === null);
        seen.push(...page.items.map(({ id }) => id));
        next = page.next;
      }
      expect(seen.filter((id) => id.startsWith("listed"))).toEqual(["listed-1", "listed-2", "listed-3"]);
      expect(new Set(seen).size).toBe(seen.length);
      expect(await problemOf(await fetch(listUrl("?limit=0")))).toMatchObject({ status: 400 });
    });

    it("answers 304 for a page that the client has", async () => {
      await add("paged");
      const etag = (await fetch(listUrl())).headers.get("etag") ?? "";
      expect((await fetch(listUrl("", 1), { headers: { "if-none-match": etag } })).status).toBe(304);
      await fetch(url("paged"), put({ title: "Changed", body: "Text" }, '"1"'));
      expect((await fetch(listUrl("", 1), { headers: { "if-none-match": etag } })).status).toBe(200);
    });

    it("takes an edited item of the list back, once", async () => {
      await add("0-edited");
      const [item] = (await pageOf(await fetch(listUrl("?limit=1")))).items;
      expect(item).toEqual({ id: "0-edited", title: "Title", body: "Text", version: 1, etag: '"1"' });
      const edited = { ...item, title: "Mine" };
      const written = await fetch(url("0-edited", 1), put(edited));
      expect(written.status).toBe(200);
      expect(await written.json()).toEqual({ id: "0-edited", title: "Mine", body: "Text", version: 2 });
      const { etag: _, ...versioned } = edited;
      for (const stale of [edited, versioned]) {
        expect(await problemOf(await fetch(url("0-edited"), put(stale)))).toMatchObject(conflict);
      }
    });

    it("patches one field of the state that the request names", async () => {
      await add("patched");
      expect(await problemOf(await fetch(url("patched"), patch({ title: "Mine" })))).toMatchObject({ status: 428 });
      const merged = await fetch(url("patched"), patch({ title: "Mine" }, '"1"'));
      expect(await merged.json()).toEqual({ id: "patched", title: "Mine", body: "Text", version: 2 });
      expect(merged.headers.get("etag")).toBe('"2"');
      const operations = [{ op: "replace", path: "/body", value: "More" }];
      const json = await fetch(url("patched", 1), patch(operations, '"2"', "application/json-patch+json"));
      expect(await json.json()).toEqual({ id: "patched", title: "Mine", body: "More", version: 3 });
      expect(await problemOf(await fetch(url("patched"), patch({ title: "Late" }, '"1"')))).toMatchObject(conflict);
      const invalid = await fetch(url("patched"), patch({ title: null }, '"3"'));
      expect(await problemOf(invalid)).toMatchObject({ status: 422, errors: [{ pointer: "/title" }] });
      const plain = await fetch(url("patched"), patch({ title: "Mine" }, '"3"', "application/json"));
      expect(await problemOf(plain)).toMatchObject({ status: 415 });
    });

    it("deletes only the state that the request names", async () => {
      await add("removed");
      await fetch(url("removed"), put({ title: "Newer", body: "Text" }, '"1"'));
      expect(await problemOf(await fetch(url("removed"), { method: "DELETE" }))).toMatchObject({ status: 428 });
      expect(await problemOf(await fetch(url("removed", 1), remove('"1"')))).toMatchObject(conflict);
      expect((await fetch(url("removed", 1), remove('"2"'))).status).toBe(204);
      for (const request of [{}, remove('"2"'), patch({ title: "Mine" }, '"2"')]) {
        expect(await problemOf(await fetch(url("removed"), request))).toMatchObject(notFound);
      }
    });

    it.each([
      ["PATCH", patch({ body: "Mine" }, '"1"')],
      ["DELETE", remove('"1"')],
    ])("answers a %s that loses a race inside its handler with a conflict", async (method, request) => {
      const id = `raced-${method}`;
      await add(id);
      expect(await problemOf(await race(others(id), url(id), request))).toMatchObject(conflict);
      expect((await readArticle(url(id))).article).toEqual({ id, title: "Theirs", body: "Text", version: 2 });
    });
  },
);

async function pageOf(response: Response): Promise<Page> {
  return JSON.parse(await response.text());
}

function post(article: unknown, etag: string | null = null): RequestInit {
  return { ...put(article, etag), method: "POST" };
}

function patch(change: unknown, etag = "", type = "application/merge-patch+json"): RequestInit {
  const headers = { "content-type": type, ...(etag !== "" && { "if-match": etag }) };
  return { method: "PATCH", headers, body: JSON.stringify(change) };
}

function remove(etag: string): RequestInit {
  return { method: "DELETE", headers: { "if-match": etag } };
}
