import type { JsonObject } from "@unclash/core/json";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import { ResourceExchange } from "../access/resource-exchange.js";
import { commitOf } from "../commits/commit-parts.js";
import { readByKey } from "../commits/snapshot.js";
import { resolveOptions } from "../options.js";
import { contentOf } from "../states/representation.js";
import { planWrite } from "./planned-write.js";
import type { WriteRequest } from "./write-request.js";

/** What is written one after the other; `null` is a deletion. */
const steps: readonly (JsonObject | null)[] = [{ n: 1 }, { n: 2 }, null, { n: 3 }, { n: 4, text: "ü\u2028" }];

test.each(["counted", "timestamps"] as const)(
  "a commit makes exactly the state that was planned: %s versions",
  async (versions) => {
    // A clock that steps back: a state is never older than the one before.
    let now = 1_800_000_000_000;
    const store = createMemoryStore({ clock: () => now });
    const settings = resolveOptions({ store, collections: { notes: { schema: z.looseObject({}), versions } } });
    const collection = settings.collections.get("notes");
    if (collection === undefined) throw new Error("There is no such collection.");
    const key = "notes/1";
    for (const value of steps) {
      now -= 10;
      const facts = { method: "PUT", base: "", path: `/${key}`, query: "", headers: {}, address: undefined };
      const body = { kind: "parsed", value: undefined } as const;
      const exchange = new ResourceExchange(settings, { ...facts, body, native: undefined }, { name: "alice" });
      const change = value === null ? ({ kind: "delete" } as const) : ({ kind: "replace", value } as const);
      const preferences = { minimal: false, dryRun: false, onConflict: undefined };
      const about = { method: "PUT", collection, id: "1", key, idGiven: true, hidden: false } as const;
      const request: WriteRequest = { ...about, change, conditions: {}, preferences, keyed: undefined };
      const content = value === null ? null : contentOf(value);
      const planned = planWrite(
        exchange,
        request,
        await readByKey(store, [key]),
        { content, reads: [], writes: [] },
        undefined,
      );
      const result = await store.commit(commitOf(planned.header, [planned.part]));
      if (result.kind !== "committed" || !result.records[0]) throw new Error("The write was not committed.");
      const { revision: _revision, ...committed } = result.records[0];
      expect(planned.state).toEqual(committed);
    }
  },
);
