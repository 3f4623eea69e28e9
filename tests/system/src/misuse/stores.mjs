import { createMemoryStore } from "@unclash/memory";
import { createPostgresStore, migratePostgres, postgresMigration } from "@unclash/postgres";
import { createRedisStore } from "@unclash/redis";
import { createSqliteStore } from "@unclash/sqlite";

/** Mistakes in what a store is opened with. */
export const storeMistakes = [
  ["memory: maxSize", "maxSize is not an option", () => createMemoryStore({ maxSize: 100 })],
  ["memory: a clock that is called", "clock must be a function", () => createMemoryStore({ clock: Date.now() })],
  [
    "memory: a clock that returns a Date",
    "clock must return whole milliseconds since 1970",
    () => createMemoryStore({ clock: () => new Date() }),
  ],
  [
    "memory: a clock with fractions",
    "as Date.now does, and returned 1.5",
    () => createMemoryStore({ clock: () => 1.5 }),
  ],
  [
    "sqlite: a clock that returns a Date",
    "and returned an object of the class Date",
    () => createSqliteStore({ file: "app.db", clock: () => new Date() }),
  ],
  [
    "sqlite: a path in place of options",
    'options must be an object, and is "app.db"',
    () => createSqliteStore("app.db"),
  ],
  ["sqlite: path for file", "path is not an option", () => createSqliteStore({ path: "app.db" })],
  ["sqlite: a file in memory", "not :memory:", () => createSqliteStore({ file: ":memory:" })],
  [
    "sqlite: a database that is none",
    "database must be an open connection",
    () => createSqliteStore({ database: "app.db" }),
  ],
  [
    "sqlite: durability: true",
    'durability must be "fsync" or "process", and is true',
    () => createSqliteStore({ file: "app.db", durability: true }),
  ],
  [
    "postgres: a url in place of options",
    "options must be an object",
    () => createPostgresStore("postgres://localhost/app"),
  ],
  [
    "postgres: connectionString for url",
    "connectionString is not an option",
    () => createPostgresStore({ connectionString: "postgres://localhost" }),
  ],
  [
    "postgres: a pool that is not awaited",
    "and is a promise: put `await` before it",
    () => createPostgresStore({ pool: Promise.resolve({}) }),
  ],
  [
    "postgres: a pool and a url",
    "url must not stand beside pool",
    () => createPostgresStore({ url: "postgres://localhost", pool: { connect() {} } }),
  ],
  [
    "postgres: a url of another kind, whose password is not shown",
    'and is "mysql://…@localhost/app"',
    () => createPostgresStore({ url: "mysql://me:secret@localhost/app" }),
  ],
  ["postgres: neither a url nor a pool", "unless pool is given", () => createPostgresStore({ schema: "app" })],
  [
    "postgres: a schema in capitals",
    "schema must be 1 to 48 lower-case letters",
    () => createPostgresStore({ url: "postgres://localhost", schema: "App" }),
  ],
  [
    "postgres: max for poolSize",
    "max is not an option",
    () => createPostgresStore({ url: "postgres://localhost", max: 5 }),
  ],
  [
    "postgres: migrate of a store's option",
    "poolsize is not an option. Did you mean `poolSize`?",
    () => migratePostgres({ url: "postgres://localhost", poolsize: 1 }),
  ],
  ["postgres: options in place of a schema", "schema must be 1 to 48", () => postgresMigration({ schema: "app" })],
  ["redis: a url in place of options", "options must be an object", () => createRedisStore("redis://localhost")],
  [
    "redis: a url without its scheme",
    'such as redis://user:password@host:6379/0, or rediss:// for TLS, and is "localhost:6379"',
    () => createRedisStore({ url: "localhost:6379" }),
  ],
  [
    "redis: prefix for name",
    "prefix is not an option",
    () => createRedisStore({ url: "redis://localhost", prefix: "app:" }),
  ],
  [
    "redis: a client that is none",
    "client must be a client of ioredis or of redis",
    () => createRedisStore({ client: {} }),
  ],
];
