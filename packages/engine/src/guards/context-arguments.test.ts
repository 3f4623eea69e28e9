import { problemSlugs } from "@unclash/core";
import { expect, test } from "vitest";
import { assertPreference, assertRefusal } from "./context-arguments.js";

test("prefers takes the preferences that there are, and no other word", () => {
  for (const known of ["return=minimal", "dry-run"] as const) assertPreference(known);
  for (const other of ["dryrun", "return-minimal", "", undefined, true]) {
    expect(() => Reflect.apply(assertPreference, undefined, [other])).toThrow(
      /must be given "return=minimal" or "dry-run"/,
    );
  }
});

test("refuse takes each problem that there is, and names the nearest one for another word", () => {
  for (const slug of problemSlugs) assertRefusal(slug, undefined);
  assertRefusal("duplicate", { field: "/email", holder: undefined });
  expect(() => assertRefusal("duplicat", undefined)).toThrow(/was given "duplicat"\. Did you mean "duplicate"\?/);
  for (const other of [undefined, 409, "constructor", "email-taken"])
    expect(() => assertRefusal(other, undefined)).toThrow(/must be given the name of a problem/);
});

test("refuse takes no member that a problem has itself, and none that is no JSON", () => {
  for (const own of ["type", "title", "status", "detail", "instance"])
    expect(() => assertRefusal("duplicate", { [own]: "x" })).toThrow(`can't be given the member \`${own}\``);
  expect(() => assertRefusal("duplicate", { id: 1n })).toThrow(/that can be sent as JSON/);
});
