// Packs every package as it would be published, installs the tarballs beside one another in an empty folder, and shows
// that
//
// - a small program runs against them, as ESM and as CommonJS, on this Node and on those given as arguments
// (`node@24`),
// - the program that each README begins with runs,
// - an app that uses every package compiles, as ESM and as CommonJS, under each module resolution that TypeScript 5.9
// and the newest have,
//   with all declarations checked (`skipLibCheck: false`), and its own made: each type that it exports has a name.
import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..");
const sources = join(import.meta.dirname, "packed");
const folder = mkdtempSync(join(tmpdir(), "unclash-packed-"));
const others = process.argv.slice(2);
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
  const statuses = [made, first, late].map(({ status }) => status).join();
  if (statuses !== "201,200,409") throw new Error(statuses);
}

// Shows that the client library was found: nobody listens there.
async function checkClient(name, opening) {
  const error = await opening.then(() => undefined, (thrown) => thrown);
  if (error?.code !== "ERR_UNCLASH_STORE" || error.outcome !== "not-applied") throw new Error(name + ": " + error);
}

(async () => {
  await checkClient("postgres", createPostgresStore({ url: "postgres://nobody@127.0.0.1:1/none" }));
  await checkClient("redis", createRedisStore({ url: "redis://127.0.0.1:1" }));
  const parts = [express, koa, fastify, storeSuite, adapterSuite];
  if (parts.some((part) => typeof part !== "function")) throw new Error("missing");
  await check(createMemoryStore());
  await check(await createSqliteStore({ file: "check-" + process.pid + ".db" }));
  console.log("  works on Node", process.version);
})().catch((error) => { console.error(error); process.exit(1); });
`;

const installed = [
  "@photostructure/sqlite",
  "express",
  "fastify",
  "ioredis",
  "koa",
  "pg",
  "zod",
  "@types/express",
  "@types/koa",
  "@types/node@20",
  "@types/pg",
  "typescript@5.9",
  "typescript-newest@npm:typescript@latest",
  // @types/koa does not compile beside the newer one, which Express would bring to the top.
  "content-disposition@1",
];

function install() {
  const given = ["--filter", "./packages/*", "pack", "--json", "--pack-destination", folder];
  const packed = JSON.parse(run("pnpm", given, root));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  const tarballs = packed.map(({ filename }) => filename);
  run("npm", ["install", "--no-audit", "--no-fund", "--loglevel=error", ...tarballs, ...installed]);
  return packed.map(({ name }) => name);
}

function runProgram() {
  const load = {
    mjs: (names, from) => `import { ${names.replace(":", " as")} } from "${from}";`,
    cjs: (names, from) => `const { ${names} } = require("${from}");`,
  };
  for (const kind of ["mjs", "cjs"]) {
    writeFileSync(join(folder, `check.${kind}`), program(load[kind]));
    console.log(`packed tarballs, as ${kind === "mjs" ? "ESM" : "CommonJS"}:`);
    process.stdout.write(run(process.execPath, [`check.${kind}`]));
    for (const other of others) process.stdout.write(run("npx", ["-y", other, `check.${kind}`]));
  }
}

/** What an SQLite file needs where its optional peer is not installed. */
function runWithoutDriver() {
  const [there, away] = [join(folder, "node_modules/@photostructure"), join(folder, "away")];
  cpSync(join(sources, "without-driver.cjs"), join(folder, "without-driver.cjs"));
  renameSync(there, away);
  run(process.execPath, ["without-driver.cjs"]);
  for (const other of others) run("npx", ["-y", other, "without-driver.cjs"]);
  renameSync(away, there);
  console.log("SQLite without its package: opened by a recent Node, refused by name on Node 20");
}

/** Runs the first program of each installed README; those of PostgreSQL and Redis on servers of their own. */
async function runReadmes(names) {
  const ts = createRequire(join(folder, "package.json"))("typescript");
  const { postgresBinaries, redisBinary, startPostgres, startRedis } = await import("@unclash/test-servers");
  const services = {
    postgres: { isHere: postgresBinaries() !== undefined, start: () => startPostgres({ settings: { fsync: "off" } }) },
    redis: { isHere: redisBinary() !== undefined, start: () => startRedis() },
  };
  cpSync(join(sources, "serve.mjs"), join(folder, "serve.mjs"));
  for (const name of names) {
    const text = readFileSync(join(folder, "node_modules", name, "README.md"), "utf8");
    const code = /^```[jt]s\n(.*?)^```$/ms.exec(text)?.[1];
    if (code === undefined) throw new Error(`The README of ${name} has no program.`);
    const url = /"(postgres|redis):\/\/[^"]*"/.exec(code);
    const service = url && services[url[1]];
    if (service && !service.isHere) {
      if (process.env.REQUIRE_SERVICES === "1") throw new Error(`There is no server for the README of ${name}.`);
      console.log(`README of ${name}: skipped, there is no server for it`);
      continue;
    }
    const server = await service?.start();
    const file = `readme-${name.replace(/\W/g, "-")}.mjs`;
    const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022, verbatimModuleSyntax: true };
    const runnable = url ? code.replace(url[0], JSON.stringify(server.url)) : code;
    writeFileSync(join(folder, file), ts.transpileModule(runnable, { compilerOptions: options }).outputText);
    try {
      run(process.execPath, ["--import", "./serve.mjs", file]);
    } finally {
      await server?.remove();
    }
    console.log(`README of ${name}: its first program runs`);
  }
}

/**
 * [TypeScript, module, resolution, folders]. TypeScript 7 has no node10; its types come from `main`, `types` and
 * `typesVersions`.
 */
const compilations = [
  ["typescript", "node16", "node16", ["esm", "cjs"]],
  ["typescript", "nodenext", "nodenext", ["esm", "cjs"]],
  ["typescript", "preserve", "bundler", ["esm", "cjs"]],
  ["typescript", "commonjs", "node10", ["cjs"]],
  ["typescript", "esnext", "node10", ["esm"]],
  ["typescript-newest", "node16", "node16", ["esm", "cjs"]],
  ["typescript-newest", "nodenext", "nodenext", ["esm", "cjs"]],
  ["typescript-newest", "preserve", "bundler", ["esm", "cjs"]],
];

async function compile() {
  for (const [kind, type] of [
    ["esm", "module"],
    ["cjs", "commonjs"],
  ]) {
    mkdirSync(join(folder, kind));
    writeFileSync(join(folder, kind, "package.json"), JSON.stringify({ type }));
    for (const file of ["app.ts", "guards.ts"]) cpSync(join(sources, file), join(folder, kind, file));
  }
  cpSync(join(sources, "app-require.cts"), join(folder, "cjs/app-require.cts"));
  const waiting = [...compilations];
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await compileOnce(...next);
  };
  await Promise.all([work(), work()]);
}

async function compileOnce(typescript, module, moduleResolution, include) {
  const { version } = JSON.parse(readFileSync(join(folder, "node_modules", typescript, "package.json"), "utf8"));
  const compilerOptions = {
    module,
    moduleResolution,
    target: "es2022",
    lib: ["es2023"],
    types: ["node"],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    esModuleInterop: true,
    skipLibCheck: false,
    declaration: true,
    noEmit: true,
  };
  const config = join(folder, `${typescript}-${module}-${moduleResolution}.json`);
  writeFileSync(config, JSON.stringify({ compilerOptions, include }));
  const how = `TypeScript ${version}, module ${module}, moduleResolution ${moduleResolution}`;
  const tsc = join(folder, "node_modules", typescript, "bin/tsc");
  await promisify(execFile)(process.execPath, [tsc, "-p", config], { cwd: folder }).catch(({ stdout }) => {
    throw new Error(`An app does not compile with ${how}:\n${stdout}`);
  });
  console.log(`${how}: an app compiles as ${include.join(" and ")}`);
}

try {
  const names = install();
  runProgram();
  runWithoutDriver();
  await runReadmes(names);
  await compile();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
