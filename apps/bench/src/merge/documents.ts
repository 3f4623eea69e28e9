import type { Json } from "@unclash/core/json";

/** One state, and what two writers made of it, in a way that every peer can merge: no place was changed by both. */
export interface Versions {
  readonly base: Json;
  readonly mine: Json;
  readonly theirs: Json;
}

/**
 * Four edits: mine changes one line and takes one out, theirs changes the note and adds a line.
 *
 * @param textLength of each line: 0 for none. Twenty lines without make 0.95 KB, 3,000 with 270 characters 1 MB.
 */
export function orderVersions(count: number, textLength = 0): Versions {
  const lineOf = (id: number) => ({
    id,
    sku: `SKU-${1_000 + id}`,
    quantity: 10 + (id % 7),
    ...(textLength === 0 ? {} : { text: `${id} `.padEnd(textLength, "a text ") }),
  });
  const made = () => ({
    customer: "Ada Lovelace, 12 St James's Square, London",
    lines: Array.from({ length: count }, (_, id) => lineOf(id)),
    note: "Ring twice, and leave it with the neighbours.",
  });
  const [base, mine, theirs] = [made(), made(), made()];
  const lines = mine.lines.map((line, at) => (at === 2 ? { ...line, quantity: 99 } : line)).toSpliced(count >> 1, 1);
  return {
    base,
    mine: { ...mine, lines },
    theirs: { ...theirs, note: "Ring once.", lines: [...theirs.lines, lineOf(count)] },
  };
}

/** The same of texts of so many lines: each side changes some, far from those of the other. */
export interface Texts {
  readonly base: string;
  readonly mine: string;
  readonly theirs: string;
}

/** @param different how many different lines there are: few make many alignments possible */
export function textVersions(count: number, different: number): Texts {
  const lines = Array.from({ length: count }, (_, at) => `line ${(at * at) % different}`);
  const edited = (from: number) => lines.map((line, at) => (at % 40 === from ? `${line}, edited` : line)).join("\n");
  return { base: lines.join("\n"), mine: edited(10), theirs: edited(30) };
}
