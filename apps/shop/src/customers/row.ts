import { z } from "zod";
import type { Customer } from "./customer.js";
import type { Made } from "./table.js";

/** A row as both databases give it; a deleted customer's has neither name nor e-mail address. */
const row = z.object({
  id: z.string(),
  name: z.string().nullable(),
  email: z.string().nullable(),
  version: z.coerce.number(),
  tag: z.string(),
  // PostgreSQL's driver gives whole numbers of 64 bits as texts.
  modified_at: z.coerce.number(),
  modified_by: z.string().nullable(),
  created_at: z.coerce.number(),
});

/** The columns that make a {@link Customer} or a {@link Made}. */
export const columns = "id, name, email, version, tag, modified_at, modified_by, created_at";

/** The customer in a row; nothing where there is no row, or only what a deletion left. */
export function customerIn(found: unknown): Customer | undefined {
  if (found === undefined) return undefined;
  const { id, name, email, version, tag, modified_at: modifiedAt, modified_by: modifiedBy } = row.parse(found);
  return name === null || email === null ? undefined : { id, name, email, version, tag, modifiedAt, modifiedBy };
}

/** What a row tells of the request that made it. */
export function madeIn(found: unknown): Made | undefined {
  if (found === undefined) return undefined;
  const { id, created_at: at } = row.parse(found);
  return { id, at, customer: customerIn(found) };
}

/** The version of a row, a deleted customer's too; 0 where there is none. */
export function versionIn(found: unknown): number {
  return found === undefined ? 0 : row.parse(found).version;
}
