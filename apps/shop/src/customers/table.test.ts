import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { createSqliteStore } from "@unclash/sqlite";
import { postgresUrl } from "@unclash/test-servers";
import pg from "pg";
import { describe, expect, it, onTestFinished } from "vitest";
import { openPostgresTable } from "./postgres-table.js";

import { openConnection, openSqliteTable } from "./sqlite-table.js";
import type { CustomerTable } from "./table.js";

const ann = { name: "Ann", email: "ann@example.com", by: "ann" };

/** Opens one table by as many connections as are asked for, all at once, as so many processes do. */
type OpenTables = (connections: number) => Promise<readonly CustomerTable[]>;

const openFiles: OpenTables = (connections) => {
  const folder = temporaryFolder();
  const file = join(folder, "shop.db");
  return opened(Array.from({ length: connections }, () => openSqliteTable({ file })));
};

const openSchemas: OpenTables = async (connections) => {
  const schema = `test_${randomBytes(6).toString("hex")}`;
  await runSql(`CREATE SCHEMA ${schema}`);
  onTestFinished(() => runSql(`DROP SCHEMA ${schema} CASCADE`));
  const url = String(postgresUrl);
  return opened(Array.from({ length: connections }, () => openPostgresTable({ url, schema })));
};

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "unclash-shop-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function opened(opening: readonly Promise<CustomerTable>[]): Promise<readonly CustomerTable[]> {
  const tables = await Promise.all(opening);
  onTestFinished(async () => {
    for (const table of tables) await table.close();
  });
  return tables;
}

async function runSql(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

async function openOne(open: OpenTables): Promise<CustomerTable> {
  const [table] = await open(1);
  if (table === undefined) throw new TypeError("No table was opened.");
  return table;
}

async function ids(table: CustomerTable): Promise<readonly string[]> {
  return (await table.list({ limit: 1_000 })).map(({ id }) => id);
}

describe.each([
  ["SQLite", openFiles, true],
  ["PostgreSQL", openSchemas, postgresUrl !== undefined],
] as const)("the table of customers on %s", (_, open, isThere) => {
  describe.runIf(isThere)("", () => {
    it("has five customers at first, also when several processes open it at once", async () => {
      for (const table of await open(4)) expect(await ids(table)).toEqual(["1", "2", "3", "4", "5"]);
    });

    it("makes, finds, changes and deletes a customer, and counts its versions on over its deletion", async () => {
      const table = await openOne(open);
      const made = await table.insert({ id: "ann", ...ann });
      expect(made).toMatchObject({ id: "ann", version: 1, name: "Ann", email: "ann@example.com", modifiedBy: "ann" });
      expect(await table.find("ann")).toEqual(made);
      expect(await table.findByEmail("ann@example.com")).toEqual(made);
      const changed = await table.update("ann", 1, { ...ann, name: "Anne", by: null });
      expect(changed).toMatchObject({ version: 2, name: "Anne", modifiedBy: null });
      expect(await table.remove("ann", 2, ann)).toBe("removed");
      expect(await table.find("ann")).toBeUndefined();
      expect(await table.findByEmail("ann@example.com")).toBeUndefined();
      expect(await ids(table)).toEqual(["1", "2", "3", "4", "5"]);
      expect(await table.insert({ id: "ann", ...ann })).toMatchObject({ version: 4, name: "Ann" });
    });

    it("gives every state a tag of its own, and a later time", async () => {
      const table = await openOne(open);
      const states = [
        await table.insert({ id: "ann", ...ann }),
        await table.update("ann", 1, ann),
        await table.update("ann", 2, ann),
      ].flatMap((state) => (typeof state === "string" ? [] : state));
      expect(new Set(states.map(({ tag }) => tag)).size).toBe(3);
      const times = states.map(({ modifiedAt }) => modifiedAt);
      expect(new Set(times).size).toBe(3);
      expect(times).toEqual(times.toSorted((a, b) => a - b));
    });

    it.each([
      ["an earlier version", "1", 1],
      ["a version that is still to come", "1", 3],
      ["a customer that never was", "9", 1],
      ["a customer that was deleted", "2", 2],
    ])("changes and deletes nothing for %s", async (_name, id, version) => {
      const table = await openOne(open);
      await table.update("1", 1, ann);
      await table.remove("2", 1, ann);
      const before = await table.list({ limit: 100 });
      expect(await table.update(id, version, { ...ann, name: "Other", email: "other@example.com" })).toBe("stale");
      expect(await table.remove(id, version, ann)).toBe("stale");
      expect(await table.list({ limit: 100 })).toEqual(before);
    });

    it("gives no id, e-mail address or key to two", async () => {
      const table = await openOne(open);
      expect(await table.insert({ id: "1", ...ann })).toBe("taken");
      await table.insert({ id: "ann", ...ann, key: "k1" });
      expect(await table.insert({ id: "b", ...ann })).toBe("taken");
      expect(await table.insert({ id: "b", ...ann, email: "b@example.com", key: "k1" })).toBe("taken");
      expect(await table.update("1", 1, ann)).toBe("taken");
      expect(await table.find("1")).toMatchObject({ version: 1 });
      expect(await table.find("b")).toBeUndefined();
    });

    it("frees an e-mail address when its customer takes another one, or is deleted", async () => {
      const table = await openOne(open);
      await table.insert({ id: "ann", ...ann });
      await table.update("ann", 1, { ...ann, email: "new@example.com" });
      expect(await table.insert({ id: "b", ...ann })).toMatchObject({ version: 1 });
      await table.remove("b", 1, ann);
      expect(await table.insert({ id: "c", ...ann })).toMatchObject({ version: 1 });
    });

    it("knows what a request has made, also when it was changed or deleted since", async () => {
      const table = await openOne(open);
      expect(await table.findMade("k1")).toBeUndefined();
      const made = await table.insert({ id: "ann", ...ann, key: "k1" });
      expect(await table.findMade("k1")).toMatchObject({ id: "ann", customer: made });
      await table.update("ann", 1, { ...ann, name: "Anne" });
      expect(await table.findMade("k1")).toMatchObject({ customer: { version: 2 } });
      await table.remove("ann", 2, ann);
      expect(await table.findMade("k1")).toMatchObject({ id: "ann", customer: undefined });
    });

    it("forgets an old key, and keeps a young one", async () => {
      const table = await openOne(open);
      await table.insert({ id: "ann", ...ann, key: "k1" });
      const at = (await table.findMade("k1"))?.at ?? 0;
      await table.releaseKey("k1", at);
      expect(await table.findMade("k1")).toMatchObject({ id: "ann" });
      await table.releaseKey("k1", at + 1);
      expect(await table.findMade("k1")).toBeUndefined();
    });

    it("lists by the bytes of the ids, page by page", async () => {
      const table = await openOne(open);
      const others = ["a", "B", "é", "10", "_", "\u{1f600}", "\uffee"];
      for (const [n, id] of others.entries()) await table.insert({ id, name: id, email: `${n}@example.com`, by: null });
      const all = ["1", "10", "2", "3", "4", "5", "B", "_", "a", "é", "\uffee", "\u{1f600}"];
      expect(await ids(table)).toEqual(all);
      const paged: string[] = [];
      for (let after: string | undefined; ; after = paged.at(-1)) {
        const page = await table.list({ after, limit: 5 });
        paged.push(...page.map(({ id }) => id));
        if (page.length < 5) break;
      }
      expect(paged).toEqual(all);
    });

    it("keeps any text as it is", async () => {
      const table = await openOne(open);
      const name = `"'\\\u{1f600}é%_;--${"x".repeat(60_000)}`;
      expect(await table.insert({ id: "'\"", name, email: "x@example.com", by: "'" })).toMatchObject({ name });
      expect(await table.find("'\"")).toMatchObject({ name, modifiedBy: "'" });
    });

    it("loses no update of eight writers at two connections", async () => {
      const tables = await open(2);
      let stale = 0;
      const write = async (writer: number): Promise<void> => {
        for (let done = 0; done < 15; ) {
          const table = tables[writer % 2];
          const current = await table?.find("1");
          if (table === undefined || current === undefined) throw new TypeError("The customer is gone.");
          const fields = { name: `${current.name}|${writer}.${done}`, email: current.email, by: null };
          if ((await table.update("1", current.version, fields)) === "stale") stale++;
          else done++;
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
      const found = await tables[0]?.find("1");
      expect(found?.version).toBe(1 + 8 * 15);
      const marks = found?.name.split("|").slice(1) ?? [];
      expect(new Set(marks).size).toBe(8 * 15);
      // Had nobody been late, this would have shown nothing.
      expect(stale).toBeGreaterThan(0);
    });

    it("lets one of eight make what all of them want, and one delete it", async () => {
      const tables = await open(2);
      const race = <T>(turn: (table: CustomerTable, n: number) => Promise<T>): Promise<readonly T[]> =>
        Promise.all([...tables, ...tables, ...tables, ...tables].map(turn));
      const byId = await race((table, n) => table.insert({ id: "new", ...ann, email: `${n}@example.com` }));
      expect(byId.filter((result) => result !== "taken")).toHaveLength(1);
      const byEmail = await race((table, n) => table.insert({ id: `new-${n}`, ...ann }));
      expect(byEmail.filter((result) => result !== "taken")).toHaveLength(1);
      const byKey = await race((table, n) =>
        table.insert({ id: `k-${n}`, ...ann, email: `k${n}@example.com`, key: "k" }),
      );
      expect(byKey.filter((result) => result !== "taken")).toHaveLength(1);
      const removals = await race((table) => table.remove("new", 1, ann));
      expect(removals.toSorted()).toEqual(["removed", ...Array(7).fill("stale")]);
      expect(await tables[0]?.insert({ id: "new", ...ann, email: "last@example.com" })).toMatchObject({ version: 3 });
    });
  });
});

describe("customers who exchange their e-mail addresses on PostgreSQL", () => {
  it.runIf(postgresUrl !== undefined)("do not hold each other up for ever", async () => {
    const tables = await openSchemas(2);
    const results = await Promise.all(
      ["1", "2", "3", "4"].map(async (id, n) => {
        const next = await tables[0]?.find(String(((n + 1) % 4) + 1));
        return tables[n % 2]?.update(id, 1, { name: "N", email: next?.email ?? "", by: null });
      }),
    );
    for (const result of results) expect(["taken", expect.objectContaining({ version: 2 })]).toContainEqual(result);
  });
});

describe("a file of SQLite", () => {
  it("is the store's too", async () => {
    const file = join(temporaryFolder(), "shop.db");
    const store = await createSqliteStore({ file });
    const [table] = await opened([openSqliteTable({ file })]);
    const again = await createSqliteStore({ file });
    const commit = {
      tag: "AAAAAAAAAAAAAAAA",
      at: 1,
      reads: [],
      events: [],
      by: null,
      cause: "test",
    };
    const turns = Array.from({ length: 40 }, (_, n) => n);
    await Promise.all([
      ...turns.map((n) =>
        (n % 2 ? store : again).commit({ ...commit, writes: [{ key: `a/${n}`, expect: "absent", put: "{}" }] }),
      ),
      ...turns.map((n) => table?.insert({ id: `c${n}`, name: "N", email: `c${n}@example.com`, by: null })),
    ]);
    expect((await store.list({ prefix: "a/", limit: 100 })).records).toHaveLength(40);
    expect(await table?.list({ limit: 100 })).toHaveLength(45);
    await Promise.all([store.close(), again.close()]);
  });

  it("that another process has locked lets the event loop run while a write waits, then the write", async () => {
    const file = join(temporaryFolder(), "shop.db");
    const [table] = await opened([openSqliteTable({ file })]);
    const other = openConnection(file);
    onTestFinished(() => void other.close());
    other.exec("BEGIN IMMEDIATE");
    let settled = false;
    const write = table?.update("1", 1, ann).finally(() => {
      settled = true;
    });
    for (let turn = 0; turn < 100; turn++) await setImmediate();
    expect(settled).toBe(false);
    expect(await table?.find("1")).toMatchObject({ version: 1 });
    other.exec("ROLLBACK");
    expect(await write).toMatchObject({ version: 2 });
  });

  it("that stays locked fails a write, which was not applied, and no later one", async () => {
    const file = join(temporaryFolder(), "shop.db");
    const [table] = await opened([openSqliteTable({ file, busyTimeoutMs: 20 })]);
    const other = openConnection(file);
    onTestFinished(() => void other.close());
    other.exec("BEGIN IMMEDIATE");
    await expect(table?.update("1", 1, ann)).rejects.toMatchObject({
      code: "ERR_UNCLASH_STORE",
      outcome: "not-applied",
    });
    other.exec("ROLLBACK");
    expect(await table?.update("1", 1, ann)).toMatchObject({ version: 2 });
  });

  it("keeps what users deleted deleted, and what they made, when it is opened again", async () => {
    const file = join(temporaryFolder(), "shop.db");
    const [first] = await opened([openSqliteTable({ file })]);
    for (const id of ["1", "2", "3", "4", "5"]) await first?.remove(id, 1, ann);
    await first?.insert({ id: "ann", ...ann });
    const [second] = await opened([openSqliteTable({ file })]);
    expect(await second?.list({ limit: 10 })).toMatchObject([{ id: "ann" }]);
  });
});
