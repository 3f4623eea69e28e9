import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import type { UnclashOptions } from "../options.js";
import { createUnclash } from "../unclash.js";
import type { ChangeRule } from "./transitions.js";

const anything = { schema: z.looseObject({}), preconditions: { required: false } } as const;

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
  const unclash = setUp({ collections, requestLimits: { idBytesMax: 300 } });
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

test("the first rule that refuses decides, and forbids before references are looked at", async () => {
  const asked: string[] = [];
  const rule = (name: string, refusal: ReturnType<ChangeRule>): ChangeRule => {
    return ({ after }) => {
      asked.push(name);
      return after["refuse"] === name ? refusal : undefined;
    };
  };
  const fault = { field: "/refuse", detail: "Not so." };
  const rules = [rule("fault", fault), rule("ban", "forbidden"), rule("late", "forbidden")];
  const unclash = setUp({ collections: { notes: { ...anything, references: { about: "notes" }, rules } } });
  const post = async (refuse: string, about?: string) => {
    asked.length = 0;
    const { status, outcome } = await ask(unclash, "POST /notes", { json: { id: "1", refuse, about } });
    return [status, outcome, ...asked];
  };
  expect(await post("ban", "nothing")).toEqual([403, "forbidden", "fault", "ban"]);
  expect(await post("fault", "nothing")).toEqual([422, "validation-failed", "fault"]);
  expect(await post("fault")).toEqual([409, "invalid-state", "fault"]);
  expect(await post("none")).toEqual([201, "created", "fault", "ban", "late"]);
});

test("what a rule forbids names the resource as the client did", async () => {
  const rules: readonly ChangeRule[] = [({ after }) => (after["a"] === 1 ? undefined : "forbidden")];
  const unclash = setUp({ collections: { notes: { ...anything, rules } } });
  const detailOf = async (line: string, json: object) => bodyOf(await ask(unclash, line, { json }))["detail"];
  expect(await detailOf("POST /notes", {})).toBe("You may not create notes/*.");
  expect(await detailOf("POST /notes", { id: "1" })).toBe("You may not create notes/1.");
  await ask(unclash, "POST /notes", { json: { id: "1", a: 1 } });
  expect(await detailOf("PATCH /notes/1", { a: 2 })).toBe("You may not change notes/1.");
});
