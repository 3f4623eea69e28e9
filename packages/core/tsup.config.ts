import { defineConfig } from "tsup";
import { libraryBuild } from "../../tsup.config.js";

export default defineConfig(
  libraryBuild(["src/index.ts", "src/json.ts", "src/merge.ts", "src/options.ts", "src/store.ts"]),
);
