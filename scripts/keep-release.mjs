/**
 * Keeps the stores of a release as one file, for the tests of a deployment, in which its processes run beside newer
 * ones. After a release: `pnpm keep-release v1.2.0`.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const [ref] = process.argv.slice(2);
if (ref === undefined) throw new Error("Which release? node scripts/keep-release.mjs REF");

const outDir = fileURLToPath(new URL("../tests/system/last-release", import.meta.url));
const git = (...parameters) => execFileSync("git", parameters, { encoding: "utf8" }).trim();
const commit = git("rev-parse", "--short=7", `${ref}^{commit}`);
const checkout = join(mkdtempSync(join(tmpdir(), "unclash-release-")), "unclash");
git("worktree", "add", "--detach", checkout, commit);
try {
  execFileSync("pnpm", ["install", "--frozen-lockfile", "--prefer-offline"], { cwd: checkout, stdio: "inherit" });
  const entry = join(checkout, "tests/system/src/stores.ts");
  const stores = ["postgres", "redis", "sqlite"].map((name) => `export * from "@unclash/${name}";`);
  writeFileSync(entry, `${stores.join("\n")}\n`);
  await build({
    entry: [entry],
    outDir,
    config: false,
    format: ["esm"],
    target: "node20",
    platform: "node",
    splitting: false,
    silent: true,
    outExtension: () => ({ js: ".mjs" }),
    noExternal: [/^@unclash\//],
    external: ["pg", "ioredis", "redis", "better-sqlite3", "@photostructure/sqlite"],
    banner: { js: `// The stores as of ${commit}, made by scripts/keep-release.mjs.` },
    esbuildOptions(options) {
      options.absWorkingDir = checkout;
      options.conditions = ["unclash-source"];
    },
  });
} finally {
  git("worktree", "remove", "--force", checkout);
  rmSync(join(checkout, ".."), { recursive: true, force: true });
}
