import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const pages = [".", "docs/guide", "docs/decisions", ...foldersIn("packages"), ...foldersIn("apps")].flatMap((folder) =>
  readdirSync(join(root, folder)).flatMap((name) => (name.endsWith(".md") ? [join(folder, name)] : [])),
);

function foldersIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder)).map((name) => join(folder, name));
}

/** The links of a page to other files of the project, outside of its programs, as they are written. */
function linksOf(text: string): readonly string[] {
  const prose = text.replaceAll(/^```.*?^```/gms, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => link).filter((link) => !/^[a-z]+:/.test(link));
}

/** The anchors that GitHub makes of a page's headings. */
function anchorsOf(text: string): readonly string[] {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return headings.map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

function isThere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const file = path === "" ? join(root, page) : join(root, dirname(page), path);
  return existsSync(file) && (anchor === undefined || anchorsOf(readFileSync(file, "utf8")).includes(anchor));
}

test.each(pages)("every link of %s leads to a file and a heading that are there", (page) => {
  const links = linksOf(readFileSync(join(root, page), "utf8"));
  expect(links.filter((link) => !isThere(page, link))).toEqual([]);
});

test("a link to a missing file or heading is found", () => {
  const wrong = ["missing.md", "docs/guide/README.md#missing", "#missing"];
  expect(wrong.filter((link) => isThere("README.md", link))).toEqual([]);
  expect(isThere("README.md", "docs/guide/errors.md#unclash_old_sqlite")).toBe(true);
});
