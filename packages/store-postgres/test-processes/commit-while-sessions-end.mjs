// An app that commits, follows, and asks for things of its own, on the store's own pool or on one that it shares with
// it. It listens to no errors of its pool. It says each key on a line once the commit of it was acknowledged. Told
// "calm", it goes on until ten commits in a row were acknowledged, says "recovered" and how long that took, and ends.
// node commit-while-sessions-end.mjs URL SCHEMA own|shared
import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { createPostgresStore } from "../dist/index.js";

const [url = "", schema = "", whose = ""] = process.argv.slice(2);
// Connections go often, so that many are made.
const pool = new pg.Pool({ connectionString: url, max: 5, maxUses: 20 });
const store = await createPostgresStore(whose === "own" ? { url, schema, poolSize: 4 } : { pool, schema });
let calmSince;
let inARow = 0;
let isOver = false;
process.stdin.once("data", () => {
  calmSince = performance.now();
  inARow = 0;
});

async function write(writer) {
  for (let n = 0; !isOver; n++) {
    const key = `${writer}/${n}`;
    const commit = {
      tag: `${process.pid}-${writer}-${n}`,
      at: Date.now(),
      reads: [],
      writes: [{ key, expect: "absent", put: "{}" }],
      events: [{ type: "t", key }],
      by: null,
      cause: "test",
    };
    try {
      const { kind } = await store.commit(commit);
      if (kind === "committed") writeSync(1, `${key}\n`);
      inARow++;
    } catch (error) {
      if (error.code !== "ERR_UNCLASH_STORE") throw error;
      inARow = 0;
    }
    if (calmSince !== undefined && inARow >= 10) isOver = true;
  }
}

async function follow() {
  while (!isOver) {
    try {
      for await (const _ of store.follow("now", AbortSignal.timeout(500))) if (isOver) return;
    } catch (error) {
      if (error.code !== "ERR_UNCLASH_STORE") throw error;
    }
  }
}

// What an app does: it handles the errors of its queries, and no event.
async function app() {
  while (!isOver) {
    if (whose === "shared") await pool.query("SELECT 1").catch(() => {});
    await pause(1);
  }
}

writeSync(1, "ready\n");
await Promise.all([write("a"), write("b"), write("c"), follow(), app()]);
writeSync(1, `recovered ${Math.round(performance.now() - calmSince)}\n`);
await store.close();
await pool.end();
process.exit();
