import type { JsonObject } from "@unclash/core/json";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeInShape } from "./shape-lens.js";
import { chain } from "./shapes.test-support.js";

const word = fc.constantFrom("a", "b", "c", "");
const optional = <Value>(name: string, value: fc.Arbitrary<Value>): fc.Arbitrary<{ readonly [name: string]: Value }> =>
  fc.option(value, { nil: undefined }).map((given) => (given === undefined ? {} : { [name]: given }));

const tag = fc.tuple(word, optional("color", word)).map(([label, color]) => ({ label, ...color }));
const shownLine = fc
  .tuple(fc.constantFrom("1", "2", "3", "4"), word, optional("note", word))
  .map(([id, text, note]) => ({ id, text, ...note }));
const hiddenLine = fc.tuple(fc.constantFrom("h1", "h2", "h3"), word).map(([id, text]) => ({ id, text, hidden: true }));
const byId = { selector: ({ id }: { readonly id: string }) => id, maxLength: 5 };

/** States in the newest shape: nearly all of it is more than `v1` shows. */
const newest: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.record({
      text: fc.record({ body: word, format: word }),
      author: fc.tuple(word, optional("email", word)).map(([name, email]) => ({ name, ...email })),
      tags: fc.array(tag, { maxLength: 4 }),
      lines: fc.uniqueArray(fc.oneof({ weight: 2, arbitrary: shownLine }, hiddenLine), byId),
    }),
    optional("rating", fc.integer({ min: 0, max: 2 })),
    optional("content", fc.record({ kind: word })),
  )
  .map((parts) => Object.assign({}, ...parts));

/** What a client of `v1` may send. */
const sent: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.record({
      content: word,
      author: word,
      tags: fc.array(word, { maxLength: 4 }),
      lines: fc.uniqueArray(
        shownLine.map(({ id, text }) => ({ id, text })),
        byId,
      ),
    }),
    optional("rating", fc.integer({ min: 0, max: 2 })),
  )
  .map((parts) => Object.assign({}, ...parts));

/** Some members of one, the rest of another: most writes change little. */
function mixed(one: JsonObject, other: JsonObject, picks: readonly boolean[]): JsonObject {
  const names = Object.keys(one);
  return Object.fromEntries(
    names.flatMap((name, at) => {
      const value = picks[at] === true ? one[name] : other[name];
      return value === undefined ? [] : [[name, value] as const];
    }),
  );
}

const picks = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });

function shownIn(shape: number, fields: JsonObject): JsonObject {
  return chain.convert(fields, chain.newest, shape);
}

function written(onto: JsonObject, content: JsonObject, shown: JsonObject = shownIn(1, onto)): JsonObject {
  const result = writeInShape(chain, { shape: 1, onto, shown, sent: content });
  if (result.kind === "written") return result.fields;
  throw new Error(`ambiguous at ${result.pointer}`);
}

describe("laws of a write in an older shape", () => {
  it("changes nothing where what was read is written back, in any shape", () => {
    fc.assert(
      fc.property(newest, fc.constantFrom(1, 2, 3), (onto, shape) => {
        const shown = shownIn(shape, onto);
        const result = writeInShape(chain, { shape, onto, shown, sent: structuredClone(shown) });
        expect(result).toEqual({ kind: "written", fields: onto });
      }),
    );
  });

  it("changes nothing that others wrote meanwhile, where what was read is written back", () => {
    fc.assert(
      fc.property(newest, newest, (before, onto) => {
        const shown = shownIn(1, before);
        expect(written(onto, structuredClone(shown), shown)).toBe(onto);
      }),
    );
  });

  it("lets what was written be read back", () => {
    fc.assert(
      fc.property(newest, sent, picks, (onto, wanted, chosen) => {
        const content = mixed(wanted, shownIn(1, onto), chosen);
        expect(shownIn(1, written(onto, content))).toEqual(content);
      }),
    );
  });

  it("keeps all that the older version does not show", () => {
    fc.assert(
      fc.property(newest, sent, (onto, content) => {
        const after: JsonObject = written(onto, content);
        expect(Object(after["text"]).format).toBe(Object(onto["text"]).format);
        expect(Object(after["author"]).email).toBe(Object(onto["author"]).email);
        expect(after["content"]).toEqual(onto["content"]);
        expect(hiddenLines(after)).toEqual(hiddenLines(onto));
        for (const { id, note } of linesOf(after)) {
          expect(note).toBe(linesOf(onto).find((line) => line.id === id)?.note);
        }
      }),
    );
  });

  it("never changes what it is given", () => {
    fc.assert(
      fc.property(newest, newest, sent, (before, onto, content) => {
        const shown = shownIn(1, before);
        const given = JSON.stringify([onto, shown, content]);
        writeInShape(chain, { shape: 1, onto, shown, sent: content });
        expect(JSON.stringify([onto, shown, content])).toBe(given);
      }),
    );
  });

  it("comes to one state, whichever of two writers of different members is first", () => {
    fc.assert(
      fc.property(newest, sent, word, fc.record({ kind: word }), (base, content, format, unseen) => {
        const byNewest = (state: JsonObject): JsonObject => ({
          ...state,
          text: { ...Object(state["text"]), format },
          content: unseen,
        });
        const shown = shownIn(1, base);
        expect(written(byNewest(base), content, shown)).toEqual(byNewest(written(base, content, shown)));
      }),
    );
  });
});

interface Line {
  readonly id: string;
  readonly note?: string;
  readonly hidden?: boolean;
}

function linesOf(fields: JsonObject): readonly Line[] {
  return Object(fields["lines"]);
}

function hiddenLines(fields: JsonObject): ReadonlyMap<string, Line> {
  return new Map(linesOf(fields).flatMap((each) => (each.hidden === true ? [[each.id, each] as const] : [])));
}

const onto = {
  text: { body: "old", format: "html" },
  author: { name: "Ann", email: "ann@example.org" },
  tags: [
    { label: "a", color: "red" },
    { label: "b", color: "blue" },
  ],
  lines: [
    { id: "1", text: "one", note: "first" },
    { id: "h", text: "between", hidden: true },
    { id: "2", text: "two", note: "second" },
  ],
};
const shown = { content: "old", author: "Ann", tags: ["a", "b"], lines: [line("1", "one"), line("2", "two")] };

function line(id: string, text: string): { readonly id: string; readonly text: string } {
  return { id, text };
}

describe("a write in an older shape", () => {
  const [red, blue] = onto.tags;
  const [one, hidden, two] = onto.lines;
  it.each([
    ["a member", { content: "new" }, { text: { body: "new", format: "html" } }],
    ["a member of an object that it shows in part", { author: "Bea" }, { author: { ...onto.author, name: "Bea" } }],
    ["an item by its text", { tags: ["b"] }, { tags: [blue] }],
    ["an item in its place", { tags: ["a", "c"] }, { tags: [red, { ...blue, label: "c" }] }],
    ["an item, and one in front", { tags: ["x", "a", "c"] }, { tags: [{ label: "x" }, red, { ...blue, label: "c" }] }],
    [
      "an item, and one at the end",
      { tags: ["x", "b", "c"] },
      { tags: [{ ...red, label: "x" }, blue, { label: "c" }] },
    ],
    ["the order of items", { tags: ["b", "a"] }, { tags: [blue, red] }],
    ["all items", { tags: [] }, { tags: [] }],
    [
      "an item by its id",
      { lines: [line("1", "one"), line("2", "2")] },
      { lines: [one, hidden, { ...two, text: "2" }] },
    ],
    ["the order of items by id", { lines: [line("2", "two"), line("1", "one")] }, { lines: [two, one, hidden] }],
    ["an item that goes", { lines: [line("2", "two")] }, { lines: [hidden, two] }],
    [
      "a new item between others",
      { lines: [line("1", "one"), line("3", "three"), line("2", "two")] },
      { lines: [one, line("3", "three"), hidden, two] },
    ],
    ["a new member", { rating: 1 }, { rating: 1 }],
  ])("changes %s, and nothing else", (_, change, changed) => {
    expect(written(onto, { ...shown, ...change })).toEqual({ ...onto, ...changed });
  });

  it("takes a member away", () => {
    expect(written({ ...onto, rating: 1 }, shown)).toEqual(onto);
  });

  it("keeps the order of members", () => {
    expect(Object.keys(written(onto, { ...shown, rating: 1, content: "x" }))).toEqual([...Object.keys(onto), "rating"]);
  });

  it("leaves out what others took away, unless it edits that", () => {
    const later = { ...onto, lines: [hidden ?? null] };
    const content = { ...shown, lines: [line("1", "one"), line("2", "edited")] };
    expect(written(later, content, shown)["lines"]).toEqual([line("2", "edited"), hidden]);
  });

  it("keeps what others added", () => {
    const later = { ...onto, lines: [...onto.lines, line("9", "nine")] };
    const content = { ...shown, lines: [line("1", "1"), line("2", "two")] };
    expect(written(later, content, shown)["lines"]).toEqual([{ ...one, text: "1" }, hidden, two, line("9", "nine")]);
  });

  it.each([
    ["fewer", [{ label: "z", color: "red" }]],
    [
      "as many",
      [
        { label: "z", color: "red" },
        { label: "y", color: "blue" },
      ],
    ],
  ])("is refused where items without an id were changed to %s others, and it does not see all of them", (_, tags) => {
    const later = { ...onto, tags };
    const write = { shape: 1, onto: later, shown, sent: { ...shown, tags: ["a"] } };
    expect(writeInShape(chain, write)).toEqual({ kind: "ambiguous", pointer: "/tags" });
  });

  it("replaces items without an id that were changed since, where it sees all of them", () => {
    const later = { ...onto, tags: [{ label: "z" }] };
    expect(written(later, { ...shown, tags: ["a", "b", "c"] }, shown)["tags"]).toEqual([
      { label: "a" },
      { label: "b" },
      { label: "c" },
    ]);
  });

  it("takes a time that grows with the content", () => {
    const many = (label: string): JsonObject => ({ ...onto, tags: Array.from({ length: 9_000 }, () => ({ label })) });
    const content = { ...shown, tags: Array.from({ length: 9_000 }, (_, at) => (at % 2 === 0 ? "a" : "b")) };
    expect(shownIn(1, written(many("a"), content))).toEqual(content);
  });
});
