import type { Cursor, StoredEvent } from "@unclash/core/store";

/** An event that the process holds once, however many readers it has: what they make of it is kept beside it. */
export interface SharedEvent {
  readonly stored: StoredEvent;
  /** What readers have worked out about the event, by a key of theirs: a text, a permission. */
  readonly memo: Map<unknown, unknown>;
}

/** The next events behind a place, and the place to go on from: an empty page says that there are none yet. */
export type EventPage =
  | { readonly kind: "events"; readonly events: readonly SharedEvent[]; readonly next: Cursor }
  /** Events behind the place may be missing: go on from `next`, and tell whoever reads. */
  | { readonly kind: "reset"; readonly next: Cursor };
