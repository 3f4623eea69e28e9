import { defineConfig } from "prisma/config";

// `prisma generate` downloads an engine that it then does not use, unless it is told where one is; and it would send
// statistics.
process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= process.execPath;
process.env["CHECKPOINT_DISABLE"] ??= "1";

export default defineConfig({ schema: "prisma/schema.prisma" });
