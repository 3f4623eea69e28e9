import type { Commit, CommitResult, Expectation, Write } from "@unclash/core/store";
import { currentOf, isDescending, isMet } from "./model.js";
import type { Setting } from "./resolve.js";

/** Counts what was met with in all the runs of a test: a run that never clashed shows nothing about clashes. */
export class Tally {
  readonly #counts = new Map<string, number>();

  count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }

  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** Counts all that there is to say of a commit and its result, with what was there before it. */
  countCommit(commit: Commit, result: CommitResult, { world, now }: Setting): void {
    this.count(result.kind);
    for (const { key, expect } of [...commit.writes, ...commit.reads.filter((reading) => "key" in reading)]) {
      this.count(`${nameOf(expect)} ${isMet(expect, currentOf(world, key, now)) ? "met" : "failed"}`);
    }
    for (const write of commit.writes) this.count(`${actionOf(write)} ${result.kind}`);
    if (result.kind === "committed" && commit.writes.length > 1) this.count("several writes committed");
    if (commit.reads.some((reading) => "range" in reading)) this.count(`range ${result.kind}`);
    if (commit.reads.some((reading) => "range" in reading && isDescending(reading.range) && reading.seen.length > 1)) {
      this.count(`descending range ${result.kind}`);
    }
    if (commit.events.length > 0) this.count(`events ${result.kind}`);
    if (result.kind === "clash") {
      for (const clash of result.clashes) {
        if ("range" in clash) this.count("range named");
        else if ("index" in clash) this.count("unique value named");
        else if ("version" in clash) this.count("version named");
      }
    }
  }

  /** What was counted, the most frequent first, for people. */
  toString(): string {
    const sorted = [...this.#counts].sort(([, a], [, b]) => b - a);
    return sorted.map(([what, count]) => `${what}: ${count}`).join(", ");
  }
}

/** What {@link Tally.countCommit} calls the expectations. */
export const expectationNames = ["any", "absent", "present", "tag", "gone", "lapsed"] as const;

/** What {@link Tally.countCommit} calls the actions. */
export const actionNames = ["put", "tombstone", "forget", "extend", "redact"] as const;

function nameOf(expect: Expectation): string {
  if (typeof expect === "string") return expect;
  return "tag" in expect ? "tag" : "gone" in expect ? "gone" : "lapsed";
}

function actionOf(write: Write): string {
  if ("put" in write) return "put";
  if ("delete" in write) return write.delete;
  return "extendMs" in write ? "extend" : "redact";
}
