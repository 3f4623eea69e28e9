import { expect, test } from "vitest";
import { joinedVary } from "./vary.js";

test.each([
  [undefined, "authorization", "authorization"],
  ["", "authorization", "authorization"],
  ["Origin", "authorization", "Origin, authorization"],
  ["Origin, Authorization", "authorization", "Origin, Authorization"],
  ["Origin", "authorization, cookie, origin", "Origin, authorization, cookie"],
  [["Origin", "Cookie"], "cookie, authorization", "Origin,Cookie, authorization"],
  ["*", "authorization", "*"],
])("%j and %j are %j", (before, names, joined) => {
  expect(joinedVary(before, names)).toBe(joined);
});
