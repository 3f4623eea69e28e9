import { isDeepStrictEqual } from "node:util";
import { diffJson } from "@unclash/core/json";
import { merge, prepareMerge } from "@unclash/core/merge";
import fastJsonPatch from "fast-json-patch";
import { create } from "jsondiffpatch";
import { diff3Merge } from "node-diff3";
import { createPatch } from "rfc6902";
import {
  combineMergers,
  trimergeArrayCreator,
  trimergeEquality,
  trimergeJsonDeepEqual,
  trimergeJsonObject,
} from "trimerge";
import { orderVersions, textVersions, type Versions } from "./documents.js";

/** Something to measure, and what it gave in the end: the merged value, or how many operations make a difference. */
export interface Subject {
  readonly name: string;
  readonly run: () => unknown;
}

/** Subjects that do the same; the first one is unclash's. */
export interface Contest {
  readonly name: string;
  readonly subjects: readonly Subject[];
}

const mergeByTrimerge = combineMergers(
  trimergeEquality,
  trimergeJsonObject,
  trimergeArrayCreator((item: { id: number }) => String(item.id)),
  trimergeJsonDeepEqual,
);
const byId = create({ objectHash: (item) => String(Reflect.get(item, "id")), cloneDiffValues: false });
const text = prepareMerge({ policies: { "": "text" } });

/** Every contest; merges are checked to come out alike before they are measured. */
export function contests(): readonly Contest[] {
  const [small, large] = [orderVersions(20), orderVersions(3_000, 270)];
  return [
    { name: "0.95 KB, 20 items, four edits: merge and difference", subjects: [{ name: "unclash", run: both(small) }] },
    ...[
      { size: "0.95 KB, 20 items", versions: small },
      { size: "1 MB, 3,000 items", versions: large },
    ].flatMap(({ size, versions }) => [
      { name: `${size}: merge`, subjects: alike(mergesOf(versions)) },
      { name: `${size}: difference of four edits`, subjects: differencesOf(versions) },
    ]),
    { name: "text of 2,000 lines, all unlike: merge", subjects: alike(textMergesOf(2_000, 1_999)) },
    { name: "text of 2,000 lines, of 7 kinds: merge", subjects: textMergesOf(2_000, 12) },
  ];
}

/** The new state, and all four edits that led to it. */
function both({ base, mine, theirs }: Versions): () => unknown {
  return () => diffJson(base, merge(base, mine, theirs).value).length;
}

function mergesOf({ base, mine, theirs }: Versions): readonly Subject[] {
  return [
    { name: "unclash", run: () => merge(base, mine, theirs).value },
    { name: "trimerge 1.2.0", run: () => mergeByTrimerge(base, mine, theirs) },
  ];
}

function differencesOf({ base, mine, theirs }: Versions): readonly Subject[] {
  const { value } = merge(base, mine, theirs);
  const subjects = [
    { name: "unclash", run: () => diffJson(base, value).length },
    { name: "fast-json-patch 3.1.1", run: () => fastJsonPatch.compare(Object(base), Object(value)).length },
    { name: "jsondiffpatch 0.7.7", run: () => byId.diff(base, value) },
    { name: "rfc6902 5.4.0", run: () => createPatch(base, value).length },
  ];
  return subjects.filter(isAble);
}

/** Whether a subject gets through at all: rfc6902 overflows the stack on 3,000 items. */
function isAble({ name, run }: Subject): boolean {
  try {
    run();
    return true;
  } catch (error) {
    console.error(`${name} is left out: ${String(error)}`);
    return false;
  }
}

function textMergesOf(lines: number, kinds: number): readonly Subject[] {
  const { base, mine, theirs } = textVersions(lines, kinds);
  const byNodeDiff3 = () => {
    const regions = diff3Merge(mine.split("\n"), base.split("\n"), theirs.split("\n"));
    return regions.flatMap(({ ok, conflict }) => ok ?? conflict?.b ?? []).join("\n");
  };
  return [
    { name: "unclash", run: () => merge(base, mine, theirs, text).value },
    { name: "node-diff3 3.2.1", run: byNodeDiff3 },
  ];
}

function alike(subjects: readonly Subject[]): readonly Subject[] {
  const [first, ...others] = subjects.map(({ run }) => run());
  if (others.every((other) => isDeepStrictEqual(other, first))) return subjects;
  throw new Error(`${subjects.map(({ name }) => name).join(" and ")} give other results`);
}
