// These tests run built samples in processes of their own: `pnpm build` comes first.
import { describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { startShop } from "../black-box/shop-process.js";
import { isAvailable, makePlace, processesOf, storeKinds } from "../black-box/store-place.js";
import { faultsInLine, type WriteAnswer } from "./check-line.js";

const writers = 40;
const note = z.object({ version: z.number(), mark: z.string() });
const page = z.object({ items: z.array(z.object({ version: z.number() })) });

/** Writes to one note, all at once, each of them for a state that is gone by then. */
async function writeStale(urls: readonly string[], etag: string): Promise<readonly WriteAnswer[]> {
  return Promise.all(
    Array.from({ length: writers }, async (_, at): Promise<WriteAnswer> => {
      const mark = `mark ${at}`;
      const response = await fetch(urls[at % urls.length] ?? "", {
        method: "PUT",
        headers: { "content-type": "application/json", "if-match": etag },
        body: JSON.stringify({ mark }),
      });
      const shown = note.safeParse(await response.json()).data;
      return { mark, status: response.status, version: shown?.version, shown: shown?.mark };
    }),
  );
}

describe.sequential("40 stale writers of one resource at once, under last-write-wins", { timeout: 300_000 }, () => {
  for (const kind of storeKinds.filter(isAvailable)) {
    it(`are all applied, by ${processesOf(kind)} process(es) on ${kind}`, async () => {
      const { store, remove } = await makePlace(kind);
      onTestFinished(remove);
      const shops = await Promise.all(Array.from({ length: processesOf(kind) }, () => startShop({ store })));
      for (const shop of shops) onTestFinished(() => shop.stop());
      const urls = shops.map(({ origin }) => `${origin}/notes/1`);
      const [url = ""] = urls;
      const put = (mark: string): Promise<Response> =>
        fetch(url, {
          method: "PUT",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ mark }),
        });
      const etag = (await put("first")).headers.get("etag") ?? "";
      expect((await put("second")).status).toBe(200);

      const answers = await writeStale(urls, etag);
      const { items } = page.parse(await (await fetch(`${url}/versions?limit=100`)).json());
      const after = items.filter(({ version }) => version > 2);
      const states = after.map(async ({ version }) =>
        note.parse(await (await fetch(`${url}/versions/${version}`)).json()),
      );
      expect(faultsInLine(answers, 2, await Promise.all(states))).toEqual([]);
    });
  }
});
