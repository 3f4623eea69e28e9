import { expect, test } from "vitest";
import { isAnsweredHere } from "../adapter/admit.js";
import { createGuard } from "../pipeline/guard.js";
import { checkRequest } from "./check.js";
import { GuardError } from "./guard-error.js";
import type { GuardOptions } from "./guard-options.js";

const row = { id: "1", title: "A", version: 3 };

function put(options: GuardOptions<object, typeof row>) {
  const guard = createGuard<object, typeof row>(options);
  const facts = { method: "PUT", base: "", path: "/articles/1", query: "", address: "127.0.0.1", native: {} };
  const request = {
    ...facts,
    headers: { "if-match": '"3"' },
    body: { kind: "parsed", value: { title: "B" } },
  } as const;
  return { request, entered: guard.enter(request) };
}

test("check() behind a guard goes by that guard, whatever its own options would want besides", async () => {
  const { request, entered } = put({});
  await entered;
  const { context } = await checkRequest(request, row, { conflicts: { discloseCurrent: true } });
  expect(context.current).toEqual(row);
});

test("a lost write is answered though load and problem fail: with a bare 500", async () => {
  let loads = 0;
  const { entered } = put({
    load: () => {
      loads += 1;
      if (loads > 1) throw new Error("The database is gone.");
      return row;
    },
    problem: (problem) => Object(problem)["current"].version,
  });
  const admitted = await entered;
  if (admitted.kind === "answer") throw admitted.error;
  await expect(admitted.context.outcome.expectAffected(0)).rejects.toThrow("The database is gone.");
  const lost = await admitted.guardedResponse.lost;
  expect(lost?.status).toBe(500);
});

test("a 304 is answered by its guard, though problems are handed on", () => {
  const notModified = new GuardError({ status: 304, headers: {}, body: null, outcome: "not-modified" });
  expect(isAnsweredHere({ forwardsErrors: true }, notModified)).toBe(true);
  expect(isAnsweredHere({ forwardsErrors: true }, new Error("broken"))).toBe(false);
});
