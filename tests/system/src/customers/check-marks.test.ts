import { describe, expect, it } from "vitest";
import type { Outcome } from "../black-box/history.js";
import { checkMarks, type MarkViolationKind } from "./check-marks.js";
import type { Append, MarkHistory, Reading } from "./marks.js";

const customer = "1";

function append(mark: string, base: string, outcome: Outcome): Append {
  return { customer, mark, client: 1, base, outcome };
}

function acknowledged(version: number, name: string): Outcome {
  const body = JSON.stringify({ id: customer, version, name });
  return { kind: "answered", status: 200, version, etag: `"${version}"`, body };
}

function reading(version: number, name: string): Reading {
  return { customer, version, name };
}

const refused: Outcome = { kind: "answered", status: 409, version: 2 };

/** One of each: acknowledged, refused, cut and applied, cut and not applied, not sent. */
const appends: readonly Append[] = [
  append("a", "1", acknowledged(2, "new a")),
  append("b", "1", refused),
  append("c", "2", { kind: "unknown", why: "cut" }),
  append("d", "3", acknowledged(4, "new a c d")),
  append("e", "4", { kind: "unknown", why: "cut" }),
  append("f", "4", { kind: "not-sent" }),
];

const readings: readonly Reading[] = [reading(1, "new"), reading(3, "new a c"), reading(4, "new a c d")];

function history(changes: Partial<MarkHistory>): MarkHistory {
  return { appends, readings, finals: [reading(4, "new a c d")], ...changes };
}

function changed(mark: string, changes: Partial<Append>): Pick<MarkHistory, "appends"> {
  return { appends: appends.map((one) => (one.mark === mark ? { ...one, ...changes } : one)) };
}

describe("the checker of marks", () => {
  it("finds nothing in a history without faults", () => {
    expect(checkMarks(history({}))).toEqual([]);
  });

  it.each<readonly [string, MarkViolationKind, Partial<MarkHistory>]>([
    ["an acknowledged mark that is gone", "lost-update", { finals: [reading(3, "new c d")] }],
    ["a mark that is there twice", "applied-twice", { finals: [reading(5, "new a c d c")] }],
    ["a refused mark that is there", "refused-with-effect", { finals: [reading(5, "new a c d b")] }],
    ["a mark that nobody took and that is there", "refused-with-effect", { finals: [reading(5, "new a c d f")] }],
    ["a mark that nobody sent", "from-nowhere", { finals: [reading(5, "new a c d x")] }],
    ["a version too many", "version-gap", { finals: [reading(5, "new a c d")] }],
    [
      "a mark at another version than it was told",
      "version-gap",
      changed("d", { outcome: acknowledged(3, "new a c") }),
    ],
    ["two acknowledged marks over one state", "shared-base", changed("d", { base: "1" })],
    ["an answer of a state that never was", "never-was", changed("d", { outcome: acknowledged(4, "new a d") })],
    ["a reading of a state that never was", "never-was", { readings: [reading(3, "new a")] }],
  ])("finds %s", (_, kind, changes) => {
    expect(checkMarks(history(changes)).map((violation) => violation.kind)).toContain(kind);
  });
});
