import type { Json } from "../../json/value.js";
import type { MergeOptions } from "../options.js";

/** One three-way merge, and what must come out. */
export interface MergeCase {
  readonly name: string;
  readonly base: Json;
  readonly mine: Json;
  readonly theirs: Json;
  readonly merged: Json;
  /** The paths of the clashes, in order. */
  readonly clashes: readonly string[];
  readonly options: MergeOptions;
}

/**
 * Reads a table of cases: `what | base | mine | theirs | merged | paths that clash`, the last apart by blanks and left
 * out where there is none. A line that begins with `  |` goes on with the one before.
 *
 * Values are JSON in which names need no quotes, and `<1 a=5>` stands for items with an `id` and perhaps a `v`:
 * `[{"id":1},{"id":"a","v":5}]`. `(all)` is the path of the whole value.
 */
export function mergeCases(table: string, options: MergeOptions = {}): readonly MergeCase[] {
  const lines = table
    .replaceAll(/\n +\|/g, " |")
    .split("\n")
    .filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const [name = "", base, mine, theirs, merged, clashes = "", ...more] = line.split(" | ").map((cell) => cell.trim());
    if (more.length > 0) throw new Error(`too many columns: ${line}`);
    const paths = clashes.split(/\s+/).filter((path) => path !== "");
    return {
      name,
      base: read(base, line),
      mine: read(mine, line),
      theirs: read(theirs, line),
      merged: read(merged, line),
      clashes: paths.map((path) => (path === "(all)" ? "" : path)),
      options,
    };
  });
}

function read(cell: string | undefined, line: string): Json {
  const named = (cell ?? "").replaceAll(/([{,]\s*)([A-Za-z_]\w*):/g, '$1"$2":');
  const json = named.replaceAll(/<([^>]*)>/g, (_, items: string) => JSON.stringify(itemsOf(items)));
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new Error(`no JSON in ${line}`, { cause: error });
  }
}

function itemsOf(text: string): Json {
  return text.split(" ").map((item) => {
    const [id = "", v] = item.split("=");
    return { id: /^\d/.test(id) ? Number(id) : id, ...(v === undefined ? {} : { v: Number(v) }) };
  });
}
