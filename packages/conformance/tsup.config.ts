import { defineConfig } from "tsup";
import { libraryBuild } from "../../tsup.config.js";

export default defineConfig(libraryBuild(["src/store.ts", "src/adapter.ts", "src/guard.ts"]));
