// Packs every package as it would be published, installs the tarballs beside one another in an empty folder, and runs a
// small program against them, as ESM and as CommonJS, on this Node and on those given as arguments (`node@24`).
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "unclash-packed-"));
const run = (command, given, cwd = folder) =>
  execFileSync(command, given, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

const program = (load) => `
${load("createServer", "node:http")}
${load("createMemoryStore", "@unclash/memory")}
${load("createSqliteStore", "@unclash/sqlite")}
${load("createPostgresStore", "@unclash/postgres")}
${load("createRedisStore", "@unclash/redis")}
${load("mount", "@unclash/node")}
${load("mount: express", "@unclash/express")}
${load("mount: koa", "@unclash/koa")}
${load("mount: fastify", "@unclash/fastify")}
${load("storeSuite", "@unclash/conformance/store")}
${load("adapterSuite", "@unclash/conformance/adapter")}
${load("createUnclash", "unclash")}

const schema = { "~standard": { version: 1, vendor: "check", validate: (value) => ({ value }) } };

async function check(store) {
  const server = createServer(mount(createUnclash({ store, collections: { notes: { schema } } })));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const send = (method, path, headers, body) =>
    fetch("http://127.0.0.1:" + server.address().port + path, {
      method, headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body),
    });
  const made = await send("POST", "/notes", {}, { id: "1", text: "a" });
  const etag = made.headers.get("etag");
  const [first, late] = [
    await send("PUT", "/notes/1", { "if-match": etag }, { text: "b" }),
    await send("PUT", "/notes/1", { "if-match": etag }, { text: "c" }),
  ];
  await new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await store.close();
  if (made.status !== 201 || first.status !== 200 || late.status !== 409) throw new Error([made, first, late].map((r) => r.status).join());
}

// Shows that the client library was found: nobody listens there.
async function checkClient(name, opening) {
  const error = await opening.then(() => undefined, (thrown) => thrown);
  if (error?.code !== "ERR_UNCLASH_STORE" || error.outcome !== "not-applied") throw new Error(name + ": " + error);
}

(async () => {
  await checkClient("postgres", createPostgresStore({ url: "postgres://nobody@127.0.0.1:1/none" }));
  await checkClient("redis", createRedisStore({ url: "redis://127.0.0.1:1" }));
  for (const part of [express, koa, fastify, storeSuite, adapterSuite]) if (typeof part !== "function") throw new Error("missing");
  await check(createMemoryStore());
  await check(await createSqliteStore({ file: "check-" + process.pid + ".db" }));
  console.log("  works on Node", process.version);
})().catch((error) => { console.error(error); process.exit(1); });
`;

try {
  const tarballs = readdirSync(join(root, "packages")).map((name) => {
    const packed = JSON.parse(
      run("pnpm", ["pack", "--json", "--pack-destination", folder], join(root, "packages", name)),
    );
    return packed.filename;
  });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  run("npm", [
    "install",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    ...tarballs,
    "express",
    "koa",
    "fastify",
    "pg",
    "ioredis",
  ]);
  const load = {
    mjs: (names, from) => `import { ${names.replace(":", " as")} } from "${from}";`,
    cjs: (names, from) => `const { ${names} } = require("${from}");`,
  };
  for (const kind of ["mjs", "cjs"]) {
    writeFileSync(join(folder, `check.${kind}`), program(load[kind]));
    console.log(`packed tarballs, as ${kind === "mjs" ? "ESM" : "CommonJS"}:`);
    process.stdout.write(run(process.execPath, [`check.${kind}`]));
    for (const other of process.argv.slice(2)) process.stdout.write(run("npx", ["-y", other, `check.${kind}`]));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
