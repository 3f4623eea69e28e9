import { defineConfig } from "tsup";
import { appBuild } from "../../tsup.config.js";

export default defineConfig(appBuild(["src/main.ts"]));
