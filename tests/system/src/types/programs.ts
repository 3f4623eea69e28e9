import { guardPrograms } from "./guard-programs.js";
import type { Program } from "./program.js";
import { shapePrograms } from "./shape-programs.js";

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
    what: "an authorize that takes the fields for what is always known",
    before: engine,
    right: `createUnclash({ store, collections: { notes }, authorize: (_action, _key, _actor, { current }) =>
      current === undefined || current["owner"] === "alice" ? "allow" : "hide" });`,
    wrong: `createUnclash({ store, collections: { notes }, authorize: (_action, _key, _actor, { current }) =>
      current["owner"] === "alice" ? "allow" : "hide" });`,
    says: "'current' is possibly 'undefined'.",
  },
  {
    what: "a default authorize that an app's own goes on with",
    before: `${engine}import { authorizeByDefault } from "unclash";`,
    right: `createUnclash({ store, collections: { notes }, authorize: (action, key, actor) =>
      key === "notes/1" ? "hide" : authorizeByDefault(action, key, actor) });`,
    wrong: `createUnclash({ store, collections: { notes }, authorize: (action, key) =>
      authorizeByDefault(action, key) });`,
    says: "Expected 3-4 arguments, but got 2.",
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
  ...guardPrograms,
  ...shapePrograms,
];
