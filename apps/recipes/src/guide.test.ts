import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { excerptsOf, isExcerptOf } from "./excerpts.test-support.js";

const here = import.meta.dirname;
const read = (file: string): string => readFileSync(join(here, file), "utf8");

/** The pages, each with the folder of its recipes. */
const pages = [
  ["recipes.md", "."],
  ["observing.md", "observing"],
] as const;

describe.each(pages)("%s", (name, folder) => {
  const page = readFileSync(join(here, "../../../docs/guide", name), "utf8");
  const excerpts = excerptsOf(page);

  test.each(excerpts)("the page's line $line is what $file says", ({ file, code }) => {
    expect(isExcerptOf(code, read(file)), `not in ${file}:\n${code}`).toBe(true);
  });

  test("a line that was changed in the file alone is found", () => {
    for (const { file, code } of excerpts) {
      const last = code.split("\n").at(-1) ?? "";
      expect(isExcerptOf(code, read(file).replaceAll(last, `${last} //`))).toBe(false);
    }
  });

  test("the page shows something of each recipe, and links each", () => {
    const files = readdirSync(join(here, folder)).filter((file) => /^[\w-]+\.ts$/.test(file) && file !== "articles.ts");
    const recipes = files.map((file) => join(folder, file));
    expect(
      [...new Set(excerpts.map(({ file }) => file))].filter((file) => dirname(file) === folder).toSorted(),
    ).toEqual(recipes.toSorted());
    for (const file of recipes) expect(page).toContain(`(../../apps/recipes/src/${file})`);
  });
});
