import { type Conditions, parseConditions } from "@unclash/core";
import { expect, test } from "vitest";
import { namedStates, newestNamed } from "./named-state.js";

function conditions(ifMatch: string | undefined, version?: number): Conditions {
  const header = (name: string): string | undefined => (name === "if-match" ? ifMatch : undefined);
  const parsed = parseConditions(header, { method: "PUT", now: 0, ...(version !== undefined && { version }) });
  if (parsed.kind === "malformed") throw new Error(parsed.errors[0]?.detail);
  return parsed.conditions;
}

const five = { version: 5, etag: '"5"' };
const opaque = { version: undefined, etag: '"x"' };

const named: readonly (readonly [
  ifMatch: string | undefined,
  version: number | undefined,
  states: object[],
  newest: object | undefined,
])[] = [
  [undefined, undefined, [], undefined],
  ["*", undefined, [], undefined],
  ['"5"', undefined, [five], five],
  ['"x"', undefined, [opaque], opaque],
  ['"x", "5", "3"', undefined, [opaque, five, { version: 3, etag: '"3"' }], five],
  ['W/"5"', undefined, [], undefined],
  ['W/"5", "x"', undefined, [opaque], opaque],
  [undefined, 7, [{ version: 7, etag: undefined }], { version: 7, etag: undefined }],
  ['"x", "y"', undefined, [opaque, { version: undefined, etag: '"y"' }], opaque],
];

test.each(named)(
  "the states that If-Match %s and a version %s name, and the newest of them",
  (ifMatch, version, states, newest) => {
    expect(namedStates(conditions(ifMatch, version))).toEqual(states);
    expect(newestNamed(conditions(ifMatch, version))).toEqual(newest);
  },
);
