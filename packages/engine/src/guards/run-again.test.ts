import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { createGuard } from "../pipeline/guard.js";
import type { LoadedState } from "../states/loaded-state.js";
import type { GuardOptions } from "./guard-options.js";

const leaseMs = 1_000;

type Options = Omit<GuardOptions<object, LoadedState>, "load" | "idempotency"> & { readonly rerun?: boolean };

/** What a request meets whose first run changed version 1 to 2, was never answered, and died. */
async function afterCrash(
  method: string,
  headers: Readonly<Record<string, string>>,
  { rerun = false, ...options }: Options = {},
): Promise<string> {
  let now = 1_800_000_000_000;
  let version = 1;
  const store = createMemoryStore({ clock: () => now });
  const load = (): LoadedState => ({ version });
  const guard = createGuard<object, LoadedState>({
    ...options,
    load,
    idempotency: { store, leaseMs, rerun, anonymous: "address" },
  });
  const ask = () => {
    const facts = { method, base: "", path: "/articles/1", query: "", address: "127.0.0.1", native: {} };
    const body = { kind: "parsed", value: { title: "x" } } as const;
    return guard.enter({ ...facts, body, headers: { ...headers, "idempotency-key": "a-key-of-sixteen-letters" } });
  };
  const first = await ask();
  if (first.kind === "answer") throw new Error("The first request did not run.");
  first.guardedResponse.run?.abandon();
  version = 2;
  now += leaseMs + 1;
  const again = await ask();
  if (again.kind === "answer") return again.error.answer.outcome;
  again.guardedResponse.run?.abandon();
  return "runs";
}

const unknown = "idempotency-in-progress";
const stale = { "if-match": '"1"' };
const everyStrategy = { conflicts: { strategy: "last-write-wins" } } as const;
const asList = { resource: () => null };

test.each<[what: string, method: string, headers: Readonly<Record<string, string>>, met: string, options?: Options]>([
  ["its one state is gone", "PUT", stale, "version-conflict"],
  ["any state will do", "PUT", { "if-match": "*" }, unknown],
  ["one of the states that it names may be its own", "PUT", { "if-match": '"1", "2"' }, unknown],
  ["a strategy would carry out the stale write once more", "PUT", stale, unknown, everyStrategy],
  ["nothing holds its If-Match against a state", "POST", stale, unknown, asList],
  ["the handler knows a repeat by itself", "POST", stale, "runs", { ...asList, rerun: true }],
  ["the handler knows a repeat of a stale write by itself", "PUT", stale, "runs", { ...everyStrategy, rerun: true }],
])("what was begun and never answered has one effect: %s", async (_, method, headers, met, options) => {
  expect(await afterCrash(method, headers, options)).toBe(met);
});
