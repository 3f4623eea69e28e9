import { StoreError } from "@unclash/core";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import type { LoadedState } from "../states/loaded-state.js";
import { createGuard, type Entered } from "./guard.js";

/** A request with a key whose handler has begun, and whose `load` throws this the next time. */
async function enteredOnce(failure?: Error): Promise<Extract<Entered<LoadedState>, { kind: "pass" }>> {
  let loads = 0;
  const guard = createGuard<object, LoadedState>({
    load: () => {
      loads += 1;
      if (loads > 1 && failure !== undefined) throw failure;
      return { version: loads };
    },
    preconditions: { required: false },
    idempotency: { store: createMemoryStore(), anonymous: "address" },
  });
  const entered = await guard.enter({
    method: "PUT",
    base: "",
    path: "/articles/1",
    query: "",
    headers: { "idempotency-key": "a-key-of-sixteen-letters" },
    address: "127.0.0.1",
    body: { kind: "parsed", value: { title: "x" } },
    native: {},
  });
  if (entered.kind === "answer" || entered.again === undefined) throw new Error("It may not run again.");
  return entered;
}

test("what one run of a handler says of its effect says nothing of the next run's", async () => {
  const { guardedResponse, again } = await enteredOnce();
  guardedResponse.notApplied = true;
  guardedResponse.restart();
  await again?.enter();
  expect(guardedResponse.notApplied).toBe(false);
});

test("where the state can't be loaded for another run, nothing was applied, and a repeat may run", async () => {
  const failure = new Error("no connection");
  const { guardedResponse, again } = await enteredOnce(failure);
  guardedResponse.restart();
  await expect(again?.enter()).rejects.toBe(failure);
  expect(guardedResponse.notApplied).toBe(true);
});

test("a store that fails as another run loads its state is answered 503", async () => {
  const { guardedResponse, again } = await enteredOnce(new StoreError("cut off", "not-applied"));
  guardedResponse.restart();
  await expect(again?.enter()).rejects.toMatchObject({ answer: { status: 503, outcome: "store-unavailable" } });
});
