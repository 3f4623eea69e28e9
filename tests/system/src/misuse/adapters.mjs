import { createServer } from "node:http";
import * as onE from "@unclash/express";
import * as onF from "@unclash/fastify";
import * as onK from "@unclash/koa";
import { createMemoryStore } from "@unclash/memory";
import * as onN from "@unclash/node";
import express from "express";
import { createUnclash } from "unclash";
import { z } from "zod";
import { onExpress, onFastify, onKoa, onNode } from "./running.mjs";

const notes = { schema: z.looseObject({}), preconditions: { required: false } };
const engine = (options) => createUnclash({ store: createMemoryStore(), collections: { notes }, ...options });
const load = () => ({ version: 1 });
const handler = () => undefined;

const adapters = { Express: onE, Koa: onK, Fastify: onF, "node:http": onN };

const rowsOfAll = Object.entries(adapters).flatMap(([name, { mount, guard, guarded, problems, check }]) => [
  [
    `${name}: mount without an engine`,
    "mount() must be given what createUnclash({ … }) returns, and was given undefined",
    () => mount(),
  ],
  [
    `${name}: createUnclash that is not called`,
    "was given the function createUnclash: call it",
    () => mount(createUnclash),
  ],
  [
    `${name}: an engine that is awaited too late`,
    "was given a promise: put `await` before it",
    () => mount((async () => engine())()),
  ],
  [
    `${name}: a store in place of the engine`,
    "was given an object with capabilities",
    () => mount(createMemoryStore()),
  ],
  [`${name}: mount with a path`, 'options must be an object, and is "/api"', () => mount(engine(), "/api")],
  [
    `${name}: falltrough for fallthrough`,
    "falltrough is not an option. Did you mean `fallthrough`?",
    () => mount(engine(), { falltrough: false }),
  ],
  [`${name}: problems with another prefix`, "prefix is not an option", () => problems({ prefix: "urn:x:" })],
  [`${name}: problems with a text for a format`, "problem must be a function", () => problems({ problem: "oops" })],
  [`${name}: guard with a list of options`, "options must be an object, and is an array of 1", () => guard([{ load }])],
  [`${name}: guarded without a handler`, "must be given a handler after its options", () => guarded({ load })],
  [`${name}: check without a request`, "check() ", () => check()],
]);

/** Those that do not close their server by themselves. */
const rowsOfShutdowns = [onE, onK, onN].flatMap(({ createShutdown }, at) => {
  const name = ["Express", "Koa", "node:http"][at];
  return [
    [`${name}: createShutdown without a server`, "must be given a server of Node's first", () => createShutdown()],
    [
      `${name}: createShutdown with an app for the server`,
      "an app is none, and what its listen() returns is one",
      () => createShutdown(express(), engine()),
    ],
    [
      `${name}: createShutdown without an engine`,
      "createShutdown() must be given what",
      () => createShutdown(createServer()),
    ],
    [
      `${name}: graceMS for graceMs`,
      "Did you mean `graceMs`?",
      () => createShutdown(createServer(), engine(), { graceMS: 1 }),
    ],
    [
      `${name}: createShutdown with an engine that has ended`,
      "was given an engine that has been drained or closed",
      async () => createShutdown(createServer(), await ended()),
    ],
  ];
});

async function ended() {
  const unclash = engine();
  await unclash.close();
  return unclash;
}

/** Mistakes in how an adapter is used. */
export const adapterMistakes = [
  ...rowsOfAll,
  ...rowsOfShutdowns,
  [
    "an engine that is started again",
    "start() was called after drain() or close()",
    async () => (await ended()).start(),
  ],
  [
    "Express: an engine that has ended",
    "mount() was given an engine that has been",
    async () => onE.mount(await ended()),
  ],
  ["Express: mount with a prefix", 'app.use("/api", mount(unclash))', () => onE.mount(engine(), { prefix: "/api" })],
  [
    "Fastify: mount with a prefix",
    'app.register(mount(unclash), { prefix: "/api" })',
    () => onF.mount(engine(), { prefix: "/api" }),
  ],
  [
    "Koa: a prefix with a query",
    "prefix must be a path, such as /api",
    () => onK.mount(engine(), { prefix: "/api?v=1" }),
  ],
  [
    "Koa: a prefix with a parameter",
    "prefix must be a path, such as /api, and no pattern",
    () => onK.mount(engine(), { prefix: "/:tenant" }),
  ],
  [
    "node:http: a prefix with a star",
    "prefix must be a path, such as /api, and no pattern",
    () => onN.mount(engine(), { prefix: "/api/*" }),
  ],
  ["node:http: onError as a text", "onError must be a function", () => onN.mount(engine(), { onError: "log" })],
  [
    "Express: guard that is not called",
    "guard() was given a request: hand over what it returns",
    () => onExpress((app) => app.use(onE.guard)),
  ],
  [
    "Express: mount that is not called",
    "mount() was given a request: hand over what it returns",
    () => onExpress((app) => app.use(onE.mount)),
  ],
  [
    "Express: problems that is not called",
    "problems() was given a request",
    () => onExpress((app) => app.use((a, b, c) => onE.problems(a, b, c))),
  ],
  [
    "Express: problems of createGuards that is not called",
    "problems() was given a request",
    () => onExpress((app) => app.use(onE.createGuards({}).problems)),
  ],
  ["Koa: guard that is not called", "guard() was given a request", () => onKoa((app) => app.use(onK.guard))],
  [
    "Fastify: mount that is not called",
    "mount() was given an app: hand over what it returns",
    () => onFastify((app) => app.register(onF.mount)),
  ],
  ["Fastify: guard that is not called", "guard() was given an app", () => onFastify((app) => app.register(onF.guard))],
  [
    "Koa's guard on Express",
    "what guard() of unclash for Koa makes can only be called by Koa",
    () => onExpress((app) => app.use(onK.guard({ load }))),
  ],
  [
    "Koa's mount on Express",
    "what mount() of unclash for Koa makes can only be called by Koa",
    () => onExpress((app) => app.use(onK.mount(engine()))),
  ],
  [
    "Koa's guarded on Express",
    "what guarded() of unclash for Koa makes",
    () => onExpress((app) => app.use(onK.guarded({ load }, handler))),
  ],
  [
    "Express's mount on Koa",
    "what mount() of unclash for Express makes can only be called by Express",
    () => onKoa((app) => app.use(onE.mount(engine()))),
  ],
  [
    "Express's guard on Koa",
    "what guard() of unclash for Express makes",
    () => onKoa((app) => app.use(onE.guard({ load }))),
  ],
  [
    "Fastify's mount on Express",
    "what mount() of unclash for Fastify makes",
    () => onExpress((app) => app.use(onF.mount(engine()))),
  ],
  [
    "Fastify's guarded on Express",
    "what guarded() of unclash for Fastify makes",
    () => onExpress((app) => app.use(onF.guarded({ load }, handler))),
  ],
  [
    "Express's guarded on Fastify",
    "what guarded() of unclash for Express makes",
    () => onFastify((app) => void app.get("/", onE.guarded({ load }, handler))),
  ],
  [
    "node:http's mount on Koa",
    "what mount() of unclash for node:http makes",
    () => onKoa((app) => app.use(onN.mount(engine()))),
  ],
  [
    "node:http: guard without anything behind it",
    "guard() made a middleware that was called without `next`",
    () => onNode(onN.guard({ load })),
  ],
  [
    "Fastify: mount's options given to register",
    "fallthrough is no option of app.register: give it to mount",
    () => onFastify((app) => app.register(onF.mount(engine()), { fallthrough: false })),
  ],
  [
    "Fastify: guard's options given to register",
    "load is no option of app.register: give it to guard",
    () => onFastify((app) => app.register(onF.guard({}), { load })),
  ],
  [
    "Fastify: a prefix for a guard",
    "prefix has no effect on guard(…)",
    () => onFastify((app) => app.register(onF.guard({ load }), { prefix: "/api" })),
  ],
  [
    "Fastify: check without problems()",
    "finds no reply of this request: register problems()",
    () => onFastify((app) => void app.get("/", (request) => onF.check(request, load()))),
  ],
  [
    "Express: unguarded of a server",
    "unguarded() must be given an app or a router of Express",
    () => onE.unguarded({}),
  ],
  ["Koa: unguarded of a router", "unguarded() must be given an app of Koa", () => onK.unguarded({ routes() {} })],
  [
    "Fastify: unguarded without watchRoutes",
    "sees routes only after `await app.register(watchRoutes)`",
    () => onFastify((app) => void onF.unguarded(app)),
  ],
  [
    "unguarded: except without a method",
    "except must be an array of routes, each as its method and its whole path",
    () => onE.unguarded(express(), { except: ["/login"] }),
  ],
  [
    "Express: a body parser before the mount",
    "UNCLASH_PARSED_BODY",
    () =>
      onExpress((app) => void app.use(express.json(), onE.mount(engine())), {
        method: "POST",
        path: "/notes",
        json: {},
      }),
  ],
];
