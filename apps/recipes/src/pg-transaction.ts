import { check, guarded, problems } from "@unclash/express";
import express, { type Request } from "express";
import pg from "pg";
import { type Article, databaseUrl, fieldsOf, serve } from "./articles.js";

const pool = new pg.Pool({ connectionString: await databaseUrl() });

async function load({ params }: Request<{ id: string }>) {
  const { rows } = await pool.query<Article>("SELECT * FROM articles WHERE id = $1", [params.id]);
  const [article] = rows;
  return article;
}

/** Runs a function in a transaction: what it throws rolls back. */
async function transaction<Result>(run: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const result = await run(client);
    await client.query("COMMIT");
    return result;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  } finally {
    client.release();
  }
}

const app = express();
app.use(express.json());

app.get(
  "/articles/:id",
  guarded({ load }, ({ res, current }) => void res.json(current)),
);

app.put("/articles/:id", async (req, res) => {
  const { title, body } = fieldsOf(req.body);
  const article = await transaction(async (client) => {
    // From here to the commit, the row is this request's: nobody can write between the check and the update.
    const found = await client.query<Article>("SELECT * FROM articles WHERE id = $1 FOR UPDATE", [req.params.id]);
    const [current] = found.rows;
    const { outcome } = await check(req, current);
    const { rows } = await client.query<Article>(
      "UPDATE articles SET title = $1, body = $2, version = version + 1 WHERE id = $3 RETURNING *",
      [title, body, req.params.id],
    );
    const written = await outcome.expectRow(rows);
    outcome.updated(written.version);
    return written;
  });
  res.json(article); // After the commit, so that nobody is told of a write that did not happen.
});

app.use(problems());
serve(app);
