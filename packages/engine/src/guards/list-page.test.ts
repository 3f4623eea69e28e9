import { expect, test, vi } from "vitest";
import { createGuard } from "../pipeline/guard.js";
import type { PageOptions } from "./guard-context.js";
import { isGuardError } from "./guard-error.js";
import type { GuardOptions } from "./guard-options.js";

interface Article {
  readonly id: string;
  readonly title: string;
  readonly version: number;
}

const rows: readonly Article[] = ["a", "b", "c", "d", "e"].map((id, at) => ({ id, title: `T${at}`, version: at + 1 }));

const base: GuardOptions<object, Article> = {
  resource: () => null,
  load: () => undefined,
  etagField: "etag",
};

type Query = (page: { readonly rowsMax: number; readonly after: string | undefined }) => readonly Article[];

const query: Query = ({ rowsMax, after = "" }) => rows.filter(({ id }) => id > after).slice(0, rowsMax);

interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly options?: GuardOptions<object, Article>;
  readonly paging?: PageOptions<Article>;
  readonly query?: Query;
}

/** The page that is answered, with its headers; or the answer in its place. */
async function pageAt(target: string, asked: Asked = {}) {
  const [path = "", search = ""] = target.split("?");
  const guard = createGuard<object, Article>({ ...base, ...asked.options });
  const facts = { method: "GET", base: "", path, query: search, address: "127.0.0.1", native: {} };
  const entered = await guard.enter({
    ...facts,
    headers: asked.headers ?? {},
    body: { kind: "parsed", value: undefined },
  });
  if (entered.kind === "answer") throw entered.error;
  try {
    const page = entered.context.readPage(asked.paging);
    const content = page.answer((asked.query ?? query)(page));
    return { status: 200, headers: entered.guardedResponse.headers, ...content };
  } catch (error) {
    if (!isGuardError(error)) throw error;
    return { ...error.problem, status: error.status, headers: error.headers };
  }
}

test("pages follow one another by their Link, and each item has its entity-tag", async () => {
  const seen: unknown[] = [];
  for (let target: string | undefined = "/articles?limit=2"; target !== undefined; ) {
    const page: Awaited<ReturnType<typeof pageAt>> = await pageAt(target);
    if (!("items" in page)) throw new Error("There is no page.");
    seen.push(page.items.map(({ id, etag }) => `${id}${etag}`));
    expect(page.next === null).toBe(page.headers["link"] === undefined);
    target = /^<([^>]+)>; rel="next"$/.exec(String(page.headers["link"]))?.[1];
  }
  expect(seen).toEqual([['a"1"', 'b"2"'], ['c"3"', 'd"4"'], ['e"5"']]);
});

test("a page that ends with the last row is the last one", async () => {
  expect(await pageAt("/articles?limit=5")).toMatchObject({ next: null, items: { length: 5 } });
  expect(await pageAt("/articles?limit=4")).toMatchObject({ next: expect.any(String), items: { length: 4 } });
});

test("the app says how long a page is by default and at most", async () => {
  const paging = { limitDefault: 3, limitMax: 4 };
  expect(await pageAt("/articles", { paging })).toMatchObject({ items: { length: 3 } });
  expect(await pageAt("/articles?limit=99", { paging })).toMatchObject({ items: { length: 4 } });
  expect(await pageAt("/articles", { paging: { limitMax: 2 } })).toMatchObject({ items: { length: 2 } });
});

test("a page ends with the item that makes it too large", async () => {
  const options = { requestLimits: { pageBytesMax: 60 } };
  expect(await pageAt("/articles", { options })).toMatchObject({ items: { length: 2 }, next: expect.any(String) });
});

test("a page has validators: 304 to who has it, 412 to who wants another", async () => {
  const { headers } = await pageAt("/articles");
  expect(headers).toMatchObject({ "cache-control": "no-cache", etag: expect.stringMatching(/^"[\w-]{43}"$/) });
  const etag = String(headers["etag"]);
  const same = await pageAt("/articles", { headers: { "if-none-match": etag } });
  expect(same).toEqual({ status: 304, headers: { "cache-control": "no-cache", etag } });
  const other = await pageAt("/articles", { headers: { "if-match": '"x"' } });
  expect(other).toMatchObject({ status: 412, resource: "articles", expected: { etag: ['"x"'] }, current: { etag } });
  expect(await pageAt("/articles", { headers: { "if-match": etag } })).toMatchObject({ status: 200 });
  const [first, ...rest] = rows;
  const changed = await pageAt("/articles", { query: () => [{ ...Object(first), version: 9 }, ...rest] });
  expect(changed.headers["etag"]).not.toBe(etag);
});

test.each([
  ["limit=0", "malformed-limit"],
  ["after=x", "malformed-cursor"],
  [`after=${btoa("p1.a\0b")}`, "malformed-cursor"],
  [`after=${btoa(`p1.${"a".repeat(1_025)}`)}`, "malformed-cursor"],
  ["title=a", "unknown-parameter"],
  ["limit=1&limit=100", "repeated-parameter"],
])("a malformed query is 400: %s", async (search, code) => {
  expect(await pageAt(`/articles?${search}`)).toMatchObject({ status: 400, errors: [{ code }] });
});

test("what represent shows nothing of is not listed, and no cursor names it where another can", async () => {
  const represent = (row: Article) => (row.id === "b" ? undefined : { id: row.id });
  const page = await pageAt("/articles?limit=2", { options: { represent } });
  expect(page).toMatchObject({ items: [{ id: "a", etag: '"1"' }] });
  const next = await pageAt(`/articles?limit=2&after=${"next" in page ? page.next : ""}`, { options: { represent } });
  expect(next).toMatchObject({ items: [{ id: "c" }] });
});

test("a list may be ordered by something else", async () => {
  const paging = { position: ({ version }: Article) => version };
  const byVersion: Query = ({ rowsMax, after = "0" }) =>
    rows.filter(({ version }) => version > Number(after)).slice(0, rowsMax);
  const first = await pageAt("/articles?limit=3", { paging, query: byVersion });
  const next = "next" in first ? first.next : "";
  expect(await pageAt(`/articles?after=${next}`, { paging, query: byVersion })).toMatchObject({
    items: [{ id: "d" }, { id: "e" }],
    next: null,
  });
});

test.each(["a/b", "", "*", "two\nlines", "é".repeat(512)])(
  "a cursor holds any position of a row: %j",
  async (title) => {
    const [first, ...rest] = rows;
    const titled = [{ ...Object(first), title }, ...rest];
    const paging = { position: (row: Article) => row.title };
    const page = await pageAt("/articles?limit=1", { paging, query: () => titled.slice(0, 2) });
    const next = "next" in page ? page.next : "";
    const asked: unknown[] = [];
    const query: Query = ({ after }) => {
      asked.push(after);
      return rest;
    };
    expect(await pageAt(`/articles?limit=9&after=${next}`, { paging, query })).toMatchObject({ status: 200 });
    expect(asked).toEqual([title]);
  },
);

test("filters that the app names are kept in the Link, and all else is 400", async () => {
  const paging = { parameters: ["tag", "q"] };
  const page = await pageAt("/articles?q=a%3E%22b&tag=x&limit=2&tag=y", { paging });
  expect(page.headers["link"]).toBe(
    `</articles?limit=2&after=${btoa("p1.b")}&q=a%3E%22b&tag=x&tag=y>; rel="next"`.replace("==", ""),
  );
  expect(await pageAt("/articles?tag=x&color=red", { paging })).toMatchObject({
    status: 400,
    errors: [{ parameter: "color", detail: "A list takes only the parameters `limit`, `after`, `tag` and `q`." }],
  });
});

test("a cursor that has to name a row which nobody is shown is warned of", async () => {
  const warned = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  await pageAt("/hidden?limit=1", { options: { represent: ({ id }) => (id === "b" ? undefined : { id }) } });
  expect(warned).not.toHaveBeenCalled();
  await pageAt("/hidden?limit=1", { options: { represent: () => undefined } });
  expect(warned).toHaveBeenCalledExactlyOnceWith(
    expect.any(String),
    expect.objectContaining({ code: "UNCLASH_HIDDEN_IN_CURSOR" }),
  );
  warned.mockRestore();
});

test.each<[what: string, asked: Asked, says: string]>([
  [
    "a position that no cursor can hold",
    { paging: { position: ({ title }) => `${title}\ud800` }, query: () => rows },
    "rows whose position (`id`, or what `position` gives) is a text of at most 1024 bytes",
  ],
  ["a query without a limit", { query: () => [...rows, ...rows] }, "ask for `rowsMax` rows at most, 5 here"],
  ["a query without the cursor", { query: () => rows.slice(0, 3) }, "leave out all up to `after`"],
  ["rows without an order", { options: { represent: () => ({}) } }, "or readPage() a `position`"],
  ["a filter that every list has", { paging: { parameters: ["after"] } }, "readPage.parameters"],
  ["an option that is none", { paging: { limitMax: 0 } }, "readPage.limitMax"],
  ["a guard with a state", { options: { resource: () => "articles/a", load: () => rows[0] } }, "is for a list"],
])("is a mistake of the app's: %s", async (_what, asked, says) => {
  await expect(pageAt(`/articles?limit=4&after=${btoa("p1.a").replaceAll("=", "")}`, asked)).rejects.toThrow(says);
});
