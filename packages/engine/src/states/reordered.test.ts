import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { mayBeReordered } from "./reordered.js";

// Names and texts in which the characters that mean something to JSON are common.
const text = fc.string({ unit: fc.constantFrom("a", "b", '"', "\\", ":", ",", "{", "\n", "é") });
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null)),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(text, tie("value"), { maxKeys: 5 }),
  ),
}));

describe("mayBeReordered", () => {
  it("never denies that a value is the same with its members in another order", () => {
    fc.assert(
      fc.property(value, (one) => {
        const [before, after] = [JSON.stringify(one), JSON.stringify(reversed(one))];
        expect(before === after || mayBeReordered(before, after)).toBe(true);
      }),
    );
  });

  it.each([
    ["another number", '{"a":1,"b":2}', '{"a":1,"b":3}'],
    ["another number before a name that begins with a colon", '{"a":1,":b":2}', '{"a":3,":b":2}'],
    ["another text", '{"a":"x:"}', '{"a":"y:"}'],
    ["another escape in a text", '{"a":"\\n","b":1}', '{"a":"\\"","b":1}'],
    ["an escape instead of two characters", '{"a":"\\n"}', '{"a":"bn"}'],
    ["items in another order", '["a","b"]', '["b","a"]'],
    ["members distributed otherwise", '[{"a":1,"b":2},{}]', '[{"a":1},{"b":2}]'],
    ["one text shorter than the other", '{"a":1}', '{"b":10}'],
  ])("sees that %s is no new order", (_, before, after) => {
    expect(mayBeReordered(before, after)).toBe(false);
  });

  it.each([
    ["the names differ", '{"a":1,"b":2}', '{"b":2,"a":1}'],
    ["the names differ late", '{"ab":1,"aa":2}', '{"aa":2,"ab":1}'],
    ["the names differ in an escape", '{"\\n":1,"\\"":2}', '{"\\"":2,"\\n":1}'],
    ["one name begins as the other ends", '{"a":1,"a\\"":2}', '{"a\\"":2,"a":1}'],
  ])("can't tell where %s", (_, before, after) => {
    expect(mayBeReordered(before, after)).toBe(true);
  });
});

function reversed(one: unknown): unknown {
  if (Array.isArray(one)) return one.map(reversed);
  if (typeof one !== "object" || one === null) return one;
  return Object.fromEntries(
    Object.entries(one)
      .toReversed()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
