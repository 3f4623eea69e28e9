import { describe, expect, it } from "vitest";
import { articleOf, articleSchema, editsOf, sizes } from "./article.js";

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
    expect(articleSchema.parse(JSON.parse(edits(7)))).toEqual({ ...article, title: "Notes, edit 7" });
  });
});
