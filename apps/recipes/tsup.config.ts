import { defineConfig } from "tsup";
import { appBuild } from "../../tsup.config.js";

const entry = ["src/*.ts", "src/before/*.ts", "!src/*.test.ts", "!src/*.test-support.ts"];

export default defineConfig({ ...appBuild(entry), splitting: false });
