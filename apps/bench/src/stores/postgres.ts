import { createPostgresStore } from "@unclash/postgres";
import { startPostgres } from "@unclash/test-servers";
import pg from "pg";
import { editsOf } from "../article.js";
import { StoreWriter, type Writer } from "../store-writer.js";
import { type Contestant, contestantOf, type Engine } from "./engine.js";
import { cpuOfChildrenUs } from "./process-cpu.js";

const connections = 20;
const textOf = editsOf("1 KB");
let edit = 0;

/** A table and the store in one database, over one pool: a private server's, or that of `DATABASE_URL`. */
export async function openPostgres(): Promise<Engine> {
  const server = process.env["DATABASE_URL"] ? undefined : await startPostgres();
  const pool = new pg.Pool({ connectionString: server?.url ?? process.env["DATABASE_URL"], max: connections });
  const schema = `unclash_bench_${Date.now()}`;
  const store = await createPostgresStore({ pool, schema });
  await pool.query(`create table ${schema}.bare (id int primary key, version int not null, body text not null)`);
  await pool.query(`create table ${schema}.bare_log (id int, version int, body text, primary key (id, version))`);
  await pool.query(`create table ${schema}.bare_event (n bigserial primary key, id int, version int, told text)`);
  await pool.query(`insert into ${schema}.bare select id, 0, $1 from generate_series(0, 399) id`, [textOf(++edit)]);
  const update =
    `update ${schema}.bare set body = $1, version = version + 1 where id = $2 and version = $3 ` +
    "returning id, version";
  const keep = `insert into ${schema}.bare_log select id, version, $1 from done returning id, version`;
  const tell =
    `insert into ${schema}.bare_event (id, version, told) select id, version, 'resource.changed' ` +
    "from kept returning id";
  // Each contestant writes rows of its own in the same table.
  const row = (sql: string, offset: number): Contestant => contestantOf((at) => rowWriter(pool, sql, offset + at));
  return {
    name: "PostgreSQL",
    bareDoes: "UPDATE … WHERE id = $1 AND version = $2 RETURNING version",
    targets: { 10: 0.5 },
    contestants: {
      bare: row(update, 0),
      control: row(update, 100),
      store: contestantOf((at) => new StoreWriter(store, `articles/${at}`)),
    },
    steps: [
      { name: "bare, and the past kept", contestant: row(`with done as (${update}) ${keep}`, 200) },
      {
        name: "bare, the past kept, and one event",
        contestant: row(`with done as (${update}), kept as (${keep}) ${tell}`, 300),
      },
    ],
    serverCpuUs: async () => (server === undefined ? undefined : cpuOfChildrenUs(server.pid())),
    async close() {
      await store.close();
      await pool.query(`drop schema ${schema} cascade`);
      await pool.end();
      await server?.remove();
    },
  };
}

function rowWriter(pool: pg.Pool, sql: string, id: number): Writer {
  let version = 0;
  return {
    async write() {
      const { rowCount } = await pool.query(sql, [textOf(++edit), id, version]);
      if (rowCount !== 1) throw new Error("An UPDATE found another version.");
      version++;
    },
  };
}
