import { join } from "node:path";
import ts from "typescript";
import { beforeAll, expect, test } from "vitest";
import type { Program } from "./program.js";
import { programs } from "./programs.js";

const root = new URL("../../../../", import.meta.url).pathname;
const folder = join(root, "tests/system/src/types/programs-in-memory");

const fileOf = (at: number, isWrong: boolean): string => join(folder, `${at}-${isWrong ? "wrong" : "right"}.ts`);

/** What the compiler says of each program, as an editor shows it. */
let messages: ReadonlyMap<string, readonly string[]>;

beforeAll(() => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, noUnusedLocals: false }, root);
  const files = new Map(
    programs.flatMap(({ before, right, wrong }, at) => [
      [fileOf(at, false), `${before}\n${right}\nexport {};\n`] as const,
      [fileOf(at, true), `${before}\n${wrong}\nexport {};\n`] as const,
    ]),
  );
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => files.has(name) || fileExists(name);
  host.readFile = (name) => files.get(name) ?? readFile(name);
  host.getSourceFile = (name, target, ...more) => {
    const text = files.get(name);
    return text === undefined ? getSourceFile(name, target, ...more) : ts.createSourceFile(name, text, target);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  const told = [...files.keys()].map((name) => {
    const found = ts.getPreEmitDiagnostics(program, program.getSourceFile(name));
    return [name, found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))] as const;
  });
  messages = new Map(told);
}, 120_000);

test.each(programs.map((program, at) => [program.what, at, program] as const))(
  "%s does not compile, and the right way does",
  (_, at, { says }: Program) => {
    expect(messages.get(fileOf(at, false))).toEqual([]);
    const [first, ...more] = messages.get(fileOf(at, true)) ?? [];
    expect(first).toContain(says);
    expect(more).toEqual([]);
  },
);
