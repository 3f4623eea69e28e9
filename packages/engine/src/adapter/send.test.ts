import type { ResponsePlan } from "@unclash/core";
import { expect, test } from "vitest";
import { headersBeside } from "./send.js";

const plan: ResponsePlan = { status: 200, headers: { etag: '"1"', vary: "authorization" }, body: "{}", outcome: "ok" };

test.each([
  ["nothing", undefined, "authorization"],
  ["a name", "Origin", "Origin, authorization"],
  ["several lines", ["Origin", "Accept"], "Origin,Accept, authorization"],
])("the plan's Vary is joined to what is set before: %s", (_what, before, vary) => {
  expect(headersBeside(plan, before)).toEqual({ etag: '"1"', vary });
});

test("a plan without Vary leaves what is set before as it is", () => {
  const headers = { etag: '"1"' };
  expect(headersBeside({ ...plan, headers }, "Origin")).toBe(headers);
});
