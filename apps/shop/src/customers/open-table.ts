import type { StoreLocation } from "../environment.js";
import { openPostgresTable } from "./postgres-table.js";
import { openSqliteTable } from "./sqlite-table.js";
import type { CustomerTable } from "./table.js";

/**
 * Opens the table of customers in the database that the store is in, after the store has made it. Where the store is
 * no SQL database, they have a file of SQLite to themselves.
 *
 * @throws StoreError where the database failed, or did not answer
 */
export function openCustomerTable(location: StoreLocation): Promise<CustomerTable> {
  switch (location.kind) {
    case "memory":
      return openSqliteTable({ file: "" });
    case "sqlite":
      return openSqliteTable({ file: location.file });
    case "postgres":
      return openPostgresTable(location);
    case "redis":
      return openSqliteTable({ file: redisCompanion(location.name) });
  }
}

/**
 * Shops that share a Redis server are told apart by name, as they are there. A name may hold what no file's name can.
 */
function redisCompanion(name: string | undefined): string {
  return name === undefined ? "data/customers.db" : `data/customers-${encodeURIComponent(name)}.db`;
}
