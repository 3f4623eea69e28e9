import { CallbackError, createProblem } from "@unclash/core";
import { expect, test } from "vitest";
import type { LoadedState } from "../states/loaded-state.js";
import { checkedProblem, checkedRepresent, checkedResource } from "./guard-callbacks.js";
import type { GuardOptions } from "./guard-options.js";

type Callback<Name extends "resource" | "represent" | "problem"> = NonNullable<
  GuardOptions<unknown, LoadedState>[Name]
>;

const problem = createProblem({ slug: "not-found", status: 404, detail: "There is none.", instance: "/1" });

/** What a callback that JavaScript has not checked comes to. */
function outcomes(given: unknown): Readonly<Record<string, () => unknown>> {
  const resource = (() => given) as Callback<"resource">;
  const represent = (() => given) as Callback<"represent">;
  return {
    resource: () => checkedResource(resource)({}),
    represent: () => checkedRepresent(represent)({}, {}),
    problem: () => checkedProblem(() => given)(problem, {}),
  };
}

const circular: Record<string, unknown> = {};
circular["self"] = circular;

test.each<[callback: string, given: unknown, said: string]>([
  ["resource", 7, "must return the name of the resource, a non-empty string, or null, and returned 7"],
  ["resource", "", 'and returned ""'],
  ["represent", "a row", 'and returned "a row"'],
  ["represent", [{}], "and returned an array of 1"],
  ["problem", () => "text", "and returned a function"],
  ["problem", 12n, "must return text, or what can be sent as JSON: TypeError"],
  ["problem", circular, "must return text, or what can be sent as JSON: TypeError"],
])("%s that gives what it may not is refused by name: %#", (callback, given, said) => {
  expect(outcomes(given)[callback]).toThrow(CallbackError);
  expect(outcomes(given)[callback]).toThrow(said);
});

test.each(["resource", "represent", "problem"])(
  "%s that is async and rejects is refused, and leaves nothing unhandled",
  (name) => {
    const rejected = Promise.reject(new Error("later"));
    expect(outcomes(rejected)[name]).toThrow(`${name} must not be async`);
  },
);

test("what they may return is returned", () => {
  for (const nothing of [undefined, null]) expect(outcomes(nothing)["resource"]?.()).toBe(nothing);
  expect(outcomes("articles/1")["resource"]?.()).toBe("articles/1");
  for (const nothing of [undefined, null]) expect(outcomes(nothing)["represent"]?.()).toBeUndefined();
  expect(outcomes({ title: "New" })["represent"]?.()).toEqual({ title: "New" });
  for (const own of [undefined, problem, "text", { error: "text" }, null, ["a"]])
    expect(outcomes(own)["problem"]?.()).toBe(own);
});
