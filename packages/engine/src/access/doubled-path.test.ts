import { createMemoryStore } from "@unclash/memory";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { z } from "zod";
import { createUnclash } from "../unclash.js";

const texts: string[] = [];

beforeEach(() => {
  texts.length = 0;
  vi.spyOn(process, "emitWarning").mockImplementation((text) => void texts.push(String(text)));
});

afterEach(() => vi.restoreAllMocks());

async function readAt(publicPath: string, ...bases: readonly string[]): Promise<void> {
  const unclash = createUnclash({
    store: createMemoryStore(),
    collections: { notes: { schema: z.looseObject({}) } },
    publicPath,
  });
  const body = { kind: "parsed", value: undefined } as const;
  const request = { method: "GET", path: "/notes", query: "", headers: {}, address: "::1", body, native: undefined };
  for (const base of bases) await unclash.handle({ ...request, base });
}

test.each([
  ["/api", "/api"],
  ["/api/", "/api"],
  ["/shop", "/shop/api"],
])(
  "a publicPath of %s for an engine that is mounted at %s is told once: links would have it twice",
  async (path, base) => {
    await readAt(path, base, base);
    expect(texts).toHaveLength(1);
    expect(texts[0]).toContain(`the engine is mounted at "${base}": links lead to "${path.replace(/\/$/, "")}${base}"`);
  },
);

test.each([
  ["/api", ""],
  ["/shop", "/api"],
  ["/api", "/apis"],
  ["", "/api"],
  ["/api/v1", "/api"],
])("a publicPath of %j for an engine that is mounted at %j is as it should be", async (path, base) => {
  await readAt(path, base);
  expect(texts).toEqual([]);
});
