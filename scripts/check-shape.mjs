import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** How long a source file may be, and how wide a line of one. */
export const linesMax = 300;
export const columnsMax = 120;

/** What is wrong with the shape of a source file: one line of text for each fault. */
export function shapeFaults(path, text) {
  const lines = text.replace(/\n$/, "").split("\n");
  const wide = lines.flatMap((line, index) => {
    const columns = Array.from(line).length;
    return columns > columnsMax ? [`${path}:${index + 1}: ${columns} columns, and ${columnsMax} are allowed`] : [];
  });
  return lines.length > linesMax ? [`${path}: ${lines.length} lines, and ${linesMax} are allowed`, ...wide] : wide;
}

// Files that are given are checked; without any, all sources that Git tracks, but what was built of a release.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const list = () =>
    execFileSync(
      "git",
      ["ls-files", "*.ts", "*.mts", "*.cts", "*.js", "*.mjs", "*.cjs", ":!tests/system/last-release"],
      {
        encoding: "utf8",
      },
    );
  const given = process.argv.slice(2);
  const paths = given.length > 0 ? given : list().split("\n").filter(Boolean);
  const faults = paths.flatMap((path) => shapeFaults(path, readFileSync(path, "utf8")));
  for (const fault of faults) console.error(fault);
  console.log(`${paths.length} source files, ${faults.length} faults of shape`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
