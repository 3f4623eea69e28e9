import { parsePointer } from "@unclash/core/json";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inverted, rename, resolveRenames } from "./shape-renames.js";

function tokensOf(pointer: string): readonly string[] {
  const parsed = parsePointer(pointer);
  if (parsed.kind === "malformed") throw new Error(parsed.detail);
  return parsed.tokens;
}

const renames = resolveRenames("renames", {
  "/content": "/body",
  "/author": "/author/name",
  "/author/mail": "/contact",
  "/lines/*/text": "/rows/*/cells/0",
  "/a~1b": "/c",
  "/x": "/y",
  "/y": "/x",
});

describe("rename", () => {
  it.each([
    ["/content", "/body"],
    ["/content/0", "/body/0"],
    ["/author", "/author/name"],
    ["/author/mail", "/contact"],
    ["/author/mail/host", "/contact/host"],
    ["/author/other", "/author/name/other"],
    ["/lines/3/text", "/rows/3/cells/0"],
    ["/lines/-/text/1", "/rows/-/cells/0/1"],
    ["/a~1b", "/c"],
    ["/x", "/y"],
    ["/y/1", "/x/1"],
  ])("makes %s %s, and back", (from, to) => {
    expect(rename(tokensOf(from), renames)).toEqual(tokensOf(to));
    expect(rename(tokensOf(to), inverted(renames))).toEqual(tokensOf(from));
  });

  it.each([
    ["", ""],
    ["/title", "/title"],
    ["/contents", "/contents"],
    ["/lines", "/lines"],
    ["/lines/3", "/lines/3"],
    ["/lines/x/text", "/lines/x/text"],
    ["/lines/01/text", "/lines/01/text"],
  ])("leaves %s as it is where no rename concerns it", (from, to) => {
    expect(rename(tokensOf(from), renames)).toEqual(tokensOf(to));
  });

  it.each([
    ["/body", ""],
    ["/body/1", ""],
    ["/rows/1/cells/0", "/rows/1/cells"],
    ["/contact", ""],
  ])("does not give %s to something else that has that name on the other side", (from, to) => {
    expect(rename(tokensOf(from), renames)).toEqual(tokensOf(to));
  });

  it("gives the parts of an object to the field that became one of them", () => {
    const grown = inverted(resolveRenames("renames", { "/author": "/author/name", "/tags/*": "/tags/*/label" }));
    expect(rename(["author", "email"], grown)).toEqual(["author"]);
    expect(rename(["author"], grown)).toEqual(["author"]);
    expect(rename(["tags", "1", "color"], grown)).toEqual(["tags", "1"]);
    expect(rename(["tags"], grown)).toEqual(["tags"]);
  });

  it("comes back to where it was, for every pointer that lies in one of those renamed", () => {
    const inside = fc.array(fc.constantFrom("0", "a", "~", "/", ""), { maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...renames), inside, fc.nat(99), ({ from }, more, index) => {
        const tokens = [...from.map((token) => (token === "*" ? String(index) : token)), ...more];
        expect(rename(rename(tokens, renames), inverted(renames))).toEqual(tokens);
      }),
    );
  });
});

describe("resolveRenames", () => {
  it.each<[string, unknown, string]>([
    ["a list", [], "renames must be an object"],
    ["no pointer", { content: "/body" }, "renames.content must be JSON Pointers"],
    ["the whole", { "": "/body" }, "renames. must be JSON Pointers"],
    ["a target that is no pointer", { "/content": "body" }, "renames./content must be JSON Pointers to fields"],
    ["a target that is no text", { "/content": 1 }, "and is 1"],
    ["a stray tilde", { "/a~b": "/body" }, "renames./a~b must be JSON Pointers"],
    ["two of one name", { "/a": "/c", "/b": "/c" }, "renames./b must not become the same pointer as /a"],
    ["an item of nothing", { "/a/*": "/b" }, "renames./a/* must hold `*` as often"],
  ])("refuses %s", (_, given, problem) => {
    expect(() => resolveRenames("renames", given)).toThrow(problem);
  });
});
