import type { Program } from "./program.js";

const express = `
import express from "express";
import { guard, guarded } from "@unclash/express";
const app = express();
const load = async () => ({ version: 1, value: { id: "1", title: "Old" } });
`;

const fastify = `
import Fastify from "fastify";
import { guarded } from "@unclash/fastify";
const app = Fastify();
const load = async () => ({ version: 1, value: { id: "1", title: "Old" } });
`;

const provided = `
import Fastify, { type FastifyRequest, type FastifyTypeProvider } from "fastify";
import { guard, guarded } from "@unclash/fastify";
interface Provider extends FastifyTypeProvider {
  readonly validator: this["schema"] extends { readonly of: infer Content } ? Content : unknown;
  readonly serializer: this["validator"];
}
const app = Fastify().withTypeProvider<Provider>();
declare const params: { readonly of: { id: string } };
declare const body: { readonly of: { title: string } };
const find = async (id: string) => ({ id, title: "Old", version: 1 });
`;

const koa = `
import { guarded } from "@unclash/koa";
const load = async () => ({ version: 1, value: { id: "1", title: "Old" } });
`;

/** Mistakes with guards, in each framework. */
export const guardPrograms: readonly Program[] = [
  {
    what: "a guard with a misspelt option",
    before: express,
    right: "guard({ load });",
    wrong: "guard({ laod: load });",
    says: "'laod' does not exist in type",
  },
  {
    what: "a guarded handler that reads what its row does not have",
    before: express,
    right: `app.put("/a/:id", guarded({ load }, ({ current }) => void current.title));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ current }) => void current.titel));`,
    says: "Property 'titel' does not exist on type '{ id: string; title: string; }'.",
  },
  {
    what: "a guarded handler that takes its version for a text",
    before: express,
    right: `app.put("/a/:id", guarded({ load }, ({ expected }) => void expected.toFixed()));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ expected }) => void expected.trim()));`,
    says: "Property 'trim' does not exist on type 'number'.",
  },
  {
    what: "a guarded handler that may create, and takes its row for granted",
    before: express,
    right: `app.put("/a/:id", guarded({ load, creates: true }, ({ current }) => void current?.title));`,
    wrong: `app.put("/a/:id", guarded({ load, creates: true }, ({ current }) => void current.title));`,
    says: "'current' is possibly 'undefined'.",
  },
  {
    what: "a count that is handed over as a row",
    before: express,
    right: `app.put("/a/:id", guarded({ load }, ({ outcome }) => outcome.expectAffected(1)));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ outcome }) => outcome.expectRow(1)));`,
    says: `is not assignable to parameter of type '"a count: call expectAffected(count)"'`,
  },
  {
    what: "a row that is handed over as a count",
    before: express,
    right: `app.put("/a/:id", guarded({ load }, ({ outcome }) => outcome.expectRow({ id: "1" })));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ outcome }) => outcome.expectAffected({ id: "1" })));`,
    says: "is not assignable to parameter of type 'number | bigint | null | undefined'.",
  },
  {
    what: "a problem that there is not",
    before: express,
    right: `app.put("/a/:id", guarded({ load }, ({ outcome }) => outcome.refuse("duplicate", "Taken.")));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ outcome }) => outcome.refuse("dupe", "Taken.")));`,
    says: `Argument of type '"dupe"' is not assignable to parameter of type 'ProblemSlug'.`,
  },
  {
    what: "a preference that there is not",
    before: express,
    right: `app.put("/a/:id", guarded({ load }, ({ prefers }) => void prefers("dry-run")));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ prefers }) => void prefers("dryrun")));`,
    says: `Argument of type '"dryrun"' is not assignable to parameter of type 'Preference'.`,
  },
  {
    what: "a driver's whole result that is handed over as a row",
    before: `${express}declare const result: { rows: { version: number }[]; rowCount: number | null };`,
    right: `app.put("/a/:id", guarded({ load }, ({ outcome }) => outcome.expectRow(result.rows)));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ outcome }) => outcome.expectRow(result)));`,
    says: `is not assignable to parameter of type '"a whole result: give its \`rows\`"'`,
  },
  {
    what: "a write that nobody waits for, handed over as a row",
    before: `${express}declare const write: () => Promise<{ version: number }[]>;`,
    right: `app.put("/a/:id", guarded({ load }, async ({ outcome }) => outcome.expectRow(await write())));`,
    wrong: `app.put("/a/:id", guarded({ load }, async ({ outcome }) => outcome.expectRow(write())));`,
    says: `is not assignable to parameter of type '"a promise: put \`await\` before the write"'`,
  },
  {
    what: "a row without a version as the new state",
    before: express,
    right: `app.put("/a/:id", guarded({ load }, ({ outcome }) => void outcome.updated(2)));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ outcome }) => void outcome.updated({ title: "B" })));`,
    says: "'title' does not exist in type",
  },
  {
    what: "a parameter that an `app.route` of Express does not have",
    before: express,
    right: `app.route("/a/:id").put(guarded({ load }, ({ req }) => void req.params.id));`,
    wrong: `app.route("/a/:id").put(guarded({ load }, ({ req }) => void req.params.slug));`,
    says: "Property 'slug' does not exist on type '{ id: string; }'.",
  },
  {
    what: "a member of a body that a route of Express does not have",
    before: `${express}type Typed = express.Request<{ id: string }, unknown, { title: string }>;
const find = async ({ params }: Typed) => ({ version: 1, id: params.id });`,
    right: `app.put("/a/:id", guarded({ load: find }, ({ req }) => void req.body.title));`,
    wrong: `app.put("/a/:id", guarded({ load: find }, ({ req }) => void req.body.titel));`,
    says: "Property 'titel' does not exist on type '{ title: string; }'.",
  },
  {
    what: "an option of one guard among those of all",
    before: `${express}import { createGuards } from "@unclash/express";`,
    right: `createGuards({ conflictStatus: 412 }).guard({ load });`,
    wrong: `createGuards({ conflictStatus: 412, load });`,
    says: "'load' does not exist in type 'SharedGuardOptions<",
  },
  {
    what: "an option beside the group that it belongs to",
    before: express,
    right: `guard({ load, preconditions: { datesSuffice: true } });`,
    wrong: `guard({ load, datesSuffice: true });`,
    says: "'datesSuffice' does not exist in type 'GuardOptions<",
  },
  {
    what: "a parameter that a route of Express does not have",
    before: express,
    right: `app.put("/a/:id", guarded({ load }, ({ req }) => void req.params["id"]?.trim()));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ req }) => void req.params["id"]?.getTime()));`,
    says: "Property 'getTime' does not exist on type 'string'.",
  },
  {
    what: "a handler before its options",
    before: express,
    right: `app.put("/a/:id", guarded({ load }, () => undefined));`,
    wrong: `app.put("/a/:id", guarded(() => undefined, { load }));`,
    says: "Type '() => undefined' has no properties in common with type 'GuardOptions<",
  },
  {
    what: "a guarded handler of Fastify that reads what its row does not have",
    before: fastify,
    right: `app.put("/a/:id", guarded({ load }, async ({ current }) => current.title));`,
    wrong: `app.put("/a/:id", guarded({ load }, async ({ current }) => current.titel));`,
    says: "Property 'titel' does not exist on type '{ id: string; title: string; }'.",
  },
  {
    what: "a guarded handler of Fastify that looks for the response of Express",
    before: fastify,
    right: `app.put("/a/:id", guarded({ load }, ({ reply }) => void reply.send("x")));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ res }) => void res.json("x")));`,
    says: "Property 'res' does not exist on type",
  },
  {
    what: "a member of a body that the schema of a route of Fastify does not have",
    before: `${provided}const schema = { params, body };
const load = ({ params }: FastifyRequest<{ Params: { id: string } }>) => find(params.id);`,
    right: `app.put("/a/:id", { schema }, guarded({ load }, async ({ request }) => request.body.title));`,
    wrong: `app.put("/a/:id", { schema }, guarded({ load }, async ({ request }) => request.body.titel));`,
    says: "Property 'titel' does not exist on type '{ title: string; }'.",
  },
  {
    what: "a parameter that the schema of a route of Fastify does not have",
    before: `${provided}const schema = { params };`,
    right: `app.put("/a/:id", { schema }, guarded({ load: ({ params }) => find(params.id) }, async () => 1));`,
    wrong: `app.put("/a/:id", { schema }, guarded({ load: ({ params }) => find(params.slug) }, async () => 1));`,
    says: "Property 'slug' does not exist on type '{ id: string; }'.",
  },
  {
    what: "a parameter of a route of Fastify without a schema, taken for a number",
    before: `${provided}const schema = { body };`,
    right: `app.put("/a/:id", { schema }, guarded({}, async ({ request }) => request.params["id"]?.trim()));`,
    wrong: `app.put("/a/:id", { schema }, guarded({}, async ({ request }) => request.params["id"]?.toFixed()));`,
    says: "Property 'toFixed' does not exist on type 'string'.",
  },
  {
    what: "content that the schema of a response of Fastify does not allow",
    before: `${provided}const schema = { response: { 200: body } };`,
    right: `app.put("/a/:id", { schema }, guarded({ load: () => find("1") }, async ({ current }) => current));`,
    wrong: `app.put("/a/:id", { schema }, guarded({ load: () => find("1") }, async ({ expected }) => ({ expected })));`,
    says: "Type '{ expected: number; }' is not assignable to type 'void | { title: string; }'.",
  },
  {
    what: "content that the schema of a response of Fastify does not allow, sent by the reply",
    before: `${provided}const schema = { response: { 200: body } };`,
    right: `app.put("/a/:id", { schema }, guarded({}, ({ reply }) => void reply.code(200).send({ title: "B" })));`,
    wrong: `app.put("/a/:id", { schema }, guarded({}, ({ reply }) => void reply.code(200).send({ title: 1 })));`,
    says: "Type 'number' is not assignable to type 'string'.",
  },
  {
    what: "a member of a body that a route of Fastify does not declare",
    before: `${provided}type Route = { Params: { id: string }; Body: { text: string } };
const route = app.put<Route>;`,
    right: `route("/a/:id", guarded({ load: ({ params }) => find(params.id) }, ({ request }) => request.body.text));`,
    wrong: `route("/a/:id", guarded({ load: ({ params }) => find(params.id) }, ({ request }) => request.body.txt));`,
    says: "Property 'txt' does not exist on type '{ text: string; }'.",
  },
  {
    what: "a member of a body that the schema of a route of Fastify does not have, behind a plugin's guard",
    before: `${provided}const one = guard({ load: ({ params }) => find(params["id"] ?? "") });
const route = { schema: { params, body }, ...one.route };`,
    right: `app.put("/a/:id", route, async (request) => [one.of(request).current.id, request.body.title]);`,
    wrong: `app.put("/a/:id", route, async (request) => [one.of(request).current.id, request.body.titel]);`,
    says: "Property 'titel' does not exist on type '{ title: string; }'.",
  },
  {
    what: "a credential that is looked for in several lines",
    before: `${express}declare const accounts: Map<string, { name: string }>;`,
    right: `guard({ load, identify: ({ headers }) => accounts.get(headers.authorization ?? "") });`,
    wrong: `guard({ load, identify: ({ headers }) => accounts.get(headers["x-api-key"] ?? "") });`,
    says: "Argument of type 'string | string[]' is not assignable to parameter of type 'string'.",
  },
  {
    what: "a guarded handler of Koa that reads what its row does not have",
    before: koa,
    right: "guarded({ load }, async ({ current }) => void current.title);",
    wrong: "guarded({ load }, async ({ current }) => void current.titel);",
    says: "Property 'titel' does not exist on type '{ id: string; title: string; }'.",
  },
  {
    what: "a strategy that there is not",
    before: koa,
    right: `guarded({ load, conflicts: { strategy: "last-write-wins" } }, async () => undefined);`,
    wrong: `guarded({ load, conflicts: { strategy: "last-wins" } }, async () => undefined);`,
    says: `Type '"last-wins"' is not assignable to type 'Strategy | undefined'`,
  },
  {
    what: "keys of guards without a store",
    before: koa,
    right: `guarded({ load, idempotency: false }, async () => undefined);`,
    wrong: `guarded({ load, idempotency: { keepMs: 1 } }, async () => undefined);`,
    says: "Property 'store' is missing in type '{ keepMs: number; }'",
  },
  {
    what: "a limit of collections in a guard",
    before: koa,
    right: "guarded({ load, requestLimits: { pageSizeMax: 10 } }, async () => undefined);",
    wrong: "guarded({ load, requestLimits: { listScanMax: 10 } }, async () => undefined);",
    says: "'listScanMax' does not exist in type 'Partial<GuardRequestLimits>'",
  },
  {
    what: "a format of errors that reads what its framework's request does not have",
    before: `${express}import { createGuards } from "@unclash/express";`,
    right: "createGuards({}).problems({ problem: ({ title }, request) => [title, request.originalUrl] });",
    wrong: "createGuards({}).problems({ problem: ({ title }, request) => [title, request.orginalUrl] });",
    says: "Property 'orginalUrl' does not exist on type 'Request<",
  },
  {
    what: "a version of what is loaded that is nothing",
    before: koa,
    right: "guarded({ load: () => ({ version: 1 }) }, async () => undefined);",
    wrong: "guarded({ load: () => ({ version: null }) }, async () => undefined);",
    says: "Type 'null' is not assignable to type 'StateVersion'",
  },
];
