import { defineConfig, type Options } from "tsup";

/** The one build of all packages: each `exports` key of a package is one entry file, built as ESM and CJS with types. */
export function libraryBuild(entry: readonly string[]): Options {
  return {
    entry: [...entry],
    format: ["esm", "cjs"],
    target: "node20",
    dts: true,
    sourcemap: true,
    clean: true,
    treeshake: true,
    splitting: true,
  };
}

/** The build of an app: ESM alone, no types. */
export function appBuild(entry: readonly string[]): Options {
  return { entry: [...entry], format: ["esm"], target: "node20", sourcemap: true, clean: true };
}

export default defineConfig(libraryBuild(["src/index.ts"]));
