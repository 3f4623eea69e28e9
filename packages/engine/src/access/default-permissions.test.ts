import { createMemoryStore } from "@unclash/memory";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { resolveOptions, type UnclashOptions } from "../options.js";
import type { Actor } from "./actor.js";
import { noState } from "./asked-resource.js";
import type { Authorize } from "./authorize.js";
import { type Action, authorizeByDefault, type Claim, noClaim } from "./default-permissions.js";
import { ResourceExchange } from "./resource-exchange.js";

const callers = {
  anonymous: undefined,
  client: { name: "alice" },
  admin: { name: "root", role: "admin" },
} as const satisfies Readonly<Record<string, Actor | undefined>>;

const request = { method: "GET", base: "", path: "/notes", query: "", headers: {}, address: undefined };
const facts = { ...request, native: undefined, body: { kind: "parsed", value: undefined } } as const;

const identify = (): undefined => undefined;

function exchangeOf(actor: Actor | undefined, options: Partial<UnclashOptions> = { identify }) {
  const collections = { notes: { schema: z.looseObject({}) } };
  const settings = resolveOptions({ store: createMemoryStore(), collections, ...options });
  return new ResourceExchange(settings, facts, actor);
}

/** What a caller gets who wants to do something: `yes`, or the status that it is refused with. */
async function ask(
  exchange: ReturnType<typeof exchangeOf>,
  action: Action,
  key: string,
  claim?: Claim,
): Promise<"yes" | number> {
  const permission = await exchange.askPermission([action], key, noState, claim && { claim });
  if (permission.kind === "allowed") return "yes";
  if (permission.kind === "hidden") return 404;
  return permission.refusal.slug === "unauthenticated" ? 401 : 403;
}

const own: Claim = { isOwn: true, isOneOfSeveral: false };
const several: Claim = { isOwn: true, isOneOfSeveral: true };

type Row = readonly [
  what: string,
  action: Action,
  key: string,
  claim: Claim | undefined,
  anonymous: "yes" | number,
  client: "yes" | number,
  admin: "yes" | number,
];

const table: readonly Row[] = [
  ["read a resource", "read", "notes/1", undefined, "yes", "yes", "yes"],
  ["create a resource", "create", "notes/*", undefined, "yes", "yes", "yes"],
  ["change a resource", "change", "notes/1", undefined, "yes", "yes", "yes"],
  ["delete a resource", "delete", "notes/1", undefined, "yes", "yes", "yes"],
  ["read a history, or a diff", "history", "notes/1", undefined, "yes", "yes", "yes"],
  ["lock one resource", "lock", "notes/1", own, "yes", "yes", "yes"],
  ["lock several resources", "lock", "notes/1", several, 401, "yes", "yes"],
  ["lock a collection", "lock", "notes/*", own, 401, "yes", "yes"],
  ["end another's lock", "break-lock", "notes/1", noClaim, 401, 403, "yes"],
  ["use one's own transaction", "transaction", "transactions/*", own, "yes", "yes", "yes"],
  ["use another's transaction", "transaction", "transactions/*", noClaim, 404, 404, 404],
  ["roll back", "rollback", "notes/1", undefined, 401, 403, "yes"],
  ["redact", "redact", "notes/1", undefined, 401, 403, "yes"],
  ["subscribe, and see one's own subscriptions", "subscribe", "notes/*", own, 401, "yes", "yes"],
  ["see another's subscription", "subscribe", "notes/*", noClaim, 401, 404, 404],
  ["read a conflict of one's own write", "read-conflict", "notes/1", own, 401, "yes", "yes"],
  ["read a conflict of another's write", "read-conflict", "notes/1", noClaim, 401, 404, "yes"],
  ["resolve a conflict of one's own write", "resolve", "notes/1", own, 401, "yes", "yes"],
  ["resolve a conflict of another's write", "resolve", "notes/1", noClaim, 401, 404, "yes"],
];

describe("where the app sets no authorize, may one", () => {
  test.each(table)("%s?", async (_what, action, key, claim, ...expected) => {
    const found = Object.values(callers).map((actor) => ask(exchangeOf(actor), action, key, claim));
    expect(await Promise.all(found)).toEqual(expected);
  });

  test("nothing that is 401 is anything but 403 where the app identifies nobody", async () => {
    const refused = table.filter(([, , , , anonymous]) => anonymous === 401);
    for (const [, action, key, claim] of refused)
      expect(await ask(exchangeOf(undefined, {}), action, key, claim)).toBe(403);
  });

  test("every action has a row", () => {
    const actions = new Set(table.map(([, action]) => action));
    expect(actions.size).toBe(13);
  });
});

test("an authorize of the app's that ends in the default permissions has them as they are", async () => {
  const authorize: Authorize = (...asked) => authorizeByDefault(...asked);
  for (const [what, action, key, claim, ...expected] of table) {
    const found = Object.values(callers).map((actor) =>
      ask(exchangeOf(actor, { identify, authorize }), action, key, claim),
    );
    expect(await Promise.all(found), what).toEqual(expected);
  }
});

test("nothing is one's own for an authorize that leaves the claim out", () => {
  expect(authorizeByDefault("resolve", "notes/1", callers.client)).toBe("hide");
});

test("an authorize that denies what it does not name opens nothing new", async () => {
  const authorize: Authorize = (action) => (action === "read" || action === "change" ? "allow" : "deny");
  for (const [what, action, key, claim] of table) {
    const found = await ask(exchangeOf(callers.admin, { identify, authorize }), action, key, claim);
    const isClosed = claim === noClaim && action !== "break-lock";
    expect(found, what).toBe(action === "read" || action === "change" ? "yes" : isClosed ? 404 : 403);
  }
});

test("an app is asked with whose it is, and never about another's transaction or subscription", async () => {
  const asked: unknown[] = [];
  const authorize: Authorize = (action, key, _actor, { isOwn, isOneOfSeveral }) => {
    asked.push([action, key, isOwn, isOneOfSeveral]);
    return "allow";
  };
  const exchange = exchangeOf(callers.client, { identify, authorize });
  const results = [];
  for (const [, action, key, claim] of table) results.push(await ask(exchange, action, key, claim));
  const isAsked = ([, action, , claim]: Row): boolean =>
    claim !== noClaim || (action !== "transaction" && action !== "subscribe");
  expect(asked).toEqual(
    table
      .filter(isAsked)
      .map(([, action, key, claim]) => [action, key, claim?.isOwn ?? false, claim?.isOneOfSeveral ?? false]),
  );
  expect(results).toEqual(table.map((row) => (isAsked(row) ? "yes" : 404)));
});
