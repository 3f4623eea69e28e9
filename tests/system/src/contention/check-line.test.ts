import { expect, test } from "vitest";
import { faultsInLine, type MarkedVersion, type WriteAnswer } from "./check-line.js";

const answer = (mark: string, version: number, changes: Partial<WriteAnswer> = {}): WriteAnswer => ({
  mark,
  status: 200,
  version,
  shown: mark,
  ...changes,
});

const sound = [answer("a", 4), answer("b", 3), answer("c", 5)];
const versions: readonly MarkedVersion[] = [
  { version: 3, mark: "b" },
  { version: 4, mark: "a" },
  { version: 5, mark: "c" },
];

test("writes that each made a version of their own are sound", () => {
  expect(faultsInLine(sound, 2, versions)).toEqual([]);
});

test.each<[fault: string, answers: readonly WriteAnswer[], after: readonly MarkedVersion[], found: RegExp]>([
  ["a write that was given up", [...sound, answer("d", 6, { status: 503 })], versions, /^d was answered 503/],
  ["a write that is in no version", sound, versions.with(1, { version: 4, mark: "x" }), /^a is in versions \[\]/],
  ["two writes that were told one version", sound.with(2, answer("c", 4)), versions, /^c is in versions \[5\]/],
  ["a write that was applied twice", sound, versions.with(0, { version: 3, mark: "c" }), /c is in versions \[3,5\]/],
  ["a write whose version was dropped", sound, versions.slice(0, 2), /the versions are 3,4$/],
  ["an answer with another's state", sound.with(0, answer("a", 4, { shown: "b" })), versions, /^a was answered with b/],
])("it is found out: %s", (_fault, answers, after, found) => {
  expect(faultsInLine(answers, 2, after).join("; ")).toMatch(found);
});
