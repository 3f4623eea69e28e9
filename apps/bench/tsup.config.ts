import { defineConfig } from "tsup";
import { appBuild } from "../../tsup.config.js";

export default defineConfig(
  appBuild(["src/main.ts", "src/http/serve.ts", "src/events/serve.ts", "src/sqlite/write-for-a-while.ts"]),
);
