import { defineConfig } from "tsup";
import { libraryBuild } from "../../tsup.config.js";

export default defineConfig(libraryBuild(["src/index.ts", "src/adapter.ts", "src/webhook.ts"]));
