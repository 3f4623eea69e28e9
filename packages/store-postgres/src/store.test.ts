import { storeSuite } from "@unclash/conformance/store";
import type { Store } from "@unclash/core/store";
import { postgresUrl } from "@unclash/test-servers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createEmptiedSchema, type EmptiedSchema } from "./emptied-schema.test-support.js";
import { createPostgresStore } from "./store.js";
import { commitOf, freshSchema, query } from "./store.test-support.js";

describe.skipIf(postgresUrl === undefined)("the PostgreSQL store", () => {
  let place: EmptiedSchema;
  beforeAll(async () => {
    place = await createEmptiedSchema();
  });
  afterAll(() => place.remove());

  // What closing does to connections shows on a store that has its own.
  let isAboutClosing = false;
  const open = (): Promise<Store> => (isAboutClosing ? place.openApart() : place.open());
  storeSuite({
    test(name, run) {
      test(name, () => {
        isAboutClosing = /\bclos(ing|ed|es)\b/.test(name);
        return run();
      });
    },
    clock: "own",
    async open() {
      await place.empty();
      return open();
    },
    async reopen(store) {
      await store.close();
      return open();
    },
  });

  test("an emptied schema holds what a new one does", async () => {
    const store = await place.open();
    const write = { key: "a/1", expect: "any", put: "{}", index: [{ name: "n", value: "x" }] } as const;
    for (const one of [write, write, { key: "a/1", expect: "any", delete: "forget" } as const, write]) {
      await store.commit(commitOf(1, [one], { events: [{ type: "t", key: "a/1" }] }));
    }
    await store.clean(100);
    await store.close();
    const schema = await freshSchema();
    await (await createPostgresStore({ url: postgresUrl ?? "", schema })).close();
    const fresh = await contentsOf(schema);
    expect(await contentsOf(place.schema)).not.toEqual(fresh);
    await place.empty();
    expect(await contentsOf(place.schema)).toEqual(fresh);
  });
});

// All rows of all tables and sequences, but when the migration was.
async function contentsOf(schema: string): Promise<unknown> {
  const relations = await query(
    "SELECT relname FROM pg_class WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'S') ORDER BY relname",
    [schema],
  );
  return Promise.all(
    relations.map(async ({ relname }) => {
      const rows = await query(`SELECT * FROM "${schema}"."${relname}"`);
      return [relname, rows.map(({ at: _, log_cnt: __, ...row }) => row)];
    }),
  );
}
