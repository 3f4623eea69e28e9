import assert from "node:assert/strict";
import { assertStatus } from "../adapter/answer.js";
import type { GuardForm } from "./app.js";
import type { Place } from "./place.js";
import { type Setup, stand } from "./setup.js";
import { placeOf, type Stage } from "./stage.js";
import { changed } from "./steps.js";
import { shown } from "./table.js";
import type { GuardCase } from "./trial.js";

/** Writes by id alone, and tells the guard nothing, unless the request says how. */
const silent: Setup = {
  handlers: (table) => ({
    PUT({ id, body, outcome }) {
      const [row] = table.update(id, undefined, { title: "mine" });
      if (row !== undefined && typeof body === "object" && body !== null && "tell" in body)
        outcome.updated(row.version);
      return { status: 200, body: row === undefined ? {} : shown(row) };
    },
    PATCH({ id, applyChange, outcome }) {
      // Nobody waits for it, and hears that it has refused the content.
      applyChange({ title: "A" });
      const [row] = table.update(id, undefined, { title: "mine" });
      outcome.updated(row?.version ?? 0);
      return { status: 200, body: {} };
    },
    POST: async ({ id, applyChange, outcome }) => {
      const fields = await applyChange().catch(() => undefined);
      const [row] = table.update(id, undefined, fields ?? { title: "as it was" });
      outcome.updated(row?.version ?? 0);
      return { status: 200, body: {} };
    },
    DELETE({ id, outcome }) {
      outcome.expectAffected(table.remove(id));
      return { status: 204 };
    },
  }),
};

/** PUT changes its row, and tells the guard whatever version its content says. */
const telling: Setup = {
  handlers: (table) => ({
    async PUT({ id, expected, body, outcome }) {
      await outcome.expectRow(table.update(id, expected, { title: "mine" }));
      outcome.updated(Number(Reflect.get(Object(body), "told")));
      return { status: 200, body: {} };
    },
  }),
};

const cases: readonly {
  readonly name: string;
  readonly forms: readonly GuardForm[];
  readonly setup: Setup;
  readonly run: (place: Place, warnings: () => Promise<readonly string[]>) => Promise<void>;
}[] = [
  {
    name: "a write that is acknowledged without an outcome is warned of, once a route",
    forms: ["guarded", "guard", "check"],
    setup: silent,
    async run(place, warnings) {
      const { id } = place.row();
      assertStatus(await place.send("PUT", `/${id}`, { json: { tell: true }, ifMatch: '"1"' }), 200);
      assertStatus(await place.send("PUT", `/${id}`, { json: {}, ifMatch: '"x"' }), 409);
      assertStatus(await place.send("DELETE", `/${id}`, { ifMatch: '"2"' }), 204);
      assert.deepEqual(await warnings(), []);
      for (let times = 0; times < 2; times += 1)
        assertStatus(await place.send("PUT", `/${place.row().id}`, { json: {}, ifMatch: '"1"' }), 200);
      assert.deepEqual(await warnings(), ["UNCLASH_NO_OUTCOME"]);
    },
  },
  {
    name: "a refused applyChange that nobody waits for is warned of with a success, one that is caught is not",
    forms: ["guarded", "guard", "check"],
    setup: silent,
    async run(place, warnings) {
      const { id } = place.row();
      assertStatus(await place.send("PATCH", `/${id}`, { mergePatch: { title: "B" }, ifMatch: '"1"' }), 200);
      assertStatus(await place.send("POST", `/${id}`, { json: [], ifMatch: '"2"' }), 200);
      assert.deepEqual(await warnings(), []);
      assertStatus(await place.send("PATCH", `/${id}`, { json: {}, ifMatch: '"3"' }), 200);
      assert.deepEqual(await warnings(), ["UNCLASH_REFUSAL_IGNORED"]);
    },
  },
  {
    name: "a write that leaves its version as it was, or a lower one, is warned of",
    forms: ["guarded", "guard", "check"],
    setup: telling,
    async run(place, warnings) {
      const row = changed(place, place.row());
      const put = (told: number, ifMatch: string) => place.send("PUT", `/${row.id}`, { json: { told }, ifMatch });
      assertStatus(await put(3, '"2"'), 200);
      assert.deepEqual(await warnings(), []);
      assertStatus(await put(3, '"3"'), 200);
      assertStatus(await put(1, '"4"'), 200);
      assertStatus(await put(1, '"5"'), 200);
      assert.deepEqual(await warnings(), ["UNCLASH_SAME_VERSION", "UNCLASH_LOWER_VERSION"]);
    },
  },
  {
    name: "a write that is acknowledged behind a guard without load, and that nothing was checked of, is warned of",
    forms: ["guarded", "guard"],
    setup: { ...silent, unloaded: true },
    async run(place, warnings) {
      for (let times = 0; times < 2; times += 1)
        assertStatus(await place.send("PUT", `/${place.row().id}`, { json: { tell: true } }), 200);
      assert.deepEqual(await warnings(), ["UNCLASH_NOT_CHECKED"]);
    },
  },
];

export const silenceCases: readonly GuardCase[] = cases.flatMap(({ name, forms, setup, run }) =>
  forms.map((form) => ({
    name: `${form}: ${name}`,
    async run(stage: Stage) {
      // A process warns of a route once: so the routes are new ones each time.
      const standing = stand(`silent-${process.hrtime.bigint()}`, setup, form);
      const trial = await stage.serve({ resources: [standing.resource] });
      const heard: string[] = [];
      const onWarning = (warning: Error & { readonly code?: string }): void => {
        if (warning.message.includes(standing.prefix) && warning.code !== undefined) heard.push(warning.code);
      };
      process.on("warning", onWarning);
      try {
        await run(placeOf(trial, form, standing), async () => {
          await new Promise((resolve) => setImmediate(resolve));
          return [...heard];
        });
      } finally {
        process.off("warning", onWarning);
      }
    },
  })),
);
