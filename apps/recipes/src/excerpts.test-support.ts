/** Lines that a page shows of a file. */
export interface Excerpt {
  /** Of the page, where they begin. */
  readonly line: number;
  /** Relative to the recipes. */
  readonly file: string;
  readonly code: string;
}

/** The fences marked `typescript` that follow a link to a recipe in their section: they are of the file linked last. */
export function excerptsOf(page: string): readonly Excerpt[] {
  const excerpts: Excerpt[] = [];
  const lines = page.split("\n");
  let file: string | undefined;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line.startsWith("#") || line.startsWith("|")) file = undefined;
    else file = [...line.matchAll(/\(\.\.\/\.\.\/apps\/recipes\/src\/([\w/-]+\.ts)\)/g)].at(-1)?.[1] ?? file;
    if (!line.startsWith("```")) continue;
    const end = lines.indexOf("```", at + 1);
    const code = lines.slice(at + 1, end).join("\n");
    if (line === "```typescript" && file !== undefined) excerpts.push({ line: at + 2, file, code });
    at = end;
  }
  return excerpts;
}

/** Whether a file has these lines, one after the other, however far they are indented there. */
export function isExcerptOf(code: string, file: string): boolean {
  return ["", "  ", "    ", "      "].some((indent) => {
    return `\n${file}\n`.includes(`\n${code.replaceAll(/^(?=.)/gm, indent)}\n`);
  });
}
