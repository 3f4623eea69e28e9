import { type Crafted, onNote, times } from "./input.js";
import { deepLists, large, members, padded, repeated } from "./texts.js";

const strict = { prefer: "on-conflict=reject" };
const merging = { "content-type": "application/merge-patch+json" };
const patching = { "content-type": "application/json-patch+json" };

const largeEdited = padded('{"text":"y', "x", '"}');
const list = repeated('{"list":[', '"item"', 19_000, "]}");
const deep = (leaf: string, levels: number): string => `${'{"a":'.repeat(levels)}${leaf}${"}".repeat(levels)}`;

function patch(name: string, state: string, operations: readonly object[]): Crafted {
  return onNote(name, [state], ({ current }) => [
    "PATCH",
    { headers: { ...patching, "if-match": current }, body: JSON.stringify(operations) },
  ]);
}

/** Writes over states that make them expensive: stale ones, and patches. */
export const craftedWrites: readonly Crafted[] = [
  onNote("R3: a stale PATCH of {} on 1 MiB", [large, largeEdited], ({ first }) => [
    "PATCH",
    { headers: { ...merging, ...strict, "if-match": first }, body: "{}" },
  ]),
  onNote("a stale PUT of 1 MiB on 1 MiB", [large, largeEdited], ({ first }) => [
    "PUT",
    { headers: { ...strict, "if-match": first }, body: large },
  ]),
  onNote("a stale PUT of the same 20,000 values", [large, list], ({ first }) => [
    "PUT",
    { headers: { ...strict, "if-match": first }, body: list },
  ]),
  onNote(
    "a stale PUT, and all of 64 KiB changed",
    [`{${members(6_000, "1")}}`, `{${members(6_000, "2")}}`],
    ({ first }) => ["PUT", { headers: { ...strict, "if-match": first }, body: `{${members(6_000, "3")}}` }],
  ),
  onNote("a stale PUT, and 60 levels changed", [deepLists("[1]"), deepLists("[2]")], ({ first }) => [
    "PUT",
    { headers: { ...strict, "if-match": first }, body: deepLists("[3]") },
  ]),
  onNote(
    "1 MiB with its members in another order",
    [`{${times(9_000, (at) => `"k${at}":"${"x".repeat(90)}"`).join(",")}}`],
    ({ current }) => [
      "PUT",
      {
        headers: { "if-match": current },
        body: `{${times(9_000, (at) => `"k${8_999 - at}":"${"x".repeat(90)}"`).join(",")}}`,
      },
    ],
  ),
  onNote("a merge patch of 10,000 members", [`{${members(9_000)}}`], ({ current }) => [
    "PATCH",
    { headers: { ...merging, "if-match": current }, body: `{${members(10_000, "1")}}` },
  ]),
  onNote(
    "a merge patch of 60 levels",
    [
      deep(
        members(100).replace(/^|$/g, (_, at) => (at === 0 ? "{" : "}")),
        60,
      ),
    ],
    ({ current }) => ["PATCH", { headers: { ...merging, "if-match": current }, body: deep('{"b":1}', 60) }],
  ),
  onNote("a merge patch that outgrows 1 MiB", [large], ({ current }) => [
    "PATCH",
    { headers: { ...merging, "if-match": current }, body: padded('{"more":"', "x", '"}') },
  ]),
  patch(
    "30 copies of a list into itself",
    '{"a":[1]}',
    times(30, () => ({ op: "copy", from: "/a", path: "/a/-" })),
  ),
  patch(
    "200 copies of 5 KB",
    padded('{"a":"', "x", '"}', 5_000),
    times(200, (at) => ({ op: "copy", from: "/a", path: `/b${at}` })),
  ),
  patch(
    "200 copies of an object, each edited",
    `{"a":{${members(400)}}}`,
    times(200, (at) =>
      at % 2 === 0 ? { op: "copy", from: "/a", path: `/b${at}` } : { op: "add", path: `/b${at - 1}/new`, value: 1 },
    ),
  ),
  patch(
    "200 moves of 1 MiB",
    large,
    times(200, (at) => ({
      op: "move",
      from: at % 2 === 0 ? "/text" : "/other",
      path: at % 2 === 0 ? "/other" : "/text",
    })),
  ),
  patch(
    "200 moves through a list of 19,000",
    list,
    times(200, () => ({ op: "move", from: "/list/0", path: "/list/-" })),
  ),
  patch(
    "200 additions before 19,000 items",
    list,
    times(200, () => ({ op: "add", path: "/list/0", value: 1 })),
  ),
  patch(
    "200 tests of 5 KB",
    padded('{"a":"', "x", '"}', 5_000),
    times(200, () => ({ op: "test", path: "/a", value: "x".repeat(4_992) })),
  ),
  patch(
    "10 tests of 9,000 members",
    `{"a":{${members(9_000)}}}`,
    times(10, () => ({ op: "test", path: "/a", value: Object.fromEntries(times(900, (at) => [`k${at}`, 0])) })),
  ),
  patch(
    "200 paths of 5 KB",
    '{"a":1}',
    times(200, () => ({ op: "add", path: "/a".repeat(2_500), value: 1 })),
  ),
  patch(
    "a test that fails after 199 changes of 1 MiB",
    list,
    times(200, (at) =>
      at < 199 ? { op: "replace", path: `/list/${at}`, value: at } : { op: "test", path: "", value: 1 },
    ),
  ),
];
