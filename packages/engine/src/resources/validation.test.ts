import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import type { UnclashOptions } from "../options.js";
import { createUnclash } from "../unclash.js";

const anything = { schema: z.looseObject({}), precondition: "optional" } as const;

function setUp(options: Omit<UnclashOptions, "store">) {
  return createUnclash({ store: createMemoryStore(), ...options });
}

test("a step that a state does not allow tells of the state only who may read it", async () => {
  let mayRead = true;
  const status = { initial: ["pending"], transitions: { pending: ["paid"] } };
  const unclash = setUp({
    collections: { orders: { ...anything, states: { status } } },
    authorize: (action) => (action === "read" && !mayRead ? "deny" : "allow"),
  });
  await ask(unclash, "POST /orders", { json: { id: "1", status: "pending" } });
  const told = bodyOf(await ask(unclash, "PATCH /orders/1", { json: { status: "shipped" } }));
  expect(told).toMatchObject({ status: 409, field: "/status", from: "pending", to: "shipped", allowed: ["paid"] });
  mayRead = false;
  const withheld = await ask(unclash, "PATCH /orders/1", { json: { status: "shipped" } });
  expect(withheld).toMatchObject({ status: 409, outcome: "invalid-state" });
  expect(bodyOf(withheld)).toMatchObject({ resource: "orders/1", field: "/status" });
  expect(withheld.body).not.toContain("pending");
  expect(withheld.body).not.toContain("paid");
});

test("a reference is an id, however long ids may be, and nothing else", async () => {
  const collections = { notes: { ...anything, references: { about: "notes" } } };
  const unclash = setUp({ collections, limits: { idBytesMax: 300 } });
  const id = "x".repeat(300);
  expect(await ask(unclash, "POST /notes", { json: { id } })).toMatchObject({ status: 201 });
  expect(await ask(unclash, "POST /notes", { json: { about: id } })).toMatchObject({ status: 201 });
  for (const about of [5, { id }, [id], true, "y", `${id}x`]) {
    const refused = await ask(unclash, "POST /notes", { json: { about } });
    expect(refused).toMatchObject({ status: 422 });
    expect(bodyOf(refused)).toMatchObject({ errors: [{ pointer: "/about" }] });
  }
  expect(await ask(unclash, "POST /notes", { json: { about: null } })).toMatchObject({ status: 201 });
});
