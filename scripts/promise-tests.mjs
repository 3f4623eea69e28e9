// Which tests show which promise, and whether `pnpm test` or `pnpm soak` runs them: made from the tests' names, and
// written to docs/guide/promise-tests.md. A promise that no test of `pnpm test` shows is an error.
//
//   node scripts/promise-tests.mjs                               lists the tests, and writes the page
//   node scripts/promise-tests.mjs --check test-results.json     takes the names from a run's JSON report, and compares
// the page
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { faults, hostileRows, promises } from "./promise-patterns.mjs";

const root = join(import.meta.dirname, "..");
const page = join(root, "docs/guide/promise-tests.md");
const [mode, resultsFile] = process.argv.slice(2);

/** @typedef {{ file: string, name: string }} Test */

/** The tests that `vitest list` names. It runs none of them, so that a server need not be there. @returns {Test[]} */
function listTests(isSoak) {
  const folder = mkdtempSync(join(tmpdir(), "unclash-list-"));
  const file = join(folder, "tests.json");
  const { SOAK: _, ...rest } = process.env;
  const environment = {
    ...rest,
    DATABASE_URL: "postgres://listed",
    REDIS_URL: "redis://listed",
    ...(isSoak && { SOAK: "1" }),
  };
  try {
    execFileSync("pnpm", ["exec", "vitest", "list", `--json=${file}`], {
      cwd: root,
      env: environment,
      stdio: "ignore",
    });
    return JSON.parse(readFileSync(file, "utf8")).map((test) => ({ file: relative(root, test.file), name: test.name }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The tests of a run, and which of them passed. @returns {(Test & { passed: boolean })[]} */
function testsOfRun(file) {
  const { testResults } = JSON.parse(readFileSync(file, "utf8"));
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({
      file: relative(root, name),
      name: fullName,
      passed: status === "passed",
    })),
  );
}

/** The files whose tests show something. What the suites' own planted bugs pass through shows nothing of unclash. */
function filesOf(tests, shown) {
  const shows = ({ file, name }) => shown.some((pattern) => pattern.test(`${file}: ${name}`));
  const files = tests.filter((test) => shows(test)).map(({ file }) => file);
  return new Set(files.filter((file) => !file.startsWith("packages/conformance/")));
}

/** "packages/koa/src/guard-suite.test.ts" in few words, one line for files of the same name in several packages. */
function describeFiles(files) {
  const byName = new Map();
  for (const file of [...files].sort()) {
    const place = file.split("/")[1] ?? "";
    const name = file.replace(/^[^/]+\/[^/]+\/(?:src\/)?/, "").replace(/\.test\.ts$/, "");
    byName.set(name, [...(byName.get(name) ?? []), place]);
  }
  return [...byName].map(([name, places]) => `\`${name}\` (${places.join(", ")})`).join("; ");
}

const isCheck = mode === "--check" && resultsFile !== undefined;
const inTest = isCheck ? testsOfRun(resultsFile) : listTests(false);
const passed = isCheck ? inTest.filter((test) => test.passed) : inTest;
const inSoak = listTests(true);
const missing = [];

/** What stands beside a promise: what shows it in `pnpm test`, and what besides in `pnpm soak`. */
function cellsOf({ id, what, shown, later }) {
  if (later !== undefined) return `${what} | not built yet: comes with ${later} | |`;
  const test = filesOf(inTest, shown);
  const soak = new Set([...filesOf(inSoak, shown)].filter((file) => !test.has(file)));
  const longer = [...test].filter((file) => isLonger(file));
  if (filesOf(passed, shown).size === 0) missing.push(`${id} ${what}`);
  const more = [soak.size > 0 && describeFiles(soak), longer.length > 0 && `longer: ${describeFiles(longer)}`];
  return `${what} | ${describeFiles(test)} | ${more.filter(Boolean).join("; ")} |`;
}

const longerFiles = new Map();
/** Whether a file does more in `pnpm soak`: it has more tests there, or asks for the size of the run. */
function isLonger(file) {
  if (!longerFiles.has(file)) {
    const count = (tests) => tests.filter((test) => test.file === file).length;
    const asks = /\bisSoak\b|\bSOAK\b|soakFactor|holdAgainstModel/.test(readFileSync(join(root, file), "utf8"));
    longerFiles.set(file, asks || count(inSoak) > count(inTest));
  }
  return longerFiles.get(file);
}

/** One line for neighbours that have the same cells: "1–19". */
function table(rows, head) {
  const lines = [];
  for (const row of rows) {
    const [last, cells] = [lines.at(-1), cellsOf(row)];
    if (last?.cells === cells) last.to = row.id;
    else lines.push({ from: row.id, to: row.id, cells });
  }
  const written = lines.map(({ from, to, cells }) => `| ${from === to ? from : `${from}–${to}`} | ${cells}\n`);
  return `| ${head} | | in \`pnpm test\` | besides in \`pnpm soak\` |\n| --- | --- | --- | --- |\n${written.join("")}`;
}

const text = `# Which test shows which promise

Made by \`scripts/promise-tests.mjs\` from the names of the tests; \`.ci/run\` compares it with the tests that passed.
A file stands in the last column where \`pnpm soak\` runs it alone, or runs it longer, or on more stores and adapters.

## Promises

${table(promises, "promise")}
## Faults

${table(faults, "fault")}
## Hostile input

The numbers are those of the rows in the table of hostile input, which the tests' names carry.

${table(hostileRows, "row")}`;

if (missing.length > 0) {
  console.error(`No test that ran shows these:\n${missing.join("\n")}`);
  process.exitCode = 1;
} else if (!isCheck) {
  writeFileSync(page, text);
  console.log(`written: ${relative(root, page)}`);
} else if (readFileSync(page, "utf8") !== text) {
  const fresh = join(tmpdir(), "promise-tests.md");
  writeFileSync(fresh, text);
  console.error(
    `docs/guide/promise-tests.md is not what the tests' names say (see ${fresh}): run node scripts/promise-tests.mjs`,
  );
  process.exitCode = 1;
} else {
  const built = (rows) => rows.filter(({ later }) => later === undefined).length;
  console.log(
    `${built(promises)} promises, ${built(faults)} faults and ${built(hostileRows)} rows of hostile input ` +
      "are each shown by a test that passed",
  );
}
