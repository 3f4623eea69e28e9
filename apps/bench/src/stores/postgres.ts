import { createPostgresStore } from "@unclash/postgres";
import { startPostgres } from "@unclash/test-servers";
import pg from "pg";
import { editsOf } from "../article.js";
import { StoreWriter, type Writer } from "../store-writer.js";
import { contestantOf, type Engine } from "./engine.js";
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
  // The control writes rows of its own in the same table.
  const row = (offset: number) => (at: number) => rowWriter(pool, `${schema}.bare`, offset + at);
  await pool.query(`insert into ${schema}.bare select id, 0, $1 from generate_series(0, 199) id`, [textOf(++edit)]);
  return {
    name: "PostgreSQL",
    bareDoes: "UPDATE … WHERE id = $1 AND version = $2 RETURNING version",
    targets: { 10: 0.5 },
    contestants: {
      bare: contestantOf(row(0)),
      control: contestantOf(row(100)),
      store: contestantOf((at) => new StoreWriter(store, `articles/${at}`)),
    },
    serverCpuUs: async () => (server === undefined ? undefined : cpuOfChildrenUs(server.pid())),
    async close() {
      await store.close();
      await pool.query(`drop schema ${schema} cascade`);
      await pool.end();
      await server?.remove();
    },
  };
}

function rowWriter(pool: pg.Pool, table: string, id: number): Writer {
  const sql = `update ${table} set body = $1, version = version + 1 where id = $2 and version = $3 returning version`;
  let version = 0;
  return {
    async write() {
      const { rowCount } = await pool.query(sql, [textOf(++edit), id, version]);
      if (rowCount !== 1) throw new Error("An UPDATE found another version.");
      version++;
    },
  };
}
