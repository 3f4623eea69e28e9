import type { Moment, Store, StoredRecord, WriteAction } from "@unclash/core/store";
import type { CommitPart } from "./commit-parts.js";

/** The end of a lapsed record, in one commit: it happens once, however many processes try it. */
export interface Ending extends CommitPart {
  /** As it was found. The commit holds only while it still is that, and lapsed. */
  readonly record: StoredRecord;
  /** What is done to it: most are forgotten. */
  readonly action: Exclude<WriteAction, { readonly redact: unknown }>;
}

/** What a hook looks into, and by which time. */
export interface LapsedView {
  readonly store: Pick<Store, "read" | "list">;
  /** The store's time. */
  readonly now: Moment;
}

/** Records of one kind, and how they end once they have lapsed. A room that has such records gives one. */
export interface LapsedKind {
  /**
   * Its name, for metrics, and for other processes to see whether this one does its work. What changes the form of its
   * records gives it another name: a process of an earlier release then leaves them to those that know it.
   */
  readonly name: string;
  /** What the keys of its records begin with, and no others', as `internalRecords` has it. */
  readonly prefix: string;
  /**
   * Decides how lapsed records end, at most 250 of them, which come without their texts. What it leaves out is
   * passed by, and comes again some minutes later: records that a newer release has written, and nothing else. What is
   * still needed must not have lapsed.
   */
  readonly endingsOf: (
    records: readonly StoredRecord[],
    view: LapsedView,
  ) => readonly Ending[] | Promise<readonly Ending[]>;
}

/** The ending of a record that nobody asks for any more. */
export function forgotten(record: StoredRecord): Ending {
  return { record, action: { delete: "forget" } };
}
