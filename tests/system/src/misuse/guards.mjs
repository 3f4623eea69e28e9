import { check, guard, guarded } from "@unclash/express";
import { createMemoryStore } from "@unclash/memory";
import express from "express";
import { guardOptionMistakes } from "./guard-options.mjs";
import { handler, load, put, serve } from "./guarded-put.mjs";
import { onExpress } from "./running.mjs";

const store = createMemoryStore();

/** Mistakes with guards. */
export const guardMistakes = [
  ...guardOptionMistakes,
  [
    "guarded without a handler",
    "guarded() must be given a handler after its options, and was given undefined",
    () => guarded({ load }),
  ],
  [
    "guarded with handler and options exchanged",
    "takes its options first, then the handler",
    () => guarded(handler, { load }),
  ],
  ["guarded with a handler alone", "It was called without options", () => guarded(handler)],
  [
    "guarded with a handler that is called",
    "must be given a handler after its options, and was given a promise",
    () => guarded({ load }, (async () => {})()),
  ],
  [
    "guarded with two objects",
    "must be given a handler after its options, and was given an object with put",
    () => guarded({ load }, { put: handler }),
  ],
  ["check without a request", "check() must be given Express's request first, and was given undefined", () => check()],
  [
    "check with the row first",
    "check() must be given Express's request first, and was given an object with version",
    () => check(load(), {}),
  ],
  [
    "check with options that are none",
    "options must be an object, and is true",
    serve({ load: undefined }, ({ req }) => check(req, load(), true)),
  ],
  [
    "check with idempotency",
    "idempotency can't be had by check() alone",
    serve({ load: undefined }, ({ req }) => check(req, load(), { idempotency: { store } })),
  ],
  [
    "guard.of for a request behind another guard",
    "guard.of() was given a request that has not come through this guard",
    serve({}, ({ req }) => guard({ load }).of(req)),
  ],
  [
    "expectRow with a count",
    "call expectAffected(result) if it is the number of changed rows",
    serve({}, ({ outcome }) => outcome.expectRow(1)),
  ],
  [
    "expectRow with a driver's result",
    "was given a result of pg: call expectRow(result.rows)",
    serve({}, ({ outcome }) => outcome.expectRow({ rows: [], rowCount: 0 })),
  ],
  [
    "expectRow with a promise",
    "put `await` before",
    serve({}, ({ outcome }) => outcome.expectRow(Promise.resolve([{}]))),
  ],
  [
    "expectAffected with rows",
    "call expectRow(result) if it holds the changed row",
    serve({}, ({ outcome }) => outcome.expectAffected([{}])),
  ],
  ["a handler that tells no outcome", "UNCLASH_NO_OUTCOME", serve({})],
  [
    "an UPDATE that does not raise the version",
    "UNCLASH_SAME_VERSION",
    serve({}, async ({ res, expected, outcome }) => {
      const row = await outcome.expectRow({ title: "New", version: expected });
      outcome.updated(row.version);
      res.json(row);
    }),
  ],
  [
    "updated with the version from before",
    "UNCLASH_SAME_VERSION",
    serve(
      {},
      async ({ res, expected, outcome }) => {
        await outcome.expectAffected(1);
        outcome.updated(expected);
        res.end();
      },
      { ...put, path: "/others/1" },
    ),
  ],
  [
    "updated with nothing",
    "updated() must be given the new version, or a row that has one as `version`, and was given undefined",
    serve({}, ({ outcome }) => outcome.updated()),
  ],
  ["updated with null", "and was given null", serve({}, ({ outcome }) => outcome.updated(null))],
  [
    "updated with a promise",
    "and was given a promise: put `await` before it",
    serve({}, ({ outcome }) => outcome.updated(Promise.resolve(2))),
  ],
  [
    "updated with rows",
    "updated() must be given the new version",
    serve({}, ({ outcome }) => outcome.updated([{ version: 2 }])),
  ],
  [
    "updated with a driver's result",
    "and was given an object with rows, rowCount, without a `version`",
    serve({}, ({ outcome }) => outcome.updated({ rows: [{ version: 2 }], rowCount: 1 })),
  ],
  [
    "prefers with a misspelt preference",
    'prefers() must be given "return=minimal" or "dry-run", and was given "dryrun"',
    serve({}, ({ prefers }) => prefers("dryrun")),
  ],
  [
    "refuse with a misspelt problem",
    'was given "duplicat". Did you mean "duplicate"?',
    serve({}, ({ outcome }) => outcome.refuse("duplicat", "It is taken.")),
  ],
  [
    "refuse with a status",
    "can't be given the member `status`",
    serve({}, ({ outcome }) => outcome.refuse("duplicate", "It is taken.", { status: 400 })),
  ],
  [
    "refuse with a bigint",
    "refuse() must be given members that can be sent as JSON",
    serve({}, ({ outcome }) => outcome.refuse("duplicate", "It is taken.", { id: 1n })),
  ],
  [
    "applyChange with a schema in the place of the state",
    "applyChange() takes a schema as its second argument",
    serve({}, ({ applyChange }) => applyChange({ "~standard": { validate: () => ({ value: {} }) } })),
  ],
  [
    "check without await",
    "UNCLASH_REFUSAL_IGNORED",
    serve({ load: undefined }, ({ req, res }) => {
      check(req, { version: 2 });
      setImmediate(() => res.end());
    }),
  ],
  [
    "check without await or a guard",
    "PUT /drafts/… went on with a write that had been refused",
    () =>
      onExpress(
        (app) =>
          void app.put("/drafts/:id", (request, response) => {
            check(request, { version: 2 });
            response.end();
          }),
        { ...put, path: "/drafts/1" },
      ),
  ],
  [
    "check whose refusal is caught",
    "PUT /pages/… went on with a write that had been refused",
    () =>
      onExpress(
        (app) =>
          void app.put("/pages/:id", async (request, response) => {
            await check(request, { version: 2 }).catch(() => undefined);
            response.end();
          }),
        { ...put, path: "/pages/1" },
      ),
  ],
  [
    "a conflict that is caught",
    "PUT /books/… went on with a write that had been refused",
    serve(
      {},
      ({ res, outcome }) => {
        try {
          outcome.conflict();
        } catch {
          res.end();
        }
      },
      { ...put, path: "/books/1" },
    ),
  ],
  [
    "a refusal that is caught, after the outcome was told",
    "PUT /plays/… went on with a write that had been refused",
    serve(
      {},
      ({ res, outcome }) => {
        outcome.updated(2);
        try {
          outcome.refuse("duplicate", "The title is taken.");
        } catch {
          res.end();
        }
      },
      { ...put, path: "/plays/1" },
    ),
  ],
  [
    "check with the promise of a state",
    "check() must be given a row with a `version`, as { version, value }",
    serve({ load: undefined }, ({ req }) => check(req, Promise.resolve(load()))),
  ],
  ["check with rows", "and was given an array of 1", serve({ load: undefined }, ({ req }) => check(req, [load()]))],
  [
    "check with a row without a version",
    "and was given an object with id",
    serve({ load: undefined }, ({ req }) => check(req, { id: 1 })),
  ],
  [
    "check with load itself",
    "and was given the function load",
    serve({ load: undefined }, ({ req }) => check(req, load)),
  ],
  [
    "versionField, and the body parser behind the guard",
    "A guard takes a precondition from the body (`versionField`, `etagField`), and nothing before it has parsed one",
    () =>
      onExpress(
        (app) => {
          const article = guard({ load, versionField: "version", preconditions: { required: false } });
          app.use("/articles/:id", article, express.json());
          app.put("/articles/:id", (_request, response) => response.end());
        },
        { ...put, headers: {}, json: { version: 0, title: "New" } },
      ),
  ],
  [
    "modifiedAt as a text",
    'load gave a `modifiedAt` that is "2026-11-28 10:00:00": it must be a Date, or milliseconds',
    serve({ load: () => ({ version: 1, modifiedAt: "2026-11-28 10:00:00" }) }),
  ],
  [
    "datesSuffice, and load gives no modifiedAt",
    "UNCLASH_NO_DATE",
    serve({ preconditions: { datesSuffice: true } }, handler, {
      ...put,
      headers: { "if-unmodified-since": "Thu, 01 Jan 2015 00:00:00 GMT" },
    }),
  ],
  ["a handler behind guard({}) that never calls check", "UNCLASH_NOT_CHECKED", serve({ load: undefined })],
  ["load that gives no version", "a `version` that is undefined", serve({ load: () => ({ value: {} }) })],
  [
    "load that gives a promise as version",
    "a `version` that is a promise: put `await` before it",
    serve({ load: () => ({ version: Promise.resolve(1) }) }),
  ],
  [
    "load that gives a row in an array",
    "load gave an array of 1: it must give one row, such as rows[0]",
    serve({ load: () => [{ version: 1 }] }),
  ],
  [
    "load that gives a row with a column `value`",
    "a row with a column `value` must be given as { version: row.version, value: row }",
    serve({ load: () => ({ version: 1, value: "on", name: "light" }) }),
  ],
  ["load that gives the id", "load gave 7: it must give a row with a `version`", serve({ load: () => 7 })],
  ["load that gives 0 for no row", "load gave 0: it must give a row", serve({ load: () => 0 })],
  [
    "resource of a parameter that is not there",
    "it reads a parameter that the guard's path does not have",
    serve({ resource: (req) => req.params.slug }),
  ],
];
