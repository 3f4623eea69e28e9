import { readFileSync } from "node:fs";
import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../ask.test-support.js";
import { createUnclash } from "../unclash.js";
import { housekeepingOf } from "./housekeeping.js";
import { internalRecords } from "./internal-records.js";

const kinds = Object.values(internalRecords);

test("the keys of internal records begin with _, and those of one kind with those of no other", () => {
  for (const { prefix } of kinds) {
    expect(prefix).toMatch(/^_[a-z]/);
    expect(kinds.filter((kind) => prefix.startsWith(kind.prefix))).toHaveLength(1);
  }
});

test("the decision record lists them all", () => {
  const text = readFileSync(new URL("../../../../docs/decisions/011-internal-records.md", import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `(_[^`…]+)…?` +\| (.+?) +\| (yes|no) +\|$/gm)];
  expect(rows.map(([, prefix, holds, lapses]) => ({ prefix, holds, lapses: lapses === "yes" }))).toEqual(kinds);
});

test("an engine writes keys of resources and of internal records, and no others", async () => {
  const memory = createMemoryStore();
  const written = new Set<string>();
  const store: Store = {
    ...memory,
    commit(commit) {
      for (const { key } of commit.writes) written.add(key);
      return memory.commit(commit);
    },
  };
  const anything = { schema: z.looseObject({}), preconditions: { required: false } } as const;
  const unclash = createUnclash({
    store,
    collections: {
      notes: {
        ...anything,
        references: { about: { collection: "notes", onDelete: "restrict" } },
        conflicts: { strategy: "manual" },
      },
    },
    identify: ({ headers: { authorization } }) => (authorization === undefined ? null : { name: authorization }),
    authorize: (_action, key) => (key.startsWith("notes/0") ? "hide" : "allow"),
    requestLimits: { listScanMax: 2 },
  });
  const headers = { "idempotency-key": "a-key-of-sixteen-letters" };
  await ask(unclash, "PUT /notes/2", { json: { secret: 1 } });
  await ask(unclash, "PUT /notes/2", { json: {} });
  await ask(unclash, "PUT /notes/2", { json: { other: 1, version: 1 } });
  await ask(unclash, "POST /notes/2/versions/1/redact", { json: { paths: ["/secret"] } });
  const callback = { url: "https://8.8.8.8/" };
  const subscribed = await ask(unclash, "POST /conflict-notifications", { json: { resources: ["*"], callback } });
  await ask(unclash, `POST /conflict-notifications/${String(bodyOf(subscribed)["id"])}/test`);
  for (let n = 1; n <= 4; n += 1) await memory.commit(hidden(n));
  await ask(unclash, "POST /notes", { json: { id: "1", about: "2" }, headers });
  expect(bodyOf(await ask(unclash, "GET /notes?limit=1"))["next"]).not.toBeNull();
  await ask(unclash, "POST /conflict-notifications/stream-tickets", { headers: { authorization: "alice" } });
  const housekeeping = housekeepingOf(store);
  const stop = housekeeping.start();
  await expect.poll(() => housekeeping.isLeading).toBe(true);
  await stop();
  const found = [...written].filter((key) => !key.startsWith("notes/"));
  for (const { prefix } of kinds)
    expect(
      found.filter((key) => key.startsWith(prefix)),
      prefix,
    ).not.toEqual([]);
  expect(found.filter((key) => !kinds.some(({ prefix }) => key.startsWith(prefix)))).toEqual([]);
});

function hidden(n: number): Parameters<Store["commit"]>[0] {
  const write = { key: `notes/0${n}`, expect: "any", put: "{}" } as const;
  return { tag: `hidden${n}`, at: n, reads: [], writes: [write], events: [], by: null, cause: "test" };
}
