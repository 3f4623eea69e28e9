import { CallbackError } from "@unclash/core";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { RefusedCredentials } from "../access/actor.js";
import { ask } from "../ask.test-support.js";
import type { UnclashOptions } from "../options.js";
import { createUnclash } from "../unclash.js";

const schema = z.object({ title: z.string() });

function setUp(options: Record<string, unknown>, collection: Record<string, unknown> = {}) {
  const articles = { schema, preconditions: { required: false }, ...collection };
  const given: unknown = { store: createMemoryStore(), collections: { articles }, ...options };
  return createUnclash(given as UnclashOptions);
}

/** The error that an engine gives to its framework, which answers 500. */
async function failureOf(unclash: ReturnType<typeof createUnclash>): Promise<CallbackError> {
  const etags: string[] = [];
  try {
    const made = await ask(unclash, "POST /articles", { json: { id: "1", title: "Old" } });
    etags.push(made.headers["etag"] ?? "");
    await ask(unclash, "PUT /articles/1", { json: { title: "New" } });
    await ask(unclash, "PUT /articles/1", { json: { title: "Late" }, headers: { "if-match": etags[0] ?? "" } });
  } catch (thrown) {
    if (thrown instanceof CallbackError) return thrown;
    throw thrown;
  }
  throw new Error("Nothing was refused.");
}

const rejected = (): Promise<never> => Promise.reject(new Error("rejected later"));

const mistakes: readonly [callback: string, given: unknown, said: string][] = [
  ["identify", { id: 7 }, "its `name` must be a non-empty string of at most 1024 characters, and is undefined"],
  ["identify", "alice", 'the name is a member of an object, and gave "alice"'],
  ["identify", true, "and gave true"],
  ["identify", { name: "" }, 'and is ""'],
  ["identify", { name: " " }, 'and is " "'],
  ["identify", { name: 7 }, "and is 7"],
  ["identify", { name: Promise.resolve("alice") }, "and is a promise: put `await` before it"],
  ["identify", { name: "a".repeat(1_025) }, "at most 1024 characters"],
  ["identify", { name: "alice", role: "root" }, 'its `role` must be "client" or "admin"'],
  ["identify", new RefusedCredentials("Bearer"), "an error must be thrown, not returned"],
  ["identify", { kind: "refused", challenge: "Bearer" }, "its `name` must be a non-empty string"],
  ["authorize", true, 'must give "allow", "deny" or "hide", and gave true'],
  ["authorize", undefined, "and gave undefined"],
  ["authorize", "denied", 'and gave "denied"'],
  ["rules[0]", true, 'must return nothing, "forbidden", or { field, detail }'],
  ["rules[0]", "too long", 'and returned "too long"'],
  ["rules[0]", { field: "title", detail: "…" }, "a JSON Pointer"],
  ["strategy", undefined, "and gave undefined"],
  ["strategy", "accept", 'and gave "accept"'],
  ["strategy", { kind: "accept", value: "New" }, "an object with kind, value"],
];

function withCallback(name: string, callback: () => unknown) {
  if (name === "rules[0]") return setUp({}, { rules: [callback] });
  return name === "strategy" ? setUp({}, { conflicts: { strategy: callback } }) : setUp({ [name]: callback });
}

const inCollection: Readonly<Record<string, string>> = { "rules[0]": "rules[0]", strategy: "conflicts.strategy" };

function pathOf(name: string): string {
  const path = inCollection[name];
  return path === undefined ? name : `collections.articles.${path}`;
}

test.each(mistakes)("%s that gives %j is an error of the app that names it", async (name, given, said) => {
  const callbacks = name === "rules[0]" ? [() => given] : [() => given, async () => given];
  for (const callback of callbacks) {
    const { callback: named, message } = await failureOf(withCallback(name, callback));
    expect(named).toBe(pathOf(name));
    expect(message).toContain(said);
  }
});

test("a rule that is async is refused as such, and what it rejects with is not left unhandled", async () => {
  const { message } = await failureOf(withCallback("rules[0]", rejected));
  expect(message).toContain("collections.articles.rules[0] must not be async");
});

test("what callbacks may give is taken as before, promises of it too", async () => {
  const identities = [{ name: "alice" }, { name: "root", role: "admin" }, undefined, null];
  for (const identity of identities) {
    for (const identify of [() => identity, async () => identity]) {
      const unclash = setUp({ identify, authorize: async () => "allow" }, { rules: [() => null, () => undefined] });
      expect(await ask(unclash, "POST /articles", { json: { title: "New" } })).toMatchObject({ status: 201 });
    }
  }
});
