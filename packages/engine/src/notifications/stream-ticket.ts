import { createHash, randomBytes } from "node:crypto";
import type { Commit, Key, Moment, Store, StoredRecord, Text, Write } from "@unclash/core/store";
import type { Actor } from "../access/actor.js";
import { commitOnce, type LookUp } from "../commits/commit-once.js";
import { createTag } from "../commits/commit-tag.js";
import { internalRecords } from "../commits/internal-records.js";
import { forgotten, type LapsedKind } from "../commits/lapsed-kinds.js";

/** What lets whoever has it open one stream with the rights of an actor. */
export interface StreamTicket {
  /** 32 characters of base64url: 192 random bits. They are in no record and no log. */
  readonly ticket: string;
  readonly expiresAt: Moment;
}

const ticketBytes = 24;
const ticketShape = /^[\w-]{32}$/;

/** Tickets that nobody has used in time. */
export const lapsedTickets: LapsedKind = {
  name: "stream-tickets",
  prefix: internalRecords.streamTickets.prefix,
  endingsOf: (records) => records.map(forgotten),
};

/**
 * Makes a ticket.
 *
 * @throws StoreError where the store failed
 */
export async function issueTicket(
  store: Store,
  { name, role }: Actor,
  { ticketMs, ...lookUp }: LookUp & { readonly ticketMs: number },
): Promise<StreamTicket> {
  const ticket = randomBytes(ticketBytes).toString("base64url");
  const key = keyOf(ticket);
  const put = JSON.stringify({ format, actor: { name, ...(role !== undefined && { role }) } });
  const { now } = await store.read([key]);
  const write: Write = { key, expect: "absent", put, keep: "none", ttlMs: ticketMs };
  const result = await commitOnce(store, commitOf(write, now), lookUp);
  const lapsesAt = result.kind === "committed" ? result.records[0]?.lapsesAt : undefined;
  return { ticket, expiresAt: lapsesAt ?? now + ticketMs };
}

/**
 * The actor of a ticket that is good at this moment; nothing for any other text.
 *
 * @param isUsed it is good no more after that: of two who use it at once, in two processes, one gets the actor
 * @throws StoreError where the store failed
 */
export async function redeemTicket(
  store: Store,
  ticket: string,
  lookUp: LookUp,
  isUsed: boolean,
): Promise<Actor | undefined> {
  if (!ticketShape.test(ticket)) return undefined;
  const key = keyOf(ticket);
  const { now, records } = await store.read([key]);
  const [record] = records;
  const actor = record === undefined || record.lapsed ? undefined : actorIn(record);
  if (record === undefined || actor === undefined || !isUsed) return actor;
  const write: Write = { key, expect: { tag: record.tag }, delete: "forget" };
  const result = await commitOnce(store, commitOf(write, now), lookUp);
  return result.kind === "committed" ? actor : undefined;
}

const format = 1;

/** Nothing of a record that was deleted, or that another release has written. */
function actorIn({ text }: Pick<StoredRecord, "text">): Actor | undefined {
  const value: unknown = JSON.parse(text ?? "null");
  return isTicket(value) ? value.actor : undefined;
}

/** What this release has written needs no closer look. */
function isTicket(value: unknown): value is { readonly actor: Actor } {
  return typeof value === "object" && value !== null && Reflect.get(value, "format") === format;
}

/** Whoever reads the store can't use what it finds there. */
function keyOf(ticket: Text): Key {
  return internalRecords.streamTickets.prefix + createHash("sha256").update(ticket).digest("base64url");
}

function commitOf(write: Write, at: Moment): Commit {
  return { tag: createTag(), at, reads: [], writes: [write], events: [], by: null, cause: "ticket" };
}
