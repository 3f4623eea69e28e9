import { expect, test } from "vitest";
import { belowPrefix, findMount, isPrefix, normalizePrefix, originForm } from "./mount-point.js";

test.each([
  ["", ""],
  ["/", ""],
  ["api", "/api"],
  ["/api/", "/api"],
  ["/deep/er//", "/deep/er"],
])("the prefix %j is held as %j", (given, held) => {
  expect(normalizePrefix(given)).toBe(held);
});

test.each([
  ["/api/notes/1?x=/y", "/api", "/notes/1?x=/y"],
  ["/api", "/api", "/"],
  ["/api?x", "/api", "/?x"],
  ["/api/", "/api", "/"],
  ["/api//notes", "/api", "//notes"],
  ["/notes", "", "/notes"],
  ["*", "", "*"],
  ["*", "/api", undefined],
  ["/apinotes", "/api", undefined],
  ["/API/notes", "/api", undefined],
  ["/%61pi/notes", "/api", undefined],
  ["/other", "/api", undefined],
])("of %j, below %j is %j", (url, prefix, below) => {
  expect(belowPrefix(url, prefix)).toBe(below);
});

test.each([
  ["/notes?u=http://x/y", "/notes?u=http://x/y"],
  ["http://host:1/notes?x=1", "/notes?x=1"],
  ["HTTPS://user@host/notes", "/notes"],
  ["http://host", "/"],
  ["http://host?x", "/?x"],
  ["*", "*"],
  ["", ""],
])("the request target %j is for %j (RFC 9112 section 3.2)", (target, form) => {
  expect(originForm(target)).toBe(form);
});

test.each([
  ["as it was sent", "/api/notes/1?x", undefined, { base: "/api", url: "/notes/1?x" }],
  ["a whole URL", "http://host/api/notes", undefined, { base: "/api", url: "/notes" }],
  ["an outer mount has cut its path off", "/api/notes?x", "/v1/api/notes?x", { base: "/v1/api", url: "/notes?x" }],
  ["so, of a whole URL", "http://h/api/notes", "http://h/v1/api/notes", { base: "/v1/api", url: "/notes" }],
  ["rewritten to another path", "/api/notes/1", "/old/1", { base: "/api", url: "/notes/1" }],
  ["elsewhere", "/other", "/v1/other", undefined],
])("a mount is found: %s", (_what, url, original, point) => {
  expect(findMount(url, "/api", original)).toEqual(point);
});

test.each([
  ...["/api?v=1", "/api#a", "/a b", 1, "/:tenant", ":tenant", "/api/:version/x", "/api/*", "/api(.*)", "/api{/:id}"],
  ...["/caf\u00e9", "/[a]"],
])("%j is no prefix: no request would be below it", (prefix) => {
  expect(isPrefix(prefix)).toMatch(/^must be a path/);
});

test.each(["", "/", "api", "/deep/er/", "/v1:beta", "/caf%C3%A9", "/~a.b_c-d"])("%j is a prefix", (prefix) => {
  expect(isPrefix(prefix)).toBeUndefined();
});
