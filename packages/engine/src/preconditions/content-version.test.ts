import { type EntityTag, parseEntityTagList } from "@unclash/core";
import { expect, test } from "vitest";
import type { LoadedState } from "../states/loaded-state.js";
import { contradiction } from "./content-version.js";

function tags(field: string): readonly EntityTag[] {
  const list = parseEntityTagList(field);
  return list.kind === "tags" ? list.tags : [];
}

const counted: LoadedState = { version: 3 };

const cases: readonly (readonly [
  what: string,
  ifMatch: string,
  version: number,
  state: LoadedState,
  contradicts: boolean,
])[] = [
  ["another version", '"8"', 7, counted, true],
  ["several others", '"8", "9"', 7, counted, true],
  ["the same", '"7"', 7, counted, false],
  ["the same among others", '"8", "7"', 7, counted, false],
  ["a tag that tells no version", '"8", "x"', 7, counted, false],
  ["a date", '"1700000000000"', 5, { version: new Date() }, true],
  ["entity-tags of the app's own", '"8"', 7, { version: 7, etag: '"8"' }, false],
  ["entity-tags that are no versions", '"8"', 7, { version: { row: 1 } }, false],
];

test.each(cases)("If-Match and the version in the content: %s", (_what, ifMatch, version, state, contradicts) => {
  const entry = contradiction({ ifMatch: { kind: "tags", tags: tags(ifMatch) }, version }, state);
  expect(entry?.code).toBe(contradicts ? "contradictory-preconditions" : undefined);
});

test("without one of the two, or with a star, nothing contradicts", () => {
  expect(contradiction({ version: 7 }, counted)).toBeUndefined();
  expect(contradiction({ ifMatch: { kind: "any" }, version: 7 }, counted)).toBeUndefined();
  expect(contradiction({ ifMatch: { kind: "tags", tags: tags('"8"') } }, counted)).toBeUndefined();
});
