import { check, guard, guarded } from "@unclash/express";
import { createMemoryStore } from "@unclash/memory";
import express from "express";
import { handler, load, put, serve } from "./guarded-put.mjs";
import { onExpress } from "./running.mjs";

const store = createMemoryStore();
const made = (options) => () => guard(options);

/** Mistakes in a guard's options, and in what surrounds them. */
export const guardMistakes = [
  ["no options", "options must be an object, and is undefined", () => guard()],
  ["laod for load", "laod is not an option. Did you mean `load`?", made({ laod: load })],
  ["the row in place of a function", "load must be a function, and is an object with version", made({ load: load() })],
  ["a load that is called", "load must be a function, and is a promise", made({ load: (async () => load())() })],
  ["strategies for allowedStrategies", "strategies is not an option", made({ load, strategies: "all" })],
  ["precondtion: optional", "Did you mean `precondition`?", made({ load, precondtion: "optional" })],
  ["reportOnly as text", 'reportOnly must be true or false, and is "false"', made({ load, reportOnly: "false" })],
  ["resource as text", 'resource must be a function, and is "articles/1"', made({ load, resource: "articles/1" })],
  [
    "discloseCurrent without represent",
    "represent must say what of a state clients may see",
    made({ load, discloseCurrent: true }),
  ],
  [
    "a function as strategy, without past",
    "strategy can only be a function where `past`",
    made({ load, strategy: () => ({ kind: "reject" }) }),
  ],
  [
    "a store in place of idempotency",
    "idempotency.capabilities is not an option",
    made({ load, idempotency: store, identify: () => undefined }),
  ],
  [
    "idempotency without a store",
    "idempotency.store must be a store",
    made({ load, idempotency: {}, identify: () => undefined }),
  ],
  ["idempotency without identify", "identify must say who sends a request", made({ load, idempotency: { store } })],
  [
    "ttlMs for keepMs",
    "idempotency.ttlMs is not an option",
    made({ load, idempotency: { store, ttlMs: 1 }, identify: () => undefined }),
  ],
  ["a limit that is none", "limits.maxBody is not an option", made({ load, limits: { maxBody: 1 } })],
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
    "idempotency can't be given to check()",
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
    serve({}, ({ guard }) => guard.expectRow(1)),
  ],
  [
    "expectRow with a driver's result",
    "was given a result of pg: call expectRow(result.rows)",
    serve({}, ({ guard }) => guard.expectRow({ rows: [], rowCount: 0 })),
  ],
  ["expectRow with a promise", "put `await` before", serve({}, ({ guard }) => guard.expectRow(Promise.resolve([{}])))],
  [
    "expectAffected with rows",
    "call expectRow(result) if it holds the changed row",
    serve({}, ({ guard }) => guard.expectAffected([{}])),
  ],
  ["a handler that tells no outcome", "UNCLASH_NO_OUTCOME", serve({})],
  [
    "an UPDATE that does not raise the version",
    "UNCLASH_SAME_VERSION",
    serve({}, async ({ res, expected, guard }) => {
      const row = await guard.expectRow({ title: "New", version: expected });
      guard.updated(row.version);
      res.json(row);
    }),
  ],
  [
    "updated with the version from before",
    "UNCLASH_SAME_VERSION",
    serve(
      {},
      async ({ res, expected, guard }) => {
        await guard.expectAffected(1);
        guard.updated(expected);
        res.end();
      },
      { ...put, path: "/others/1" },
    ),
  ],
  [
    "updated with nothing",
    "updated() must be given the new version, or a row that has one as `version`, and was given undefined",
    serve({}, ({ guard }) => guard.updated()),
  ],
  ["updated with null", "and was given null", serve({}, ({ guard }) => guard.updated(null))],
  [
    "updated with a promise",
    "and was given a promise: put `await` before it",
    serve({}, ({ guard }) => guard.updated(Promise.resolve(2))),
  ],
  [
    "updated with rows",
    "updated() must be given the new version",
    serve({}, ({ guard }) => guard.updated([{ version: 2 }])),
  ],
  [
    "updated with a driver's result",
    "and was given an object with rows, rowCount, without a `version`",
    serve({}, ({ guard }) => guard.updated({ rows: [{ version: 2 }], rowCount: 1 })),
  ],
  [
    "prefers with a misspelt preference",
    'prefers() must be given "return=minimal" or "dry-run", and was given "dryrun"',
    serve({}, ({ guard }) => guard.prefers("dryrun")),
  ],
  [
    "refuse with a misspelt problem",
    'was given "duplicat". Did you mean "duplicate"?',
    serve({}, ({ guard }) => guard.refuse("duplicat", "It is taken.")),
  ],
  [
    "refuse with a status",
    "can't be given the member `status`",
    serve({}, ({ guard }) => guard.refuse("duplicate", "It is taken.", { status: 400 })),
  ],
  [
    "refuse with a bigint",
    "refuse() must be given members that can be sent as JSON",
    serve({}, ({ guard }) => guard.refuse("duplicate", "It is taken.", { id: 1n })),
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
      ({ res, guard }) => {
        try {
          guard.conflict();
        } catch {
          res.end();
        }
      },
      { ...put, path: "/books/1" },
    ),
  ],
  [
    "check with the promise of a state",
    "check() must be given the state of the row as { version, value }",
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
          const article = guard({ load, versionField: "version", precondition: "optional" });
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
    serve({ datesSuffice: true }, handler, {
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
    "load gave a `version` that is undefined",
    serve({ load: () => [{ version: 1 }] }),
  ],
  ["load that gives the id", "load gave a `version` that is undefined", serve({ load: () => 7 })],
  [
    "resource of a parameter that is not there",
    "it reads a parameter that the guard's path does not have",
    serve({ resource: (req) => req.params.slug }),
  ],
];
