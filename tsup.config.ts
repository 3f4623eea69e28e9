import { defineConfig, type Options } from "tsup";

/**
 * The one build of all packages: each `exports` key of a package is one entry file, built as ESM and CJS with types.
 * There are no source maps: the built files are not minified, and maps would make a package three times as large.
 */
export function libraryBuild(entry: readonly string[]): Options {
  return {
    entry: [...entry],
    format: ["esm", "cjs"],
    target: "node20",
    dts: true,
    clean: true,
    treeshake: true,
    splitting: true,
    // Without the `node:` prefix, a package of the same name could take a built-in module's place.
    removeNodeProtocol: false,
  };
}

/** The build of an app: ESM alone, no types. */
export function appBuild(entry: readonly string[]): Options {
  return {
    entry: [...entry],
    format: ["esm"],
    target: "node20",
    sourcemap: true,
    clean: true,
    removeNodeProtocol: false,
  };
}

export default defineConfig(libraryBuild(["src/index.ts"]));
