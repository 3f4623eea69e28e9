import { expect, test } from "vitest";
import { samplePaths } from "./sample-paths.js";

const uuid = "0f8fad5b-d9cb-469f-a165-70867728950e";

test.each([
  ["/articles", ["/articles"]],
  ["/articles/:id", ["/articles/word", "/articles/a-b", "/articles/7", `/articles/${uuid}`]],
  ['/articles/:"the id"', ["/articles/word", "/articles/a-b", "/articles/7", `/articles/${uuid}`]],
  ["/files/*rest", ["/files/word", "/files/a-b", "/files/7", `/files/${uuid}`]],
  ["/files/*", ["/files/word", "/files/a-b", "/files/7", `/files/${uuid}`]],
  ["/a\\:b", ["/a:b"]],
  ["/a/:id(\\d+(?:\\)x)?)/b", ["/a/word/b", "/a/a-b/b", "/a/7/b", `/a/${uuid}/b`]],
  ["/a{/b}", ["/a/b", "/a"]],
  ["/a{/b}?/c", ["/a/b/c", "/a/c"]],
  ["/a(/b)?", ["/aword", "/a", "/aa-b", "/a7", `/a${uuid}`]],
  ["/:year?", ["/word", "/", "/a-b", "/7", `/${uuid}`]],
])("%s stands for paths such as %j", (pattern, paths) => {
  expect(samplePaths(pattern, () => true)).toEqual(paths);
});

test("the route itself says which of them it takes", () => {
  expect(samplePaths("/a/:id(\\d+)", (path) => /^\/a\/\d+$/.test(path))).toEqual(["/a/7"]);
});

test.each(["/a{", "/a(", "/a\\", "/a{/b(\\", ":", "*", `/${"{a}".repeat(100)}`, "/:a(".repeat(50)])(
  "a pattern that is none, or that stands for too many paths, ends too: %s",
  (pattern) => {
    expect(samplePaths(pattern, () => true).length).toBeLessThanOrEqual(4 * 64);
  },
);
