import type { Customer, CustomerFields } from "./customer.js";
import type { CustomerTable, NewCustomer } from "./table.js";

/** How it went to make a customer. */
export type Creation =
  | { readonly kind: "made"; readonly customer: Customer }
  /** The same request had made one before, of which this became; nothing where it was deleted since. */
  | { readonly kind: "made-before"; readonly id: string; readonly customer: Customer | undefined }
  | { readonly kind: "id-taken" }
  | { readonly kind: "email-taken"; readonly holder: Customer }
  /** What was in the way a moment ago is gone. */
  | { readonly kind: "raced" };

/** For how long a guard knows a key, unless it is told otherwise: after that the same key is another request's. */
const keyMsMax = 86_400_000;

/** Makes a customer; where something is in the way, finds out what it was. */
export async function create(table: CustomerTable, customer: NewCustomer): Promise<Creation> {
  const made = await table.insert(customer);
  if (made !== "taken") return { kind: "made", customer: made };
  const { key } = customer;
  const before = key === undefined ? undefined : await table.findMade(key);
  if (key !== undefined && before !== undefined) {
    const now = Date.now();
    if (before.at >= now - keyMsMax) return { kind: "made-before", id: before.id, customer: before.customer };
    await table.releaseKey(key, now - keyMsMax);
    return { kind: "raced" };
  }
  return (await inTheWay(table, customer)) ?? { kind: "raced" };
}

/** Says how it would go to make a customer, and makes none. */
export async function tryToCreate(table: CustomerTable, customer: NewCustomer): Promise<Creation> {
  const taken = await inTheWay(table, customer);
  if (taken !== undefined) return taken;
  const { id, name, email, by } = customer;
  const version = (await table.lastVersion(id)) + 1;
  return { kind: "made", customer: { id, name, email, version, tag: "", modifiedAt: 0, modifiedBy: by } };
}

async function inTheWay(
  table: CustomerTable,
  { id, email }: Pick<NewCustomer, "id"> & CustomerFields,
): Promise<Creation | undefined> {
  if ((await table.find(id)) !== undefined) return { kind: "id-taken" };
  const holder = await table.findByEmail(email);
  return holder === undefined ? undefined : { kind: "email-taken", holder };
}
