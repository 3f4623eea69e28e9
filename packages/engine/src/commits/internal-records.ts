/** A kind of records that unclash keeps for itself, beside the resources of collections. */
export interface InternalRecords {
  /** What the keys of its records begin with, and those of no other kind: or the whole key, where there is only one. */
  readonly prefix: string;
  /** What its records hold. */
  readonly holds: string;
  /** Whether they lapse: the housekeeper then deals with them, by the room's `LapsedKind`. */
  readonly lapses: boolean;
}

/** Their names. */
export type InternalKind =
  | "idempotency"
  | "references"
  | "redactions"
  | "conflicts"
  | "openConflicts"
  | "housekeeper"
  | "cursorKey"
  | "streamTickets"
  | "subscriptions"
  | "subscribers"
  | "callbackHosts"
  | "deliveries"
  | "partitions";

/**
 * All kinds of records that unclash keeps for itself. Their keys begin with `_`, and no collection's name does, so that
 * no path leads to one of them. Whoever keeps records of a new kind adds it here, and to
 * `docs/decisions/011-internal-records.md`.
 */
export const internalRecords: Readonly<Record<InternalKind, InternalRecords>> = {
  idempotency: {
    prefix: "_idempotency/",
    holds: "The request that came first with an Idempotency-Key, and its answer.",
    lapses: true,
  },
  references: {
    prefix: "_reference/",
    holds: 'A reference with `onDelete: "restrict"`, below the key of the resource that it leads to.',
    lapses: false,
  },
  redactions: {
    prefix: "_redaction/",
    holds: "Who took which members out of a past state, and when.",
    lapses: false,
  },
  conflicts: {
    prefix: "_conflict/",
    holds: "A conflict: what a late write was made for, what was there, and what it wanted.",
    lapses: true,
  },
  openConflicts: {
    prefix: "_conflict-slot/",
    holds: "A place among the open conflicts of a resource, below its key: there are so many at most.",
    lapses: false,
  },
  housekeeper: {
    prefix: "_housekeeper",
    holds: "The lease of the process that is the housekeeper of the store.",
    lapses: true,
  },
  cursorKey: {
    prefix: "_unclash/cursor-key",
    holds: "The secret by which cursors to hidden places are encrypted.",
    lapses: false,
  },
  streamTickets: {
    prefix: "_stream-ticket/",
    holds: "Whose rights a stream has that is opened with the ticket, below the ticket's digest.",
    lapses: true,
  },
  subscriptions: {
    prefix: "_subscription/",
    holds: "A subscription, below its partition: what it is told of, and where.",
    lapses: false,
  },
  subscribers: {
    prefix: "_subscriber/",
    holds: "Which subscriptions a client has: there are so many at most.",
    lapses: false,
  },
  callbackHosts: {
    prefix: "_callback-host/",
    holds: "How many subscriptions have callbacks at a host: there are so many at most.",
    lapses: false,
  },
  deliveries: {
    prefix: "_delivery/",
    holds: "An event that is to be sent to a subscription's callback, or was, below the subscription.",
    lapses: true,
  },
  partitions: {
    prefix: "_partition/",
    holds: "Who delivers the events of a part of the subscriptions, up to where, and when these last changed.",
    lapses: true,
  },
};
