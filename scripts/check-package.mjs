// Packs the package in the working folder as it would be published, and checks the tarball: `publint` and `attw` find
// no mistake, no source or map is packed, built-in modules are imported with their prefix, and `package.json` says what
// npm shows. Prints the size.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "unclash-pack-"));

try {
  const given = ["pack", "--json", "--pack-destination", folder];
  const packed = JSON.parse(execFileSync("pnpm", given, { encoding: "utf8" }));
  const files = packed.files.map(({ path }) => path);
  const problems = [
    ...files.filter((file) => /^src\/|\.map$|\.test\./.test(file)).map((file) => `${file} must not be packed`),
    ...files.filter((file) => /\.c?js$/.test(file)).flatMap(withoutPrefix),
    ...manifestProblems(JSON.parse(readFileSync("package.json", "utf8"))),
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

function manifestProblems(manifest) {
  const { fixed } = JSON.parse(readFileSync(join(import.meta.dirname, "../.changeset/config.json"), "utf8"));
  const { name, repository, homepage, bugs, keywords = [], dependencies = {} } = manifest;
  const directory = `packages/${basename(process.cwd())}`;
  const pinned = Object.entries(dependencies).filter(([, range]) => !/^(\^|workspace:\^)/.test(range));
  return [
    repository?.directory !== directory && `repository.directory must be ${directory}`,
    !(homepage && bugs?.url) && "homepage and bugs.url must be set",
    keywords.length === 0 && "keywords must be set",
    !fixed.flat().includes(name) && `${name} must be in the group "fixed" of .changeset/config.json`,
    ...pinned.map(([dependency, range]) => `${dependency} must be a range with ^, not ${range}`),
  ].filter(Boolean);
}
