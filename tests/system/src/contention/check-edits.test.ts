import { expect, test } from "vitest";
import { type EditAnswer, type EditedVersion, faultsInEdits } from "./check-edits.js";

const before = { version: 2, fields: [], items: [] };
const answer = (mark: string, version: number, status = 200): EditAnswer => ({ mark, status, version });
const state = (version: number, fields: string, items = fields): EditedVersion => ({
  version,
  fields: [...fields],
  items: [...items],
});

const sound = [answer("a", 4), answer("b", 3), answer("c", 5)];
const versions = [state(3, "b"), state(4, "ba"), state(5, "bac")];

test("edits that each made a version, and are in all that came after it, are sound", () => {
  expect(faultsInEdits(sound, before, versions)).toEqual([]);
});

test.each<[fault: string, answers: readonly EditAnswer[], after: readonly EditedVersion[], found: RegExp]>([
  ["an edit that was given up", sound.with(0, answer("a", 4, 503)), versions, /^a was answered 503/],
  ["an edit that a later one has undone", sound, versions.with(2, state(5, "bc")), /^a, .* wrong in the fields of 5/],
  ["an edit whose item a later one has undone", sound, versions.with(2, state(5, "bac", "bc")), /^a, .* items of 5$/],
  ["an item that is there twice", sound, versions.with(2, state(5, "bac", "baca")), /^a, .* items of 5$/],
  ["an edit that was told another's version", sound.with(0, answer("a", 5)), versions, /^a, of version 5, .* of 4/],
  ["an edit that is nowhere", sound.with(0, answer("x", 4)), versions, /^x, of version 4, .* fields of 4,5/],
  ["a version that was dropped", sound, versions.slice(1), /^the versions are 4,5/],
])("it is found out: %s", (_fault, answers, after, found) => {
  expect(faultsInEdits(answers, before, after).join("\n")).toMatch(found);
});
