import { describe, expect, it } from "vitest";
import { articleOf, articleSchema, EditedBytes, editsOf, sizes } from "./article.js";

describe.each(sizes)("an article of %s", (size) => {
  const bytes = size === "1 KB" ? 1_024 : 65_536;

  it("is nearly as large as it says", () => {
    const length = Buffer.byteLength(JSON.stringify(articleOf(size)));
    expect(length).toBeGreaterThan(bytes * 0.9);
    expect(length).toBeLessThanOrEqual(bytes);
  });

  it("is not all ASCII", () => {
    expect(JSON.stringify(articleOf(size))).toMatch(/[^\p{ASCII}]/u);
  });

  it("can be edited, and stays valid", () => {
    const edits = editsOf(size);
    const article = articleOf(size);
    expect(articleSchema.parse(JSON.parse(edits(7)))).toEqual({ ...article, title: "Notes, edit 00000007" });
  });

  it("has the same edits as bytes, each another one", () => {
    const bytes = new EditedBytes(size);
    const [first, second] = [bytes.next().toString(), bytes.next().toString()];
    expect(first).not.toBe(second);
    expect(articleSchema.parse(JSON.parse(second))).toEqual({ ...articleOf(size), title: expect.any(String) });
  });
});
