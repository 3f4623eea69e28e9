import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { resolveOptions } from "../options.js";
import { ResourceExchange } from "./resource-exchange.js";

test("neither the path of a mount nor an id can end a link or begin another", () => {
  const settings = resolveOptions({
    store: createMemoryStore(),
    collections: { notes: { schema: z.looseObject({}) } },
  });
  const request = { method: "GET", path: "/notes", query: "", headers: {}, address: undefined, native: undefined };
  const base = '/of/a%20b>; rel="next", <x\\';
  const exchange = new ResourceExchange(
    settings,
    { ...request, base, body: { kind: "parsed", value: undefined } },
    undefined,
  );
  const escaped = "/of/a%20b%3E; rel=%22next%22, %3Cx%5C";
  expect(exchange.pathOf("notes")).toBe(`${escaped}/notes`);
  expect(exchange.pathOf("notes", 'a/b>"')).toBe(`${escaped}/notes/a%2Fb%3E%22`);
});
