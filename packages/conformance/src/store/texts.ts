import assert from "node:assert/strict";
import { put, readOne, statesOf } from "./steps.js";
import type { StoreCase } from "./trial.js";

// What a parser, an encoder or a column type would change.
const texts: Readonly<Record<string, string>> = {
  "the order of members": '{"b":1,"a":[],"__proto__":{},"c":{}}',
  "members that stand twice": '{"a":1,"a":2}',
  "white space": ' { "a" : [ 1 ,\t2 ]\r\n}\n',
  "an empty array and an empty object": '{"list":[],"map":{}}',
  "a whole number beyond 2^53": '{"n":9007199254740993}',
  "a number beyond all doubles": "1e400",
  "digits that a double would lose": "[1.0,1.10,-0,1E+2,0.1000000000000000055511151231257827,1e-7]",
  "an escaped NUL": '"a\\u0000b"',
  "escaped halves of a surrogate pair": '["\\ud800","\\udc00\\ud83d","\\uD83D\\uDE00"]',
  "escapes that need not be": '"\\u0041\\/\\u00e9"',
  "characters of every length in UTF-8": '"aé€😀\u007f\u0085\u2028\ufeff"',
  "one character written in two ways": '["\u00e9","e\u0301"]',
  "quotes, backslashes and placeholders": `"'' \\\\ \\" $1 ? :a %s {} ; --"`,
  "a lone word": "null",
  "deep nesting": `${"[".repeat(5_000)}${"]".repeat(5_000)}`,
};

/** Texts come back byte for byte. */
export const textCases: readonly StoreCase[] = [
  ...Object.entries(texts).map(
    ([what, text]) =>
      ({
        name: `a text is returned byte for byte: ${what}`,
        run: ({ store }) => assertKept(store, text),
      }) satisfies StoreCase,
  ),
  {
    name: "a text of 1 MiB is returned byte for byte",
    run: ({ store }) => assertKept(store, JSON.stringify("0123456789abcdé".repeat(65_536))),
  },
];

async function assertKept(store: Parameters<typeof put>[0], text: string): Promise<void> {
  const written = await put(store, "a/1", { put: text });
  assert(written.text === text, "in the result of the commit");
  assert((await readOne(store, "a/1"))?.text === text, "in a read");
  const { records } = await store.list({ prefix: "a/", limit: 1 });
  assert(records[0]?.text === text, "in a list");
  await put(store, "a/1");
  const [, before] = await statesOf(store, "a/1");
  assert(before?.text === text, "in the history");
}
