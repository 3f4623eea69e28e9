import { UsageError } from "@unclash/core";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { createUnclash } from "../unclash.js";
import { assertCalledBy, assertEngine, assertHandler, assertNotServed } from "./arguments.js";

const engine = createUnclash({ store: createMemoryStore(), collections: { notes: { schema: z.looseObject({}) } } });
const request = { method: "GET", url: "/", headers: {} };
const handler = () => undefined;

test("an engine is taken", () => {
  expect(() => assertEngine("mount", engine)).not.toThrow();
});

test.each<[given: unknown, said: string]>([
  [undefined, "was given undefined"],
  [createUnclash, "was given the function createUnclash: call it"],
  [Promise.resolve(engine), "was given a promise: put `await` before it"],
  [createMemoryStore(), "was given an object with capabilities, read, commit"],
  [request, "was given a request: hand over what it returns, mount(…), and not mount itself"],
  [{ register: handler, addHook: handler }, "was given an app: hand over what it returns"],
])("what is no engine is refused, and described: %#", (given, said) => {
  const mount = () => assertEngine("mount", given);
  expect(mount).toThrow(UsageError);
  expect(mount).toThrow(said);
});

test.each<[options: unknown, handler: unknown, said: string]>([
  [{}, undefined, "must be given a handler after its options, and was given undefined"],
  [{}, {}, "must be given a handler after its options, and was given an empty object"],
  [{}, Promise.resolve(handler), "was given a promise: put `await` before it"],
  [
    handler,
    {},
    "takes its options first, then the handler: guarded({ … }, handler). It was called with the two exchanged",
  ],
  [handler, undefined, "It was called without options"],
])("a handler that is none is refused: %#", (options, given, said) => {
  expect(() => assertHandler("guarded", options, given)).toThrow(said);
});

test("options are no request, and a framework's own call is let through", () => {
  expect(() => assertNotServed("guard", { load: handler })).not.toThrow();
  expect(() => assertNotServed("guard", request)).toThrow("guard() was given a request");
  expect(() => assertHandler("guarded", {}, handler)).not.toThrow();
  expect(() => assertCalledBy("guard", "Koa", true, {})).not.toThrow();
  expect(() => assertCalledBy("guard", "Koa", false, request)).toThrow(
    "guard() was handed to another framework: what guard() of unclash for Koa makes can only be called by Koa",
  );
});
