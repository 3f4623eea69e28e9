// What `app.ts` imports, by `require`: as CommonJS is written where `import` is left to a bundler.
import adapterSuites = require("@unclash/conformance/adapter");
import guardSuites = require("@unclash/conformance/guard");
import storeSuites = require("@unclash/conformance/store");
import core = require("@unclash/core");
import json = require("@unclash/core/json");
import options = require("@unclash/core/options");
import port = require("@unclash/core/store");
import onExpress = require("@unclash/express");
import onFastify = require("@unclash/fastify");
import onKoa = require("@unclash/koa");
import memory = require("@unclash/memory");
import onNode = require("@unclash/node");
import postgres = require("@unclash/postgres");
import redis = require("@unclash/redis");
import sqlite = require("@unclash/sqlite");
import unclash = require("unclash");
import adapter = require("unclash/adapter");

const schema: unclash.Schema = {
  "~standard": { version: 1, vendor: "app", validate: () => ({ value: { title: "Hello" } }) },
};

export async function openAll(): Promise<readonly port.Store[]> {
  return [
    memory.createMemoryStore(),
    await sqlite.createSqliteStore({ file: "app.db" }),
    await postgres.createPostgresStore({ url: "postgres://localhost/app" }),
    await redis.createRedisStore({ url: "redis://localhost" }),
  ];
}

export function mountAll(store: port.Store): readonly unknown[] {
  const open = <Native,>(): unclash.Unclash<Native> =>
    unclash.createUnclash<Native>({ store, collections: { articles: { schema } } });
  return [onExpress.mount(open()), onFastify.mount(open()), onKoa.mount(open()), onNode.mount(open())];
}

export const parts: readonly unknown[] = [
  adapter.nodeFacts,
  adapterSuites.adapterSuite,
  guardSuites.guardSuite,
  storeSuites.storeSuite,
];

/** That types are found, and none is `any`: each line is refused. */
export function misuse(store: port.Store, test: (name: string, run: () => Promise<void>) => void): void {
  // @ts-expect-error
  unclash.createUnclash({ store });
  // @ts-expect-error
  adapter.normalizePrefix(1);
  // @ts-expect-error
  core.parsePrefer(1);
  // @ts-expect-error
  json.parseJson(1);
  // @ts-expect-error
  options.oneOf({});
  // @ts-expect-error
  port.parseCursor(1);
  // @ts-expect-error
  onExpress.mount(store);
  // @ts-expect-error
  onFastify.mount(store);
  // @ts-expect-error
  onKoa.mount(store);
  // @ts-expect-error
  onNode.mount(store);
  // @ts-expect-error
  memory.createMemoryStore({ clock: "now" });
  // @ts-expect-error
  postgres.createPostgresStore({});
  // @ts-expect-error
  redis.createRedisStore({});
  // @ts-expect-error
  sqlite.createSqliteStore({});
  // @ts-expect-error
  storeSuites.storeSuite({ test });
  // @ts-expect-error
  adapterSuites.adapterSuite({ test });
  // @ts-expect-error
  guardSuites.guardSuite({ test });
}
