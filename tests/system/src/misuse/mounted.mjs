import * as onE from "@unclash/express";
import * as onF from "@unclash/fastify";
import * as onK from "@unclash/koa";
import { createMemoryStore } from "@unclash/memory";
import * as onN from "@unclash/node";
import { createUnclash } from "unclash";
import { z } from "zod";
import { onExpress, onFastify, onKoa, onNode } from "./running.mjs";

const notes = { schema: z.looseObject({}), preconditions: { required: false } };
const engine = (options) => createUnclash({ store: createMemoryStore(), collections: { notes }, ...options });
const load = () => ({ version: 1 });
const rejected = async () => Promise.reject(new Error("later"));

/** Mistakes in an app that has an adapter, which a request meets. */
export const mountedMistakes = [
  [
    "collections: identify gives a text",
    "identify must give an actor",
    () => onExpress((app) => app.use(onE.mount(engine({ identify: () => "alice" }))), { path: "/notes" }),
  ],
  [
    "collections: authorize gives true",
    'authorize must give "allow", "deny" or "hide", and gave true',
    () => onKoa((app) => app.use(onK.mount(engine({ authorize: () => true }))), { path: "/notes" }),
  ],
  [
    "collections: authorize forgets to return",
    "and gave undefined",
    () => onFastify((app) => app.register(onF.mount(engine({ authorize: async () => {} }))), { path: "/notes" }),
  ],
  [
    "collections: a rule that is async and rejects",
    "collections.notes.rules[0] must not be async",
    () =>
      onNode(onN.mount(engine({ collections: { notes: { ...notes, rules: [rejected] } } })), {
        method: "POST",
        path: "/notes",
        json: {},
      }),
  ],
  [
    "collections: a rule that gives a text",
    'must return nothing, "forbidden", or { field, detail }',
    () =>
      onExpress((app) => app.use(onE.mount(engine({ collections: { notes: { ...notes, rules: [() => "no"] } } }))), {
        method: "POST",
        path: "/notes",
        json: {},
      }),
  ],
  [
    "collections: a transformed schema that asks for id",
    "UNCLASH_SCHEMA_ASKS_FOR_OWN_MEMBER",
    () =>
      onExpress(
        (app) =>
          app.use(
            onE.mount(
              engine({
                collections: { notes: { ...notes, schema: z.object({ id: z.string() }).transform((note) => note) } },
              }),
            ),
          ),
        { method: "POST", path: "/notes", json: { id: "1" } },
      ),
  ],
  [
    "node:http: onError throws",
    "onError must not throw, or reject",
    () => onNode(onN.mount(engine({ identify: rejected }), { onError: rejected }), { path: "/notes" }),
  ],
  [
    "a store that is closed while requests come",
    "UNCLASH_STORE_FAILED: The store failed: The memory store is closed.",
    async () => {
      const store = createMemoryStore();
      await store.close();
      return onExpress((app) => app.use(onE.mount(engine({ store }))), { path: "/notes" });
    },
  ],
  [
    "Koa: next without await before the mount",
    "UNCLASH_ANSWERED_BEFORE",
    () =>
      onKoa(
        (app) => {
          app.use((_context, next) => void next());
          app.use(onK.mount(engine()));
        },
        { path: "/notes" },
      ),
  ],
  [
    "Koa: next without await before a guarded handler",
    "PUT /late/… was answered by something else",
    () =>
      onKoa(
        (app) => {
          app.use((_context, next) => void next());
          app.use(
            onK.guarded({ load, preconditions: { required: false } }, async ({ ctx, outcome }) => {
              await new Promise((resolve) => ctx.res.once("close", resolve));
              outcome.updated(2);
            }),
          );
        },
        { method: "PUT", path: "/late/1" },
      ),
  ],
  [
    "Koa: a guarded handler that sets its body too late",
    "UNCLASH_NO_ANSWER",
    () =>
      onKoa(
        (app) =>
          app.use(
            onK.guarded({ load, preconditions: { required: false } }, ({ ctx, outcome }) => {
              outcome.updated(2);
              setImmediate(() => {
                ctx.body = "written";
              });
            }),
          ),
        { method: "PUT", path: "/never/1" },
      ),
  ],
  [
    "Express: an answer before the mount",
    "GET /notes/… was answered by something else",
    () =>
      onExpress(
        (app) =>
          void app.use((_request, response, next) => {
            response.end();
            next();
          }, onE.mount(engine())),
        { path: "/notes/1" },
      ),
  ],
  [
    "Express: an answer before the guard",
    "GET /sent/… was answered by something else",
    () =>
      onExpress(
        (app) =>
          void app.use((_request, response, next) => {
            response.end();
            next();
          }, onE.guard({ load })),
        { path: "/sent/1" },
      ),
  ],
  ...statusRows(),
];

/** A line break in the status message, on all four: 500, and the process lives. */
function statusRows() {
  const guard = { load, preconditions: { required: false } };
  const spoil = (response) => {
    response.statusMessage = "a\nb";
  };
  const express = ({ res }) => {
    spoil(res);
    res.end();
  };
  const koa = ({ ctx }) => {
    ctx.body = "x";
    spoil(ctx.res);
  };
  const fastify = ({ reply }) => {
    spoil(reply.raw);
    return "x";
  };
  const said = "Invalid character in statusMessage";
  return [
    ["Express: a status message of two lines", said, () => onExpress((app) => app.use(onE.guarded(guard, express)))],
    ["Koa: a status message of two lines", said, () => onKoa((app) => app.use(onK.guarded(guard, koa)))],
    [
      "Fastify: a status message of two lines",
      said,
      () => onFastify((app) => void app.get("/", onF.guarded(guard, fastify))),
    ],
    ["node:http: a status message of two lines", said, () => onNode(onN.guarded(guard, express))],
  ];
}
