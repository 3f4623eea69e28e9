/**
 * Public test vectors, read from outside the repository. They are other people's files, so they are not kept here: the
 * environment variable `UNCLASH_VECTORS` names the folder where they lie, and without it the tests that need them are
 * skipped.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { env } from "node:process";

const { UNCLASH_VECTORS: named } = env;

/** Where the vectors lie; `undefined` skips their tests: `describe.skipIf(vectorsFolder === undefined)`. */
export const vectorsFolder: string | undefined = named || undefined;

/**
 * Reads one file of vectors and parses its JSON. Call it inside a `test`: the body of a skipped `describe` runs too.
 *
 * @param path relative to the folder: `http-date/http-date.json`
 * @throws where no folder is named, or the file is not there or is no JSON: a missing vector must not pass as a test.
 */
export function vectors(path: string): unknown {
  if (vectorsFolder === undefined) throw new Error("UNCLASH_VECTORS names no folder");
  return JSON.parse(readFileSync(join(vectorsFolder, path), "utf8"));
}
