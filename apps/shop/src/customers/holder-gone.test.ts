import { describe, expect, it } from "vitest";
import { content, openCustomers } from "./customers.test-support.js";
import { json } from "./requests.test-support.js";
import type { CustomerTable } from "./table.js";

const dora = { name: "Dora", email: "dora@example.com" };
const writes = [
  ["POST", "/customers", json],
  ["PUT", "/customers/9", { ...json, "if-none-match": "*" }],
  ["PUT", "/customers/1", { ...json, "if-match": "*" }],
] as const;

/** A table whose writes find their e-mail address taken so many times, by a customer whom nobody finds afterwards. */
function takenFor(times: number): (table: CustomerTable) => CustomerTable {
  let left = times;
  return (table) => ({
    ...table,
    insert: async (customer) => (left-- > 0 ? "taken" : table.insert(customer)),
    update: async (...values) => (left-- > 0 ? "taken" : table.update(...values)),
  });
}

describe("a write whose e-mail address is taken by a customer who is gone by then", () => {
  it.each(writes)("is tried again: %s %s", async (method, target, headers) => {
    const { ask, table } = await openCustomers({ wrap: takenFor(3) });
    const written = await ask(method, target, { headers, body: JSON.stringify(dora) });
    expect(content(written)).toMatchObject(dora);
    expect(await table.findByEmail(dora.email)).toMatchObject(dora);
  });

  it.each(writes)("is given up where that goes on: %s %s", async (method, target, headers) => {
    const { ask, table } = await openCustomers({ wrap: takenFor(1_000) });
    const given = await ask(method, target, { headers, body: JSON.stringify(dora) });
    expect(given.headers["retry-after"]).toBe("1");
    expect(content(given)).toMatchObject({ status: 503, outcome: "not-applied", instance: target });
    expect(await table.findByEmail(dora.email)).toBeUndefined();
  });
});
