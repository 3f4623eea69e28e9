import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { postgresUrl } from "@unclash/test-servers";
import pg from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { createPostgresStore } from "./store.js";
import { commitOf, freshSchema } from "./store.test-support.js";

const pgbouncer = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer", "/usr/local/bin/pgbouncer"].find(existsSync);
if (pgbouncer === undefined) console.log("The test through a pooler is skipped: apt-get install pgbouncer.");

describe.skipIf(postgresUrl === undefined || pgbouncer === undefined)("through a pooler in transaction mode", () => {
  test("two processes open, commit, read, list, clean, follow and watch, on two connections to a server", async () => {
    const url = await startPooler();
    const schema = await freshSchema();
    const stores = await Promise.all([1, 2].map(() => createPostgresStore({ url, schema })));
    const [one, two] = stores;
    if (one === undefined || two === undefined) throw new Error("two stores were opened");
    const controller = new AbortController();
    const seen = two.follow("start", controller.signal)[Symbol.asyncIterator]();
    const woken = new Promise<void>((resolve) => two.watch(() => resolve()));
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, n) => {
        const key = `a/${n % 10}`;
        return (n % 2 === 0 ? one : two).commit(
          commitOf(Date.now(), [{ key, expect: "any", put: `${n}` }], { events: [{ type: "t", key }] }),
        );
      }),
    );
    expect(results.every(({ kind }) => kind === "committed")).toBe(true);
    for (let n = 0; n < 50; n++) expect((await seen.next()).value).toMatchObject({ type: "t" });
    await woken;
    expect((await one.list({ prefix: "a/", limit: 100 })).records.map(({ version }) => version)).toEqual(
      Array(10).fill(5),
    );
    expect(await two.clean(100)).toEqual({ removed: 0, more: false });
    controller.abort();
    await Promise.all(stores.map((store) => store.close()));
  }, 60_000);
});

// Transactions of all clients share two connections, and prepared statements are not known to it.
async function startPooler(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "unclash-pooler-"));
  chmodSync(folder, 0o777);
  const server = new URL(postgresUrl ?? "");
  const port = await freePort();
  const user = server.username === "" ? "postgres" : server.username;
  writeFileSync(join(folder, "users.txt"), `"${user}" ""\n`);
  writeFileSync(
    join(folder, "pgbouncer.ini"),
    `[databases]
* = host=${server.hostname} port=${server.port === "" ? 5432 : server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = trust
auth_file = ${join(folder, "users.txt")}
pool_mode = transaction
default_pool_size = 2
max_client_conn = 100
`,
  );
  const pooler = spawn(pgbouncer ?? "", [join(folder, "pgbouncer.ini")], { stdio: "ignore", ...ordinaryUser() });
  onTestFinished(() => ended(pooler).finally(() => rmSync(folder, { recursive: true, force: true })));
  const url = `postgres://${user}@127.0.0.1:${port}${server.pathname}`;
  await expect.poll(() => answers(url), { timeout: 10_000 }).toBe(true);
  return url;
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

async function ended(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null) return;
  const exit = new Promise<void>((resolve) => process.once("exit", () => resolve()));
  process.kill("SIGKILL");
  await exit;
}

// It refuses to run as root.
function ordinaryUser(): { readonly uid?: number } {
  if (process.getuid?.() !== 0) return {};
  return { uid: Number(execFileSync("id", ["-u", "nobody"]).toString()) };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}
