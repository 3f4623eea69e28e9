import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const script = fileURLToPath(new URL("../../../scripts/check-shape.mjs", import.meta.url));

/** Checks a file with this text; gives the exit code, and what was found about the file. */
function check(text: string): readonly [code: number | null, faults: readonly string[]] {
  const folder = mkdtempSync(join(tmpdir(), "unclash-shape-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "planted.ts");
  writeFileSync(file, text);
  const { status, stderr } = spawnSync(process.execPath, [script, file], { encoding: "utf8" });
  return [
    status,
    stderr
      .split("\n")
      .filter(Boolean)
      .map((fault) => fault.replace(file, "planted.ts")),
  ];
}

test.each([
  ["300 lines", "\n".repeat(300)],
  ["300 lines, the last without an end", `${"\n".repeat(299)}//`],
  ["120 columns", `// ${"x".repeat(117)}\n`],
  ["120 columns of letters with several bytes", `// ${"é".repeat(117)}\n`],
])("a source file of %s passes", (_, text) => {
  expect(check(text)).toEqual([0, []]);
});

test.each([
  ["301 lines", "\n".repeat(301), ["planted.ts: 301 lines, and 300 are allowed"]],
  ["a comment of 121 columns", `//\n// ${"x".repeat(118)}\n`, ["planted.ts:2: 121 columns, and 120 are allowed"]],
  ["a string of 121 columns", `"${"x".repeat(118)}";\n`, ["planted.ts:1: 121 columns, and 120 are allowed"]],
])("a source file with %s does not", (_, text, faults) => {
  expect(check(text)).toEqual([1, faults]);
});
