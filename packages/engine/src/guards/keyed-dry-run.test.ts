import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { createGuard } from "../pipeline/guard.js";

const stale = { "if-match": '"1"', "idempotency-key": "a-key-of-sixteen-letters" };

test.each([
  ["404", undefined, stale],
  ["428", { version: 2 }, { "idempotency-key": stale["idempotency-key"] }],
  ["a conflict", { version: 2 }, stale],
])("%s of a dry run is not kept for the request itself", async (_, state, headers) => {
  const guard = createGuard({ load: () => state, idempotency: { store: createMemoryStore(), anonymous: "address" } });
  const ask = async (prefer: Readonly<Record<string, string>>): Promise<string> => {
    const facts = { method: "PUT", base: "", path: "/articles/1", query: "", address: "127.0.0.1", native: {} };
    const body = { kind: "parsed", value: { title: "x" } } as const;
    const entered = await guard.enter({ ...facts, body, headers: { ...headers, ...prefer } });
    return entered.kind === "answer" ? entered.error.answer.outcome : "passes";
  };
  const refusal = await ask({ prefer: "dry-run" });
  expect(await ask({})).toBe(refusal);
  expect(await ask({ prefer: "dry-run" })).toBe("replayed");
  expect(await ask({})).toBe("replayed");
});
