// Packs the package in the working folder as it would be published, and checks the tarball: `publint` and `attw` find no mistake, no
// source or map is packed, and built-in modules are imported with their prefix. Prints the size.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "unclash-pack-"));

try {
  const given = ["pack", "--json", "--pack-destination", folder];
  const packed = JSON.parse(execFileSync("pnpm", given, { encoding: "utf8" }));
  const files = packed.files.map(({ path }) => path);
  const problems = [
    ...files.filter((file) => /^src\/|\.map$|\.test\./.test(file)).map((file) => `${file} must not be packed`),
    ...files.filter((file) => /\.c?js$/.test(file)).flatMap(withoutPrefix),
  ];
  if (problems.length > 0) throw new Error(problems.join("\n"));
  execFileSync("publint", ["run", "--strict", packed.filename], { stdio: "inherit" });
  execFileSync("attw", [packed.filename], { stdio: "inherit" });
  const unpacked = files.reduce((sum, file) => sum + statSync(file).size, 0);
  console.log(
    `${packed.name}: ${statSync(packed.filename).size} bytes packed, ${unpacked} unpacked, ${files.length} files`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function withoutPrefix(file) {
  const imported = readFileSync(file, "utf8").matchAll(
    /(?:\bfrom |\brequire\(|\bimport\(|^import )['"]([a-z_/]+)['"]/gm,
  );
  return [...imported]
    .map(([, name]) => name)
    .filter((name) => builtinModules.includes(name))
    .map((name) => `${file} must import node:${name}, not ${name}`);
}
