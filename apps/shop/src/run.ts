import { UnclashError } from "@unclash/core";
import { createUnclash, type Unclash } from "unclash";
import { actorByName, identifyByToken } from "./accounts.js";
import { api, collections } from "./collections.js";
import { type Customers, createCustomers } from "./customers/customers.js";
import { openCustomerTable } from "./customers/open-table.js";
import { readEnvironment } from "./environment.js";
import { EnvironmentError } from "./environment-error.js";
import { openStore } from "./open-store.js";
import { seed } from "./seed.js";
import { type Served, serve } from "./serve.js";

/**
 * Runs the shop until the process is told to stop: reads the environment, opens the store and the table of customers,
 * fills an empty shop, and serves what `createServer` makes of the engine and the customers. A sample gives its
 * framework here, and has nothing else to do.
 *
 * What keeps it from starting is told in one line on stderr, and the process ends with 1.
 */
export async function runShop(
  createServer: (unclash: Unclash, customers: Customers) => Served | Promise<Served>,
): Promise<void> {
  try {
    const settings = readEnvironment(process.env);
    const { host, port, conflictStatus, accounts, allowPrivateCallbacks, store: location } = settings;
    const store = await openStore(location);
    try {
      await seed(store);
      const identify = identifyByToken(accounts);
      const table = await openCustomerTable(location);
      try {
        const notifications = { actorOf: actorByName(accounts), allowPrivateCallbacks };
        const unclash = createUnclash({
          store,
          collections,
          apiVersions: api,
          identify,
          conflictStatus,
          notifications,
        });
        const customers = createCustomers({ table, store, identify, conflictStatus });
        const served = await createServer(unclash, customers);
        unclash.start();
        await serve(served, { host, port }).finally(() => unclash.close());
      } finally {
        await table.close();
      }
    } finally {
      // Last, so that every request that was let finish could.
      await store.close();
    }
  } catch (error) {
    if (!(error instanceof UnclashError || error instanceof EnvironmentError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
