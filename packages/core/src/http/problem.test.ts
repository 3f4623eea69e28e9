import { expect, test } from "vitest";
import { createProblem } from "./problem.js";

test("a problem has the standard members first, and its extensions at top level", () => {
  const problem = createProblem({
    slug: "gone",
    detail: "articles/1 was deleted in version 3.",
    instance: "/articles/1",
    members: { version: 3 },
  });
  expect(JSON.stringify(problem)).toBe(
    '{"type":"urn:problem-type:unclash:gone","title":"The resource was deleted","status":410,' +
      '"detail":"articles/1 was deleted in version 3.","instance":"/articles/1","version":3}',
  );
});

test("the type's prefix and the status of a conflict are the app's to set", () => {
  const typePrefix = "https://example.com/problems/";
  const request = { slug: "version-conflict", detail: "", instance: "/", typePrefix, status: 412 } as const;
  expect(createProblem(request)).toMatchObject({ type: "https://example.com/problems/version-conflict", status: 412 });
});
