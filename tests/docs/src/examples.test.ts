import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { afterEach, expect, test, vi } from "vitest";
import { examplesOf } from "./markdown.test-support.js";
import { catchServers } from "./servers.test-support.js";
import { play, stepsOf } from "./transcript.test-support.js";

const root = join(import.meta.dirname, "../../..");
const folder = join(import.meta.dirname, ".programs");
const servers = catchServers();

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });

const programs = pages().flatMap((page) =>
  examplesOf(join(root, page)).map((example, at) => {
    const file = join(folder, `${page.replaceAll(/[/.]/g, "-")}-${at + 1}.ts`);
    writeFileSync(file, `${example.code}\nexport {};\n`);
    return { ...example, file, name: `${page}:${example.line}` };
  }),
);

function pages(): readonly string[] {
  const packages = readdirSync(join(root, "packages")).map((name) => `packages/${name}/README.md`);
  const guide = readdirSync(join(root, "docs/guide")).map((name) => `docs/guide/${name}`);
  return ["README.md", ...packages, ...guide.filter((name) => name.endsWith(".md"))].filter((page) =>
    existsSync(join(root, page)),
  );
}

afterEach(async () => {
  await servers.close();
});

test("the pages have programs, and transcripts of what their servers answer", () => {
  expect(programs.length).toBeGreaterThan(10);
  expect(programs.flatMap(({ transcripts }) => transcripts.flatMap(stepsOf)).length).toBeGreaterThan(20);
});

test("every program of the documentation compiles under the strictest settings", { timeout: 120_000 }, () => {
  const base = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile).config;
  const { options } = ts.convertCompilerOptionsFromJson(base.compilerOptions, root);
  const program = ts.createProgram(
    programs.map(({ file }) => file),
    { ...options, noUnusedLocals: false },
  );
  const problems = programs.flatMap(({ file, name, line }) =>
    ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map((diagnostic) => {
      const at = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start ?? 0).line ?? 0;
      return `${name} (line ${line + at}): ${ts.flattenDiagnosticMessageText(diagnostic.messageText, " ")}`;
    }),
  );
  assert.deepEqual(problems, []);
});

test.each(programs)("$name runs, and its server answers as the page says", async ({ file, transcripts }) => {
  vi.spyOn(console, "log").mockImplementation(() => {});
  await import(/* @vite-ignore */ file);
  for (const transcript of transcripts) await play(transcript, await servers.origin());
});
