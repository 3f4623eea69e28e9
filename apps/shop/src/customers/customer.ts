import { versionTag } from "@unclash/core";
import { z } from "zod";

// PostgreSQL takes no U+0000 in a text, and nobody has a name with a line break in it.
const name = z
  .string()
  .min(1)
  .max(65_536)
  .regex(/^\P{Cc}*$/u, "A name holds no control characters");

/** What a client may set of a customer. An e-mail address is compared as it is written. */
export const customerSchema = z.strictObject({
  name,
  // The longest that an address can be (RFC 5321 §4.5.3.1.3), and short enough for any database's index.
  email: z.email().max(254),
});

/** The fields of a customer. */
export type CustomerFields = z.infer<typeof customerSchema>;

/** A customer, in a row of the table. */
export const customerRow = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string(),
  /** Counts the writes of this id, deletions too, and never restarts. PostgreSQL's driver gives it as a text. */
  version: z.coerce.number(),
  /** Random, one for each write: the entity-tag of a version that comes back, from a backup say, is another one. */
  tag: z.string(),
  modifiedAt: z.coerce.number(),
  /** The name of who wrote this state; `null` is anonymous. */
  modifiedBy: z.string().nullable(),
});

export type Customer = Readonly<z.infer<typeof customerRow>>;

/** A customer as a guard wants a state: what to compare, what to show, and since when. */
export interface CustomerState {
  readonly version: number;
  readonly etag: string;
  readonly value: Customer;
  readonly modifiedAt: number;
  readonly by: string | null;
}

export function stateOf(customer: Customer): CustomerState {
  const { version, tag, modifiedAt, modifiedBy } = customer;
  return { version, etag: versionTag(version, tag), value: customer, modifiedAt, by: modifiedBy };
}

/** What clients see of a customer. */
export function representationOf({
  id,
  version,
  name,
  email,
}: Customer): CustomerFields & Pick<Customer, "id" | "version"> {
  return { id, version, name, email };
}
