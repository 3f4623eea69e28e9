import { defineConfig } from "vitest/config";

// Vitest hands these to Node as well: "import" or "module" here would make a `require` load the ESM build of a package.
const conditions = ["unclash-source", "node"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: [
      "packages/*/src/**/*.test.ts",
      "apps/*/src/**/*.test.ts",
      "tests/*/src/**/*.test.ts",
      "docs/**/*.test.ts",
    ],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: "forks",
    globalSetup: ["tests/servers/src/global-setup.ts"],
  },
});
