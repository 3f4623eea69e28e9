// These tests run built samples in processes of their own: `pnpm build` comes first.
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { startShop } from "../black-box/shop-process.js";
import { isAvailable, makePlace, processesOf, type StoreKind, storeKinds } from "../black-box/store-place.js";
import { type EditAnswer, type EditedVersion, faultsInEdits } from "./check-edits.js";

const isSoak = process.env["SOAK"] !== undefined;
const rounds = isSoak ? 10 : 1;

const note = z.looseObject({ version: z.number(), items: z.array(z.object({ id: z.string() })) });
const page = z.object({ items: z.array(z.object({ version: z.number() })) });
const first = { items: [{ id: "first" }] };

function put(url: string, content: object, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const sent = { "content-type": "application/json", ...headers };
  return fetch(url, { method: "PUT", headers: sent, body: JSON.stringify(content) });
}

/** Edits a note, all at once and all from one state: each adds a field and an item that no other does. */
function editAtOnce(urls: readonly string[], etag: string, { writers, strategy }: Edits): Promise<EditAnswer[]> {
  const edits = Array.from({ length: writers }, async (_, at): Promise<EditAnswer> => {
    const mark = `mark ${at}`;
    const content = { items: [...first.items, { id: mark }], [mark]: at };
    const headers = { "if-match": etag, prefer: `on-conflict=${strategy}` };
    const response = await put(urls[at % urls.length] ?? "", content, headers);
    return { mark, status: response.status, version: note.safeParse(await response.json()).data?.version };
  });
  return Promise.all(edits);
}

function marksIn({ version, items, ...fields }: z.infer<typeof note>): EditedVersion {
  return { version, fields: Object.keys(fields), items: items.map(({ id }) => id) };
}

interface Edits {
  readonly writers: number;
  readonly strategy: "merge" | "last-write-wins";
}

/** What is wrong with the edits of one note, by shops that share a store. */
async function faultsOf(kind: StoreKind, processes: number, edits: Edits): Promise<readonly string[]> {
  const { store, remove } = await makePlace(kind);
  onTestFinished(remove);
  const shops = await Promise.all(Array.from({ length: processes }, () => startShop({ store })));
  for (const shop of shops) onTestFinished(() => shop.stop());
  const faults: string[] = [];
  for (let round = 0; round < rounds; round++) {
    const urls = shops.map(({ origin }) => `${origin}/notes/${round}`);
    const [url = ""] = urls;
    const etag = (await put(url, first)).headers.get("etag") ?? "";
    const before = marksIn(note.parse(await (await put(url, { ...first, later: true })).json()));
    const answers = await editAtOnce(urls, etag, edits);
    const { items } = page.parse(await (await fetch(`${url}/versions?limit=100`)).json());
    const after = items.filter(({ version }) => version > before.version);
    const states = after.map(async ({ version }) =>
      note.parse(await (await fetch(`${url}/versions/${version}`)).json()),
    );
    faults.push(...faultsInEdits(answers, before, (await Promise.all(states)).map(marksIn)));
  }
  return faults;
}

/** In a short run, as many processes as the store is made for; in a soak, one as well. */
function processCounts(kind: StoreKind): readonly number[] {
  const most = processesOf(kind);
  return isSoak && most > 1 ? [1, most] : [most];
}

describe.sequential("merging writers of one resource at once", { timeout: 300_000 }, () => {
  for (const kind of storeKinds.filter(isAvailable)) {
    for (const processes of processCounts(kind)) {
      for (const writers of isSoak ? [20, 40] : [40]) {
        it(`lose no edit: ${writers} of them, in ${processes} process(es) on ${kind}`, async () => {
          expect(await faultsOf(kind, processes, { writers, strategy: "merge" })).toEqual([]);
        });
      }
    }
  }

  it("would be found out to lose edits: they do under last-write-wins", async () => {
    const faults = await faultsOf("memory", 1, { writers: 20, strategy: "last-write-wins" });
    expect(faults.join("\n")).toMatch(/wrong in the items/);
  });
});
