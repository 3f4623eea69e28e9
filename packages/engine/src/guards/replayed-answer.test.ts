import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { createGuard } from "../pipeline/guard.js";
import type { LoadedState } from "../states/loaded-state.js";
import type { GuardAnswer } from "./guard-error.js";
import type { GuardOptions } from "./guard-options.js";

interface Row extends LoadedState {
  readonly version: number;
  readonly value: { readonly title: string };
}

/** A stale request at a guard, each time again with its key, once it may no longer see the state. */
async function conflictAgain(
  options: Partial<GuardOptions<object, Row>> = {},
  size = 1,
): Promise<{ readonly first: GuardAnswer; readonly again: GuardAnswer }> {
  let isShown = true;
  const guard = createGuard<object, Row>({
    load: () => ({ version: 2, value: { title: "n".repeat(size) } }),
    represent: (row) => (isShown ? { ...row } : undefined),
    conflicts: { discloseCurrent: true },
    identify: () => ({ name: "alice" }),
    idempotency: { store: createMemoryStore() },
    ...options,
  });
  const ask = async (): Promise<GuardAnswer> => {
    const facts = { method: "PUT", base: "", path: "/articles/1", query: "", address: "127.0.0.1", native: {} };
    const headers = { "if-match": '"1"', "idempotency-key": "k" };
    const entered = await guard.enter({ ...facts, headers, body: { kind: "parsed", value: { title: "x" } } });
    if (entered.kind === "pass") throw new Error("It passed.");
    return entered.error.problem === undefined || options.onError === undefined
      ? entered.error.answer
      : { ...entered.error.answer, body: JSON.stringify(entered.error.problem) };
  };
  const first = await ask();
  isShown = size > 1;
  return { first, again: await ask() };
}

test.each<[what: string, options: Partial<GuardOptions<object, Row>>]>([
  ["the guard's own problem", {}],
  ["one that the framework's error handler answers", { onError: "next" }],
])("a kept conflict hides the state once represent does: %s", async (_, options) => {
  const { first, again } = await conflictAgain(options);
  expect(JSON.parse(String(first.body))).toMatchObject({ current: { representation: { title: "n" } } });
  const problem = JSON.parse(String(again.body));
  expect(problem).toMatchObject({ status: 409, resource: "articles/1" });
  for (const name of ["current", "changes", "conflictingFields", "identical"]) expect(problem).not.toHaveProperty(name);
  expect(problem.detail).not.toContain("version 2");
  expect(again.headers["idempotency-replayed"]).toBe("true");
});

test("of an app's own format nothing is given again, once represent hides the state", async () => {
  const { first, again } = await conflictAgain({ problem: ({ detail }) => ({ error: detail }) });
  expect(first.body).toContain("version 2");
  expect([again.status, again.body, again.headers["content-length"]]).toEqual([409, null, "0"]);
});

test("a conflict above what is kept is given again without the state", async () => {
  const { first, again } = await conflictAgain({}, 70_000);
  expect(String(first.body).length).toBeGreaterThan(70_000);
  expect(JSON.parse(String(again.body))).toMatchObject({ status: 409, resource: "articles/1" });
  expect(again.body).not.toContain("nnn");
});
