import { randomBytes } from "node:crypto";
import type { Moment } from "@unclash/core/store";
import type { Customer, CustomerFields } from "./customer.js";

/** Who writes, and what the write is known by. */
export interface Author {
  /** The name of whoever is at it; `null` is anonymous. */
  readonly by: string | null;
}

/** A customer to be made. */
export interface NewCustomer extends CustomerFields, Author {
  readonly id: string;
  /**
   * By what the request that makes it can be told from others when it comes again; see {@link CustomerTable.findMade}.
   */
  readonly key?: string | undefined;
}

/** What a request made earlier. */
export interface Made {
  readonly id: string;
  readonly at: Moment;
  /** What became of it; nothing where it was deleted since. */
  readonly customer: Customer | undefined;
}

/**
 * The shop's own table of customers, which knows nothing of unclash. Each method is one statement, so that nothing is
 * looked at in one moment and changed in the next: a write names the version that it replaces in its `WHERE`.
 *
 * A deleted customer leaves its row, without name and e-mail address: its version goes on when it is made again.
 *
 * All methods reject with a `StoreError` where the database failed, or kept them waiting for too long.
 */
export interface CustomerTable {
  find(id: string): Promise<Customer | undefined>;
  findByEmail(email: string): Promise<Customer | undefined>;
  /** What the request with this key has made. */
  findMade(key: string): Promise<Made | undefined>;
  /** The version that this id has now, or had when it was deleted; 0 where there never was one. */
  lastVersion(id: string): Promise<number>;
  /** By id, in the order of its bytes. */
  list(page: { readonly after?: string | undefined; readonly limit: number }): Promise<readonly Customer[]>;
  /** Makes a customer. `taken`: the id, the e-mail address or the key is another's; nothing was written. */
  insert(customer: NewCustomer): Promise<Customer | "taken">;
  /** Replaces this version. `stale`: it is not the current one; `taken`: the e-mail address is another's. */
  update(id: string, version: number, fields: CustomerFields & Author): Promise<Customer | "stale" | "taken">;
  /** Deletes this version. `stale`: it is not the current one. */
  remove(id: string, version: number, author: Author): Promise<"removed" | "stale">;
  /** Forgets by which key a customer was made, if that was before this moment: the key may be used anew. */
  releaseKey(key: string, before: Moment): Promise<void>;
  close(): Promise<void>;
}

/** The random part of an entity-tag: 96 bits. */
export function createTag(): string {
  return randomBytes(12).toString("base64url");
}
