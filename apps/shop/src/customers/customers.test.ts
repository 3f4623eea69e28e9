import { StoreError } from "@unclash/core";
import { createMemoryStore } from "@unclash/memory";
import type { GuardAnswer } from "unclash/adapter";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import { content, openCustomers, type Sent } from "./customers.test-support.js";
import type { CustomerTable } from "./table.js";

const any = { "if-match": "*" };
const alice = { authorization: "Bearer a1" };
const dora = { name: "Dora", email: "dora@example.com" };

function json(body: unknown, headers: Readonly<Record<string, string>> = {}): Sent {
  return { headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) };
}

function merge(body: unknown, headers: Readonly<Record<string, string>> = {}): Sent {
  return { headers: { "content-type": "application/merge-patch+json", ...headers }, body: JSON.stringify(body) };
}

/** A table that does something else first, the first `times` that one of its methods is called. */
function beset<Name extends "insert" | "update" | "remove">(
  method: Name,
  times: number,
  first: (table: CustomerTable) => Promise<unknown>,
): (table: CustomerTable) => CustomerTable {
  let left = times;
  return (table) => {
    const before = async (called: string): Promise<void> => {
      if (called === method && left-- > 0) await first(table);
    };
    return {
      ...table,
      insert: (customer) => before("insert").then(() => table.insert(customer)),
      update: (...values) => before("update").then(() => table.update(...values)),
      remove: (...values) => before("remove").then(() => table.remove(...values)),
    };
  };
}

/** A page of the list. */
function pageIn(answer: GuardAnswer): z.infer<typeof page> {
  return page.parse(content(answer));
}

const page = z.object({
  items: z.array(z.object({ id: z.string(), etag: z.string() })),
  next: z.string().nullable(),
});

/** Someone else renames the first customer. */
async function rename(table: CustomerTable): Promise<void> {
  const current = await table.find("1");
  if (current !== undefined) {
    await table.update("1", current.version, { name: `${current.name}!`, email: current.email, by: "bob" });
  }
}

describe("a customer", () => {
  it("that was deleted is not there any more, and goes on counting when it is made again", async () => {
    const { ask } = await openCustomers();
    expect((await ask("DELETE", "/customers/1", { headers: any })).status).toBe(204);
    for (const method of ["GET", "HEAD", "DELETE"]) {
      expect([method, (await ask(method, "/customers/1", { headers: any })).status]).toEqual([method, 404]);
    }
    expect((await ask("PATCH", "/customers/1", merge({}, any))).status).toBe(404);
    const again = await ask("PUT", "/customers/1", json(dora, { "if-none-match": "*" }));
    expect([again.status, content(again)]).toEqual([201, { id: "1", version: 3, ...dora }]);
  });

  it("is not sent again to who has it", async () => {
    const { ask } = await openCustomers();
    const { headers } = await ask("GET", "/customers/1");
    expect((await ask("GET", "/customers/1", { headers: { "if-none-match": String(headers["etag"]) } })).status).toBe(
      304,
    );
    const list = await ask("GET", "/customers");
    const again = { headers: { "if-none-match": String(list.headers["etag"]) } };
    expect((await ask("GET", "/customers", again)).status).toBe(304);
    await ask("PATCH", "/customers/1", merge({ name: "New" }, any));
    expect((await ask("GET", "/customers/1", { headers: { "if-none-match": String(headers["etag"]) } })).status).toBe(
      200,
    );
    expect((await ask("GET", "/customers", again)).status).toBe(200);
  });

  it("has an entity-tag for each of its states, and never the same twice", async () => {
    const { ask } = await openCustomers();
    const tags = [(await ask("GET", "/customers/1")).headers["etag"]];
    for (const name of ["A", "B", "A", "B"]) {
      tags.push(
        (await ask("PATCH", "/customers/1", merge({ name }, { "if-match": String(tags.at(-1)) }))).headers["etag"],
      );
    }
    expect(new Set(tags).size).toBe(5);
    expect((await ask("GET", "/customers/1")).headers["etag"]).toBe(tags.at(-1));
    const stale = await ask("PATCH", "/customers/1", merge({ name: "C" }, { ...alice, "if-match": String(tags[1]) }));
    expect(content(stale)).toMatchObject({ status: 409, current: { version: 5, etag: tags.at(-1) } });
  });

  it("says in a conflict who wrote it, and with the status that was set", async () => {
    const { ask } = await openCustomers({ conflictStatus: 412 });
    await ask("PATCH", "/customers/1", merge({ name: "Hers" }, { ...any, ...alice }));
    const late = await ask("PATCH", "/customers/1", merge({ name: "His" }, { "if-match": '"1-x"' }));
    expect(late.status).toBe(412);
    expect(content(late)).toMatchObject({ current: { version: 2, by: "alice" } });
    const sameTime = await ask("PATCH", "/customers/1", merge({ version: 1, name: "Hers" }));
    expect(content(sameTime)).toMatchObject({ status: 409, expected: { version: 1 }, identical: true });
  });
});

describe("the list", () => {
  it("comes page by page, each item with the entity-tag that it has by itself", async () => {
    const { ask } = await openCustomers();
    const ids: unknown[] = [];
    for (let target: string | undefined = "/customers?limit=2"; target !== undefined; ) {
      const page = await ask("GET", target);
      for (const { id, etag } of pageIn(page).items) {
        ids.push(id);
        expect((await ask("GET", `/customers/${id}`)).headers["etag"]).toBe(etag);
      }
      target = /^<([^>]+)>; rel="next"$/.exec(String(page.headers["link"]))?.[1];
    }
    expect(ids).toEqual(["1", "2", "3", "4", "5"]);
  });

  it("ends a page early that would become too large", async () => {
    const { ask, table } = await openCustomers();
    const name = "x".repeat(65_536);
    for (let n = 0; n < 100; n++)
      await table.insert({ id: `x${n}`, name: name + "\u{1f600}".repeat(32_768), email: `${n}@example.com`, by: null });
    const page = await ask("GET", "/customers?limit=100");
    const { items, next } = pageIn(page);
    expect(items.length).toBeLessThan(100);
    const rest = await ask("GET", `/customers?limit=100&after=${next}`);
    expect(pageIn(rest).next).toBeNull();
    expect(items.length + pageIn(rest).items.length).toBe(105);
  });
});

describe("a write that others are faster than", () => {
  it.each([
    ["PATCH", merge({ email: "a@example.com" })],
    ["PUT", json(dora)],
    ["DELETE", { headers: {} }],
  ] as const)("is a conflict where it names the state: %s", async (method, sent) => {
    const { ask, table } = await openCustomers({ wrap: beset(method === "DELETE" ? "remove" : "update", 1, rename) });
    const { headers } = await ask("GET", "/customers/1");
    const late = await ask(method, "/customers/1", {
      ...sent,
      headers: { ...sent.headers, "if-match": String(headers["etag"]) },
    });
    expect(content(late)).toMatchObject({ status: 409, resource: "customers/1", current: { version: 2, by: "bob" } });
    expect(await table.find("1")).toMatchObject({ version: 2, name: "Amina Haddad!", email: "amina@example.com" });
  });

  it.each([
    ["PATCH", merge({ email: "a@example.com" }, any), { name: "Amina Haddad!!", email: "a@example.com", version: 4 }],
    ["DELETE", { headers: any }, undefined],
  ] as const)("is made on their state where it is for any: %s", async (method, sent, expected) => {
    const { ask, table } = await openCustomers({ wrap: beset(method === "DELETE" ? "remove" : "update", 2, rename) });
    expect((await ask(method, "/customers/1", sent)).status).toBe(method === "DELETE" ? 204 : 200);
    const found = await table.find("1");
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  it("is given up after five seconds", async () => {
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    onTestFinished(() => clock.mockRestore());
    const slow = (table: CustomerTable): Promise<void> => {
      now += 1_000;
      return rename(table);
    };
    const { ask, table } = await openCustomers({ wrap: beset("update", 100, slow) });
    const given = await ask("PATCH", "/customers/1", merge({ email: "a@example.com" }, any));
    expect(given.headers["retry-after"]).toBe("1");
    expect(content(given)).toMatchObject({ status: 503, outcome: "not-applied" });
    expect(await table.find("1")).toMatchObject({ version: 7, email: "amina@example.com" });
  });

  it.each([
    ["PATCH", merge({ name: "New" }, any), 404],
    ["PUT", json(dora, any), 409],
    ["DELETE", { headers: any }, 404],
  ] as const)("meets nothing where they deleted the customer: %s", async (method, sent, status) => {
    const remove = (table: CustomerTable): Promise<unknown> => table.remove("1", 1, { by: null });
    const { ask } = await openCustomers({ wrap: beset(method === "DELETE" ? "remove" : "update", 1, remove) });
    expect((await ask(method, "/customers/1", sent)).status).toBe(status);
  });

  it("is a conflict where it was to make what they have made", async () => {
    const insert = (table: CustomerTable): Promise<unknown> => table.insert({ id: "9", ...dora, by: "bob" });
    const put = await openCustomers({ wrap: beset("insert", 1, insert) });
    const late = await put.ask(
      "PUT",
      "/customers/9",
      json({ ...dora, email: "n@example.com" }, { "if-none-match": "*" }),
    );
    expect(content(late)).toMatchObject({ status: 409, title: "The resource has changed", current: { by: "bob" } });
    const post = await openCustomers({ wrap: beset("insert", 1, insert) });
    const taken = await post.ask("POST", "/customers", json({ id: "8", ...dora }));
    expect(content(taken)).toMatchObject({
      status: 409,
      field: "/email",
      holder: "customers/9",
      resource: "customers/8",
    });
  });
});

describe("a creation that is run again with its key", () => {
  const key = { "idempotency-key": '"0123456789abcdef"', ...alice };

  /** A process that dies between its write and its answer: the table has the row, and the store no answer. */
  async function openAfterCrash(): ReturnType<typeof openCustomers> {
    const opened = await openCustomers();
    let made = "";
    const crashing = {
      ...opened.table,
      insert: async (customer: Parameters<CustomerTable["insert"]>[0]) => {
        made = String(customer.key);
        await opened.table.insert(customer);
        throw new Error("died");
      },
    };
    const dying = await openCustomers({ store: createMemoryStore(), wrap: () => crashing });
    await expect(dying.ask("POST", "/customers", json(dora, key))).rejects.toThrow("died");
    expect(made).toMatch(/^[\w-]{43}$/);
    return openCustomers({ store: createMemoryStore(), wrap: () => opened.table });
  }

  it("finds what it has made, and makes no second one", async () => {
    const { ask, table } = await openAfterCrash();
    const again = await ask("POST", "/customers", json(dora, key));
    expect(again.status).toBe(201);
    const customer = await table.findByEmail(dora.email);
    expect(content(again)).toEqual({ id: customer?.id, version: 1, ...dora });
    expect(again.headers["location"]).toBe(`/customers/${customer?.id}`);
    expect(again.headers["etag"]).toBe(`"1-${customer?.tag}"`);
    expect(await table.list({ limit: 10 })).toHaveLength(6);
  });

  it("says that it made what was deleted since, and where", async () => {
    const { ask, table } = await openAfterCrash();
    const id = (await table.findByEmail(dora.email))?.id ?? "";
    await table.remove(id, 1, { by: null });
    const again = await ask("POST", "/customers", json(dora, key));
    expect([again.status, again.body, again.headers["location"]]).toEqual([201, null, `/customers/${id}`]);
    expect(again.headers["etag"]).toBeUndefined();
    expect(await table.list({ limit: 10 })).toHaveLength(5);
  });

  it("without a key meets its own row as another's", async () => {
    const { ask } = await openAfterCrash();
    const taken = await ask("POST", "/customers", json(dora, alice));
    expect(content(taken)).toMatchObject({ status: 409, field: "/email" });
  });
});

describe("a database that fails", () => {
  it.each(["not-applied", "unknown"] as const)("is 503, and says what is known of the write: %s", async (outcome) => {
    const fail = async (): Promise<never> => {
      throw new StoreError("The disk is gone.", outcome);
    };
    const { ask } = await openCustomers({ wrap: (table) => ({ ...table, update: fail, list: fail }) });
    const failed = await ask("PATCH", "/customers/1", merge({ name: "New" }, any));
    expect(content(failed)).toMatchObject({ status: 503, outcome, detail: "The store did not answer." });
    expect(failed.headers).toMatchObject({ "retry-after": "1", "cache-control": "no-store" });
    expect((await ask("GET", "/customers")).status).toBe(503);
  });

  it.each(["GET", "PATCH", "DELETE"])("is 503 where the customer can't be looked for: %s", async (method) => {
    const fail = async (): Promise<never> => {
      throw new StoreError("The disk is gone.", "not-applied");
    };
    const { ask } = await openCustomers({ wrap: (table) => ({ ...table, find: fail }) });
    const failed = await ask(method, "/customers/1", merge({ name: "New" }, any));
    expect(content(failed)).toMatchObject({ status: 503, outcome: "not-applied", instance: "/customers/1" });
  });
});
