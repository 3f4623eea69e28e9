// The shop's table of customers behind a server without a guard, as such servers are written: a PUT or PATCH reads the
// row, and then says `UPDATE … WHERE id`. `COMPARES=1` also compares `If-Match` with what it has read. It is started as
// a sample is.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { text } from "node:stream/consumers";

const compares = process.env.COMPARES === "1";
const table = await openTable(process.env.UNCLASH_STORE);

const server = createServer(async (req, res) => {
  const id = decodeURIComponent(req.url.split("/")[2] ?? "");
  const row = await table.find(id);
  if (row === undefined) return void res.writeHead(404).end();
  if (req.method === "GET") return send(res, row);
  const sent = JSON.parse(await text(req));
  if (compares && req.headers["if-match"] !== tagOf(row)) return void res.writeHead(409).end();
  send(res, await table.update(id, { ...row, ...sent }));
});
server.listen(Number(process.env.PORT), "127.0.0.1", () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});

function send(res, row) {
  const { id, name, email } = row;
  const body = JSON.stringify({ id, version: Number(row.version), name, email });
  res.writeHead(200, { "content-type": "application/json", etag: tagOf(row) }).end(body);
}

function tagOf({ version, tag }) {
  return `"${version}-${tag}"`;
}

function createTag() {
  return randomBytes(12).toString("base64url");
}

async function openTable(store) {
  return store.startsWith("sqlite:") ? openFile(store.slice("sqlite:".length)) : openPostgres(store);
}

function openFile(file) {
  const driver = process.getBuiltinModule("node:sqlite") ?? createRequire(import.meta.url)("@photostructure/sqlite");
  const connection = new driver.DatabaseSync(file);
  connection.exec("PRAGMA busy_timeout = 5000");
  const find = connection.prepare("SELECT * FROM customers WHERE id = ?");
  const update = connection.prepare(
    "UPDATE customers SET name = ?, email = ?, version = version + 1, tag = ? WHERE id = ? RETURNING *",
  );
  return {
    // A statement does not keep its connection from being collected.
    connection,
    find: async (id) => find.get(id),
    update: async (id, { name, email }) => update.get(name, email, createTag(), id),
  };
}

async function openPostgres(url) {
  const { default: pg } = await import("pg");
  const schema = new URL(url).searchParams.get("schema");
  const pool = new pg.Pool({ connectionString: url.split("?")[0], max: 8 });
  const one = async (sql, values) => (await pool.query(sql, values)).rows[0];
  const table = `"${schema}".customers`;
  return {
    find: (id) => one(`SELECT * FROM ${table} WHERE id = $1`, [id]),
    update: (id, { name, email }) =>
      one(`UPDATE ${table} SET name = $2, email = $3, version = version + 1, tag = $4 WHERE id = $1 RETURNING *`, [
        id,
        name,
        email,
        createTag(),
      ]),
  };
}
