import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { excerptsOf, isExcerptOf } from "./excerpts.test-support.js";

const here = import.meta.dirname;
const page = readFileSync(join(here, "../../../docs/guide/recipes.md"), "utf8");
const excerpts = excerptsOf(page);
const read = (file: string): string => readFileSync(join(here, file), "utf8");

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
  const recipes = readdirSync(here).filter((file) => /^[\w-]+\.ts$/.test(file) && file !== "articles.ts");
  expect([...new Set(excerpts.map(({ file }) => basename(file)))].toSorted()).toEqual(recipes.toSorted());
  for (const file of recipes) expect(page).toContain(`(../../apps/recipes/src/${file})`);
});
