import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { apiVersions } from "../states/api-versions.js";
import { createUnclash } from "../unclash.js";

const notes = { schema: z.looseObject({}) };
const api = apiVersions({ name: "suite", default: "v2", versions: { v1: {}, v2: {} } });

const names = ["/notes", "/conflicts", "/resolve-conflict", "/conflict-notifications"];

test.each([
  [undefined, names],
  [api, ["", "/v1", "/v2"].flatMap((at) => names.map((name) => at + name))],
])("an engine names all paths that it answers, in each API version too", (versions, paths) => {
  const unclash = createUnclash({
    store: createMemoryStore(),
    collections: { notes },
    ...(versions && { apiVersions: versions }),
  });
  expect(unclash.paths.toSorted()).toEqual(paths.toSorted());
  for (const path of paths) {
    expect(unclash.owns(path)).toBe(true);
    expect(unclash.owns(`${path}/x/y`)).toBe(true);
    expect(unclash.owns(`${path}x`)).toBe(false);
  }
});
