/** A mistake that the compiler finds, beside the right way to write it. */
export interface Program {
  readonly what: string;
  /** What both begin with. */
  readonly before: string;
  readonly right: string;
  readonly wrong: string;
  /** What an editor shows at the mistake, or the part of it that names it. */
  readonly says: string;
}

const products = `
import { collection } from "unclash";
import { z } from "zod";
const schema = z.object({ sku: z.string(), status: z.enum(["new", "sold"]), at: z.coerce.date() });
`;

const engine = `
import { createMemoryStore } from "@unclash/memory";
import { createUnclash } from "unclash";
import { z } from "zod";
const store = createMemoryStore();
const notes = { schema: z.looseObject({}) };
`;

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

const koa = `
import { guarded } from "@unclash/koa";
const load = async () => ({ version: 1, value: { id: "1", title: "Old" } });
`;

export const programs: readonly Program[] = [
  {
    what: "a unique field that the schema does not have",
    before: products,
    right: `collection({ schema, unique: ["sku"] });`,
    wrong: `collection({ schema, unique: ["skew"] });`,
    says: `Type '"skew"' is not assignable to type`,
  },
  {
    what: "a reference from a field that the schema does not have",
    before: products,
    right: `collection({ schema, references: { sku: "skus" } });`,
    wrong: `collection({ schema, references: { skew: "skus" } });`,
    says: "'skew' does not exist in type",
  },
  {
    what: "a field of states that the schema does not have",
    before: products,
    right: `collection({ schema, states: { status: { initial: ["new"], transitions: { new: ["sold"] } } } });`,
    wrong: `collection({ schema, states: { stat: { initial: ["new"], transitions: { new: ["sold"] } } } });`,
    says: "'stat' does not exist in type",
  },
  {
    what: "a state that its field can't have",
    before: products,
    right: `collection({ schema, states: { status: { initial: ["new"], transitions: {} } } });`,
    wrong: `collection({ schema, states: { status: { initial: ["old"], transitions: {} } } });`,
    says: `Type '"old"' is not assignable to type '"new" | "sold"'.`,
  },
  {
    what: "a rule that reads a field which is not there",
    before: products,
    right: `collection({ schema, rules: [({ after }) => void after.sku] });`,
    wrong: `collection({ schema, rules: [({ after }) => void after.skew] });`,
    says: "Property 'skew' does not exist on type",
  },
  {
    what: "a rule that takes a date for one, where it is stored as a text",
    before: products,
    right: `collection({ schema, rules: [({ after }) => void Date.parse(after.at)] });`,
    wrong: `collection({ schema, rules: [({ after }) => void after.at.getTime()] });`,
    says: "Property 'getTime' does not exist on type 'string'.",
  },
  {
    what: "a rule that forgets that nothing is there before a creation",
    before: products,
    right: `collection({ schema, rules: [({ before }) => void before?.sku] });`,
    wrong: `collection({ schema, rules: [({ before }) => void before.sku] });`,
    says: "'before' is possibly 'undefined'.",
  },
  {
    what: "a rule that says `deny`, as authorize does",
    before: products,
    right: `collection({ schema, rules: [() => "forbidden"] });`,
    wrong: `collection({ schema, rules: [() => "deny"] });`,
    says: "Type '\"deny\"' is not assignable to type",
  },
  {
    what: "an async rule",
    before: products,
    right: `collection({ schema, rules: [() => undefined] });`,
    wrong: `collection({ schema, rules: [async () => undefined] });`,
    says: "Type 'Promise<undefined>' is not assignable to type 'StateFault | \"forbidden\" | undefined'.",
  },
  {
    what: "an engine without a store",
    before: engine,
    right: "createUnclash({ store, collections: { notes } });",
    wrong: "createUnclash({ collections: { notes } });",
    says: "Property 'store' is missing",
  },
  {
    what: "a misspelt option",
    before: engine,
    right: `createUnclash({ store, collections: { notes }, authorize: () => "allow" });`,
    wrong: `createUnclash({ store, collections: { notes }, authorise: () => "allow" });`,
    says: "but 'authorise' does not exist in type",
  },
  {
    what: "a verdict that is none",
    before: engine,
    right: `createUnclash({ store, collections: { notes }, authorize: () => "deny" });`,
    wrong: "createUnclash({ store, collections: { notes }, authorize: () => false });",
    says: "Type 'boolean' is not assignable to type 'Verdict | Promise<Verdict>'.",
  },
  {
    what: "an actor without a name",
    before: engine,
    right: `createUnclash({ store, collections: { notes }, identify: () => ({ name: "alice" }) });`,
    wrong: `createUnclash({ store, collections: { notes }, identify: () => ({ id: "alice" }) });`,
    says: "is not assignable to type",
  },
  {
    what: "a status of conflicts that is none",
    before: engine,
    right: "createUnclash({ store, collections: { notes }, conflictStatus: 412 });",
    wrong: "createUnclash({ store, collections: { notes }, conflictStatus: 400 });",
    says: "Type '400' is not assignable to type '409 | 412'.",
  },
  {
    what: "a store of SQLite that is not awaited",
    before: `${engine}import { createSqliteStore } from "@unclash/sqlite";`,
    right: "createUnclash({ store: await createSqliteStore({ file: ':memory:' }), collections: { notes } });",
    wrong: "createUnclash({ store: createSqliteStore({ file: ':memory:' }), collections: { notes } });",
    says: "is missing the following properties from type 'Store'",
  },
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
    right: `app.put("/a/:id", guarded({ load }, ({ guard }) => guard.expectAffected(1)));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ guard }) => guard.expectRow(1)));`,
    says: "No overload matches this call.",
  },
  {
    what: "a row that is handed over as a count",
    before: express,
    right: `app.put("/a/:id", guarded({ load }, ({ guard }) => guard.expectRow({ id: "1" })));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ guard }) => guard.expectAffected({ id: "1" })));`,
    says: "is not assignable to parameter of type 'number | bigint | null | undefined'.",
  },
  {
    what: "a problem that there is not",
    before: express,
    right: `app.put("/a/:id", guarded({ load }, ({ guard }) => guard.refuse("duplicate", "Taken.")));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ guard }) => guard.refuse("dupe", "Taken.")));`,
    says: `Argument of type '"dupe"' is not assignable to parameter of type 'ProblemSlug'.`,
  },
  {
    what: "a preference that there is not",
    before: express,
    right: `app.put("/a/:id", guarded({ load }, ({ guard }) => void guard.prefers("dry-run")));`,
    wrong: `app.put("/a/:id", guarded({ load }, ({ guard }) => void guard.prefers("dryrun")));`,
    says: `Argument of type '"dryrun"' is not assignable to parameter of type 'Preference'.`,
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
    says: "No overload matches this call.",
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
    what: "a guarded handler of Koa that reads what its row does not have",
    before: koa,
    right: "guarded({ load }, async ({ current }) => void current.title);",
    wrong: "guarded({ load }, async ({ current }) => void current.titel);",
    says: "Property 'titel' does not exist on type '{ id: string; title: string; }'.",
  },
  {
    what: "a strategy that there is not",
    before: koa,
    right: `guarded({ load, strategy: "last-write-wins" }, async () => undefined);`,
    wrong: `guarded({ load, strategy: "last-wins" }, async () => undefined);`,
    says: "No overload matches this call.",
  },
  {
    what: "keys of guards without a store",
    before: koa,
    right: `guarded({ load, idempotency: undefined as never }, async () => undefined);`,
    wrong: `guarded({ load, idempotency: { keepMs: 1 } }, async () => undefined);`,
    says: "No overload matches this call.",
  },
  {
    what: "a version of what is loaded that is nothing",
    before: koa,
    right: "guarded({ load: () => ({ version: 1 }) }, async () => undefined);",
    wrong: "guarded({ load: () => ({ version: null }) }, async () => undefined);",
    says: "No overload matches this call.",
  },
];
