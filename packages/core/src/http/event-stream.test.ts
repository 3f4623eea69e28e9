import { createParser, type EventSourceMessage } from "eventsource-parser";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { vectors, vectorsFolder } from "../vectors.test-support.js";
import { type EventStreamBlock, eventStreamText } from "./event-stream.js";

describe("a block of an event stream", () => {
  test.each<[EventStreamBlock, string]>([
    [{ id: "7", data: "x" }, "id: 7\ndata: x\n\n"],
    [{ id: "" }, "id: \n\n"],
    [{ comment: "", id: "7" }, ": \nid: 7\n\n"],
    [{ retryMs: 0 }, "retry: 0\n\n"],
    [{ comment: "a\rb\nc\r\nd\n\re" }, ": a\n: b\n: c\n: d\n: \n: e\n\n"],
    [{ data: " led by a space" }, "data:  led by a space\n\n"],
    [{ data: "a\rid: 8\r\n\r\nevent: b" }, "data: a\ndata: id: 8\ndata: \ndata: event: b\n\n"],
    [{}, "\n"],
  ])("%j is written as %j", (block, text) => {
    expect(eventStreamText(block)).toBe(text);
  });

  test.each<[string, EventStreamBlock, RegExp]>([
    ["an event without data", { event: "changed" }, /`event` of an event stream must stand beside `data`/],
    ["NUL in an event", { event: "a\0b", data: "" }, /`event` of an event stream must not hold CR, LF or NUL/],
    ["a line break at the end of an id", { id: "7\n" }, /`id` of an event stream must not hold CR, LF or NUL/],
    ["half a millisecond", { retryMs: 0.5 }, /`retryMs` of an event stream must be a non-negative integer/],
    ["a negative time", { retryMs: -1 }, /`retryMs`/],
    ["a time that is written with an exponent", { retryMs: 1e21 }, /`retryMs`/],
    ["no number", { retryMs: Number.NaN }, /`retryMs`/],
  ])("%s is refused", (_, block, message) => {
    expect(() => eventStreamText(block)).toThrow(TypeError);
    expect(() => eventStreamText(block)).toThrow(message);
  });

  test("is read by a client as what was written, whatever stands in it", () => {
    fc.assert(
      fc.property(fc.array(blocks, { maxLength: 5 }), (written) => {
        expect(readBack(written.map(eventStreamText).join(""))).toEqual(asRead(written));
      }),
    );
  });
});

describe.skipIf(vectorsFolder === undefined)("public test vectors", () => {
  test("blocks are those of eventsource-encoder", () => {
    const fields = z.object({
      id: z.union([z.string(), z.number()]).transform(String).optional(),
      event: z.string().optional(),
      data: z.string().optional(),
      retry: z.number().optional(),
      comment: z.string().optional(),
    });
    const row = z.object({ in: fields, out: z.string().optional(), reject: z.boolean().default(false) });
    const { cases } = z.object({ cases: z.array(row) }).parse(vectors("sse/encode.json"));
    for (const { in: given, out, reject } of cases) {
      const { retry: retryMs, ...rest } = given;
      const block = Object.fromEntries(
        Object.entries({ ...rest, retryMs }).filter(([, value]) => value !== undefined),
      ) satisfies EventStreamBlock;
      if (reject) expect(() => eventStreamText(block), JSON.stringify(given)).toThrow(TypeError);
      else expect(eventStreamText(block)).toBe(out);
    }
    expect(cases.length).toBeGreaterThanOrEqual(17);
  });
});

/** Texts that are full of what could end a line or begin a field. */
const hostile = fc
  .array(fc.constantFrom("\r", "\n", "\r\n", ":", " ", "data", "id: 1", "event", "\0", "é", "\u2028"), { maxLength: 8 })
  .map((parts) => parts.join(""));
const line = hostile.map((text) => text.replaceAll(/[\r\n\0]/g, ""));

const blocks: fc.Arbitrary<EventStreamBlock> = fc.oneof(
  fc.record({ id: line, data: hostile, event: line, retryMs: fc.nat(), comment: hostile }, { requiredKeys: ["data"] }),
  fc.record({ id: line, retryMs: fc.nat(), comment: hostile }, { requiredKeys: [] }),
);

type Read =
  | { readonly kind: "comment" | "retry"; readonly value: string }
  | { readonly kind: "event"; readonly event: EventSourceMessage };

function readBack(text: string): readonly Read[] {
  const read: Read[] = [];
  const parser = createParser({
    onEvent: (event) => read.push({ kind: "event", event }),
    onComment: (value) => read.push({ kind: "comment", value }),
    onRetry: (retryMs) => read.push({ kind: "retry", value: String(retryMs) }),
    onError: (error) => expect.fail(error.message),
  });
  parser.feed(text);
  return read;
}

function asRead(written: readonly EventStreamBlock[]): readonly Read[] {
  return written.flatMap(({ id, event, data, retryMs, comment }) => {
    const found: Read[] = (comment === undefined ? [] : linesOf(comment)).map((value) => ({ kind: "comment", value }));
    if (retryMs !== undefined) found.push({ kind: "retry", value: String(retryMs) });
    if (data === undefined) return found;
    const type = event === "" ? undefined : event;
    return [...found, { kind: "event", event: { id, event: type, data: linesOf(data).join("\n") } }];
  });
}

function linesOf(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/);
}
