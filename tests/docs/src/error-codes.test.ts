import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../../..");
const page = readFileSync(join(root, "docs/guide/errors.md"), "utf8");

/** The sources of all packages but for their tests, and for the suites of conformance, which emit nothing. */
function sources(): readonly string[] {
  const folders = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name, "src"));
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && !/\.(test|test-support)\.ts$/.test(name))
      .map((name) => readFileSync(join(folder, name), "utf8")),
  );
}

test("every code of an error or a warning has its paragraph on the guide's page, and each paragraph its code", () => {
  const codes = sources().flatMap((source) => source.match(/(?<=")(?:ERR_)?UNCLASH_[A-Z_]+(?=")/g) ?? []);
  const paragraphs = page.match(/(?<=^### )\S+$/gm) ?? [];
  expect(new Set(codes).size).toBeGreaterThan(10);
  expect([...paragraphs].sort()).toEqual([...new Set(codes)].sort());
});

test("every warning has a code", () => {
  const calls = sources().flatMap((source) => [
    ...(source.match(/(?<!function )\b(?:warn|warnOnce|warnOfRoute|repeatedWarning)\(\s*(?:"[^"]*"|\w+)/g) ?? []),
    ...(source.match(/process\.emitWarning\((?!text)[\s\S]*?code: (?:"[^"]*"|\w+)/g) ?? []),
  ]);
  expect(calls.length).toBeGreaterThan(20);
  for (const call of calls) expect(call).toMatch(/"UNCLASH_[A-Z_]+"$|\bcode$/);
});

test("the page that messages name is the one that the guide lists", () => {
  expect(sources().join("\n")).toContain('"docs/guide/errors.md"');
  expect(readFileSync(join(root, "docs/guide/README.md"), "utf8")).toContain("(errors.md)");
});
