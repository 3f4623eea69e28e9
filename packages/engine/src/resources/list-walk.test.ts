import { textPlan } from "@unclash/core";
import type { Range, Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import type { Verdict } from "../access/default-permissions.js";
import { createTag } from "../commits/commit-tag.js";
import type { RequestLimits } from "../http/request-limits.js";
import { createUnclash } from "../unclash.js";

let store: Store;
let calls: Range[];
let asked: number;

beforeEach(() => {
  const memory = createMemoryStore();
  calls = [];
  asked = 0;
  store = {
    ...memory,
    read: (keys) => memory.read(keys),
    commit: (commit) => memory.commit(commit),
    list(range) {
      calls.push(range);
      return memory.list(range);
    },
  };
});

async function put(ids: readonly string[], text: string): Promise<void> {
  for (let at = 0; at < ids.length; at += 200) {
    const writes = ids.slice(at, at + 200).map((id) => {
      return { key: `notes/${id}`, expect: "absent", put: `{"id":"${id}",${text}}`, keep: "none" } as const;
    });
    await store.commit({ tag: createTag(), at: 1, reads: [], writes, events: [], by: null, cause: "test" });
  }
}

function numbered(count: number, start = 0, prefix = "n"): readonly string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${String(start + at).padStart(6, "0")}`);
}

interface Listed {
  readonly ids: readonly string[];
  readonly next: string | null;
}

function lister(isHidden: (key: string) => boolean, limits: Partial<RequestLimits> = {}) {
  const authorize = (_action: string, key: string): Verdict => {
    if (key.endsWith("*")) return "allow";
    asked += 1;
    return isHidden(key) ? "hide" : "allow";
  };
  const unclash = createUnclash({
    store,
    collections: { notes: { schema: z.looseObject({}) } },
    authorize,
    requestLimits: limits,
  });
  return async (query: string): Promise<Listed> => {
    calls = [];
    asked = 0;
    const body = { kind: "parsed", value: undefined } as const;
    const facts = {
      method: "GET",
      base: "",
      path: "/notes",
      query,
      headers: {},
      address: "::1",
      body,
      native: undefined,
    };
    const plan = await unclash.handle(facts);
    expect([plan.status, plan.body]).toEqual([200, expect.any(String)]);
    const { items, next } = JSON.parse(textPlan(plan).body ?? "");
    return { ids: items.map(({ id }: { readonly id: string }) => id), next };
  };
}

async function walk(list: (query: string) => Promise<Listed>, limit: number): Promise<readonly Listed[]> {
  const pages = [await list(`limit=${limit}`)];
  for (let next = pages[0]?.next; next != null; next = pages.at(-1)?.next) {
    pages.push(await list(`limit=${limit}&after=${next}`));
    expect(calls.length).toBeLessThanOrEqual(10);
    expect(asked).toBeLessThanOrEqual(1_000);
  }
  return pages;
}

const hiddenOnes = (key: string): boolean => key.startsWith("notes/hidden");

test("of 22,000 hidden resources one request looks at a thousand, in a few calls of the store", async () => {
  await put(numbered(22_000, 0, "hidden"), '"a":1');
  await put(["z"], '"a":1');
  const pages = await walk(lister(hiddenOnes), 1);
  expect(pages.flatMap(({ ids }) => ids)).toEqual(["z"]);
  expect(pages.length).toBeLessThan(25);
  expect(pages.at(-1)?.next).toBeNull();
  for (const { next } of pages) expect(Buffer.from(next ?? "", "base64url").toString("latin1")).not.toContain("hidden");
});

test("a page has a next only where something visible follows", async () => {
  await put([...numbered(3), ...numbered(500, 0, "hidden")].sort(), '"a":1');
  const list = lister(hiddenOnes);
  expect(await list("limit=3")).toEqual({ ids: numbered(3), next: null });
  const first = await list("limit=2");
  expect(first.ids).toEqual(["n000000", "n000001"]);
  expect(await list(`limit=2&after=${first.next}`)).toEqual({ ids: ["n000002"], next: null });
  await put(["z"], '"a":1');
  expect((await list("limit=3")).next).not.toBeNull();
});

test.each([1, 2, 7, 100])(
  "whatever is hidden, a walk by %i shows each visible resource once, in order",
  async (limit) => {
    const ids = numbered(1_500);
    await put(ids, '"a":1');
    for (const isHidden of [
      (at: number) => at % 2 === 0,
      (at: number) => at % 10 !== 9,
      (at: number) => at > 100 && at < 1_400,
      (at: number) => at < 1_499,
      () => true,
    ]) {
      const pages = await walk(
        lister((key) => isHidden(Number(key.slice("notes/n".length)))),
        limit,
      );
      expect(pages.flatMap(({ ids: shown }) => shown)).toEqual(ids.filter((_, at) => !isHidden(at)));
    }
  },
);

test("where nothing is hidden a page is one call, and asks for no more than it shows", async () => {
  await put(numbered(30), '"a":1');
  const unclash = createUnclash({ store, collections: { notes: { schema: z.looseObject({}) } } });
  const body = { kind: "parsed", value: undefined } as const;
  const facts = { method: "GET", base: "", path: "/notes", headers: {}, address: "::1", body, native: undefined };
  for (const query of ["limit=10", "limit=30"]) {
    calls = [];
    await unclash.handle({ ...facts, query });
    expect(calls).toMatchObject([{ limit: Number(query.slice(6)) }]);
  }
});

test("a page ends with the item that brings its texts to their limit, and the store is asked for no more", async () => {
  const text = `"a":"${"x".repeat(1_000)}"`;
  await put(numbered(30), text);
  const list = lister(() => false, { pageBytesMax: 4_500 });
  const pages = await walk(list, 100);
  expect(pages.map(({ ids }) => ids.length)).toEqual([5, 5, 5, 5, 5, 5]);
  expect(calls.every(({ textBytesMax = 0 }) => textBytesMax <= 4_500)).toBe(true);
});

test("a cursor to a hidden place is the same each time, good in other processes, and of no other list", async () => {
  await put(numbered(3_000, 0, "hidden"), '"a":1');
  const list = lister(hiddenOnes);
  const { next } = await list("limit=1");
  expect((await list("limit=1")).next).toBe(next);
  const memory = store;
  store = { ...memory, read: (keys) => memory.read(keys), list: (range) => memory.list(range) };
  expect((await lister(hiddenOnes)(`limit=1&after=${next}`)).ids).toEqual([]);
  const notes = { schema: z.looseObject({}) };
  const unclash = createUnclash({ store, collections: { notes, others: notes } });
  const body = { kind: "parsed", value: undefined } as const;
  const facts = { method: "GET", base: "", headers: {}, address: "::1", body, native: undefined };
  for (const [path, after] of [
    ["/others", next],
    ["/notes", `${next}A`],
    ["/notes", `${next?.slice(0, -4)}AAAA`],
    ["/notes", Buffer.from("s1.").toString("base64url")],
  ] as const) {
    const plan = await unclash.handle({ ...facts, path, query: `after=${after}` });
    expect([plan.status, plan.body]).toEqual([400, expect.stringContaining("malformed-cursor")]);
  }
});
