import { readFileSync } from "node:fs";

/** A program of a page, with the requests that the page shows being sent to it. */
export interface Example {
  readonly page: string;
  /** The line of the page on which the program begins. */
  readonly line: number;
  readonly code: string;
  readonly transcripts: readonly string[];
}

/** Finds the programs of a page (fences marked `ts`), each with the `http` fences that follow it. */
export function examplesOf(page: string): readonly Example[] {
  const examples: (Example & { transcripts: string[] })[] = [];
  const lines = readFileSync(page, "utf8").split("\n");
  for (let at = 0; at < lines.length; at++) {
    const language = /^```(\w+)$/.exec(lines[at] ?? "")?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf("```", at + 1);
    if (end === -1) throw new Error(`${page}:${at + 1}: the fence has no end`);
    const content = lines.slice(at + 1, end).join("\n");
    if (language === "ts") examples.push({ page, line: at + 2, code: content, transcripts: [] });
    if (language === "http") {
      const example = examples.at(-1);
      if (example === undefined) throw new Error(`${page}:${at + 1}: a transcript without a program before it`);
      example.transcripts.push(content);
    }
    at = end;
  }
  return examples;
}
