import { versionTag } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import type { Moment } from "@unclash/core/store";
import { z } from "zod";

// The database takes no U+0000 in a text, and nobody has a name with a line break in it.
const nameLengthMax = 65_536;

/** What a client may set of a customer. An e-mail address is compared as it is written. */
export const customerSchema = z.strictObject({
  name: z
    .string()
    .min(1)
    .max(nameLengthMax)
    .regex(/^\P{Cc}*$/u, "A name holds no control characters"),
  // The longest that an address can be (RFC 5321 §4.5.3.1.3), and short enough for any database's index.
  email: z.email().max(254),
});

/** The fields of a customer. */
export type CustomerFields = z.infer<typeof customerSchema>;

/** A customer as the table has one. */
export interface Customer extends CustomerFields {
  readonly id: string;
  /** Counts the writes of this id, deletions too, and never restarts. */
  readonly version: number;
  /** Random, one for each write: the entity-tag of a version that comes back, from a backup say, is another one. */
  readonly tag: string;
  readonly modifiedAt: Moment;
  /** The name of who wrote this state; `null` is anonymous. */
  readonly modifiedBy: string | null;
}

/** A customer as a guard wants a state: what to compare, what to show, and since when. */
export interface CustomerState {
  readonly version: number;
  readonly etag: string;
  readonly value: Customer;
  readonly modifiedAt: Moment;
  readonly by: string | null;
}

/** The state that a guard compares requests with; nothing where there is no such customer. */
export function stateOf(customer: Customer): CustomerState;
export function stateOf(customer: Customer | undefined): CustomerState | undefined;
export function stateOf(customer: Customer | undefined): CustomerState | undefined {
  if (customer === undefined) return undefined;
  const { version, tag, modifiedAt, modifiedBy } = customer;
  return { version, etag: versionTag(version, tag), value: customer, modifiedAt, by: modifiedBy };
}

/** What clients see of a customer. */
export function representationOf({ id, version, name, email }: Customer): JsonObject {
  return { id, version, name, email };
}

/** How problems name a customer: `customers/1`. */
export function customerKey(id: string): string {
  return `customers/${id}`;
}

/** The path of the list, or of one customer, safe in a header. */
export function customerPath(base: string, id?: string): string {
  return id === undefined ? `${base}/customers` : `${base}/customers/${encodeURIComponent(id)}`;
}
