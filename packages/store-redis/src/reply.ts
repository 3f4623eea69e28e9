/* What a server answers has no type. These say what is there, or throw where a reply is none of ours. */
import { StoreError } from "@unclash/core";
import { describeValue } from "@unclash/core/options";

/**
 * The items of a reply, which is an array.
 *
 * @param count how many there must be, where that is known
 * @throws StoreError `unknown`, as all of these do: something between the server and the store changes replies
 */
export function items(reply: unknown, count?: number): readonly unknown[] {
  if (Array.isArray(reply) && (count === undefined || reply.length === count)) return reply;
  throw unexpected(reply);
}

/** A reply that is 1 or 0. */
export function flag(reply: unknown): boolean {
  if (reply === 1 || reply === 0) return reply === 1;
  throw unexpected(reply);
}

/** A reply that is a whole number. */
export function number(reply: unknown): number {
  if (Number.isInteger(reply)) return Number(reply);
  throw unexpected(reply);
}

/** A reply that is a text. */
export function text(reply: unknown): string {
  if (typeof reply === "string") return reply;
  throw unexpected(reply);
}

/** A reply that is a text or nothing. */
export function textOrNull(reply: unknown): string | null {
  return reply === null ? null : text(reply);
}

/** What is thrown for a reply that is none of ours. */
export function unexpected(reply: unknown): StoreError {
  return new StoreError(`A reply of Redis is not what the store's script gave: ${describeValue(reply)}.`, "unknown");
}
