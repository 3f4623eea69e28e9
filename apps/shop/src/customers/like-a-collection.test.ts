import { textPlan } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import { createMemoryStore } from "@unclash/memory";
import { createUnclash } from "unclash";
import type { GuardAnswer } from "unclash/adapter";
import { expect, it } from "vitest";
import { customers as seeds } from "../seed/customers.js";
import { customerSchema } from "./customer.js";
import { type Ask, factsOf, identifyAlice, openCustomers } from "./customers.test-support.js";
import { json, requests } from "./requests.test-support.js";

it("customers are answered for as a collection would be, but for what only collections have", async () => {
  const customers = await openCustomers();
  const collection = await openCollection();
  let answers = 0;
  for (const [method, target, sent] of requests) {
    const name = `${method} ${target} ${JSON.stringify(sent ?? {}).slice(0, 200)}`;
    const [actual, expected] = [await customers.ask(method, target, sent), await collection(method, target, sent)];
    expect([name, shown(actual)]).toEqual([name, shown(expected)]);
    answers++;
  }
  expect(answers).toBe(requests.length);
});

/** The same customers in a collection of the engine's. */
async function openCollection(): Promise<Ask> {
  const unclash = createUnclash({
    store: createMemoryStore(),
    collections: { customers: { schema: customerSchema, unique: ["email"] } },
    identify: identifyAlice,
  });
  const ask: Ask = async (method, target, sent) => textPlan(await unclash.handle(factsOf(method, target, sent)));
  for (const { id, name, email } of seeds) {
    await ask("POST", "/customers", { headers: json, body: JSON.stringify({ id, name, email }) });
  }
  return ask;
}

/** An answer without what is random, and without what leads to the history and the events that these do not have. */
function shown({ status, headers, body, outcome }: GuardAnswer): unknown {
  const { link, "unclash-cursor": _, ...rest } = headers;
  const kept: Record<string, string | readonly string[]> = { ...rest, ...(link?.includes('rel="next"') && { link }) };
  const problem = kept["content-type"] === "application/problem+json";
  // The guard's `Vary` stands on every answer of its handler.
  if (problem) for (const name of ["content-length", "vary"]) delete kept[name];
  const text = JSON.stringify({ status, headers: kept, outcome, body: problem ? withoutHistory(String(body)) : body });
  return JSON.parse(
    text
      .replace(", accept-datetime", "")
      .replace(/\\?"[\w-]{43}\\?"/g, "DIGEST")
      .replace(/-[\w-]{16}(?=\\*")/g, "-TAG")
      .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, "DATE")
      .replace(/\d{4}-\d\d-\d\dT[\d:.]{12}Z/g, "MOMENT"),
  );
}

function withoutHistory(body: string): unknown {
  const { changes, conflictingFields, links, ...problem }: JsonObject = JSON.parse(body);
  const { versions, ...others }: JsonObject =
    typeof links === "object" && links !== null && "resource" in links ? links : {};
  return { ...problem, links: others };
}
