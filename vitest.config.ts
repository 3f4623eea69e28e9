import { defineConfig, type TestProjectInlineConfiguration } from "vitest/config";

// Vitest hands these to Node as well: "import" or "module" here would make a `require` load the ESM build of a package.
const conditions = ["unclash-source", "node"];

const isSoak = process.env["SOAK"] !== undefined;

type Settings = NonNullable<TestProjectInlineConfiguration["test"]>;

/** What depends on nothing but its own modules: files share a thread, and so what they import. */
const pure: Settings = { pool: "threads", isolate: false, maxWorkers: 2, sequence: { groupOrder: 0 } };

/** What opens sockets, files or databases: files share a process. */
const serving: Settings = { pool: "forks", isolate: false, maxWorkers: 2, sequence: { groupOrder: 1 } };

/** What watches the whole process, or waits for other processes: each file has a process of its own. */
const apart: Settings = { pool: "forks", isolate: true, maxWorkers: isSoak ? 2 : 3, sequence: { groupOrder: 2 } };

/** The tests' server keeps nothing, which each store would warn of. */
const onLossyRedis: Settings = { execArgv: ["--disable-warning=UNCLASH_REDIS_CAN_LOSE_COMMITS"] };

/** Starts a server of each kind, once for all projects that want one. */
const globalSetup = ["tests/servers/src/global-setup.ts"];

function project(name: string, folder: string, settings: Settings): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name,
      include: [`${folder}/**/*.test.ts`],
      exclude: ["**/node_modules/**", "**/dist/**", ...(isSoak ? [] : ["**/*.soak.test.ts"])],
      ...settings,
    },
  };
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 15_000 } },
    projects: [
      project("core", "packages/core/src", pure),
      project("engine", "packages/engine/src", pure),
      project("conformance", "packages/conformance/src", pure),
      project("memory", "packages/store-memory/src", pure),
      project("bench", "apps/bench/src", pure),
      project("express", "packages/express/src", serving),
      project("koa", "packages/koa/src", serving),
      project("fastify", "packages/fastify/src", serving),
      project("node", "packages/node/src", serving),
      project("sqlite", "packages/store-sqlite/src", serving),
      project("postgres", "packages/store-postgres/src", { ...serving, globalSetup }),
      project("redis", "packages/store-redis/src", { ...serving, ...onLossyRedis, globalSetup }),
      project("shop", "apps/shop/src", { ...serving, globalSetup }),
      project("node-core", "apps/node-core/src", apart),
      project("webhook-receiver", "apps/webhook-receiver/src", apart),
      project("recipes", "apps/recipes/src", { ...apart, globalSetup }),
      project("docs", "tests/docs/src", { ...apart, globalSetup }),
      project("servers", "tests/servers/src", apart),
      project("system", "tests/system/src", { ...apart, ...onLossyRedis, globalSetup }),
    ],
  },
});
