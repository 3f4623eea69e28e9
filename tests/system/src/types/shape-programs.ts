import type { Program } from "./program.js";

const shapes = `
import { apiVersions, collection } from "unclash";
import { z } from "zod";
const api = apiVersions({ name: "shop", default: "v3", versions: { v1: {}, v2: {}, v3: {} } });
const one = z.object({ content: z.string(), at: z.coerce.date() });
const two = z.object({ body: z.string(), at: z.coerce.date() });
const three = z.object({ body: z.object({ text: z.string() }), at: z.coerce.date() });
const up = ({ content, at }: { content: string; at: string }) => ({ body: content, at });
const down = ({ body, at }: { body: string; at: string }) => ({ content: body, at });
const second = api.step("v2", "v3", {
  from: two,
  to: three,
  up: ({ body, at }) => ({ body: { text: body }, at }),
  down: ({ body, at }) => ({ body: body.text, at }),
});
`;

const engine = `
import { createMemoryStore } from "@unclash/memory";
import { apiVersions, createUnclash } from "unclash";
const store = await createMemoryStore();
const options = { name: "shop", default: "v2", versions: { v1: {}, v2: {} } } as const;
`;

/** Mistakes with API versions, and with the steps between them. */
export const shapePrograms: readonly Program[] = [
  {
    what: "a default that is none of the API versions",
    before: shapes,
    right: `apiVersions({ name: "a", default: "v1", versions: { v1: {}, v2: {} } });`,
    wrong: `apiVersions({ name: "a", default: "v4", versions: { v1: {}, v2: {} } });`,
    says: `Type '"v4"' is not assignable to type '"v1" | "v2"'.`,
  },
  {
    what: "a misspelt time of an API version",
    before: shapes,
    right: `apiVersions({ name: "a", default: "v1", versions: { v1: { deprecatedAt: "2026-11-01" }, v2: {} } });`,
    wrong: `apiVersions({ name: "a", default: "v1", versions: { v1: { deprecated: "2026-11-01" }, v2: {} } });`,
    says: "'deprecated' does not exist in type 'ApiVersionOptions'",
  },
  {
    what: "a step to an API version that there is not",
    before: shapes,
    right: `api.step("v1", "v2", { from: one, to: two, up, down });`,
    wrong: `api.step("v1", "v4", { from: one, to: two, up, down });`,
    says: `Argument of type '"v4"' is not assignable to parameter of type`,
  },
  {
    what: "a step without the way back",
    before: shapes,
    right: `api.step("v1", "v2", { from: one, to: two, up, down });`,
    wrong: `api.step("v1", "v2", { from: one, to: two, up });`,
    says: "Property 'down' is missing in type",
  },
  {
    what: "an up that reads what the earlier shape does not have",
    before: shapes,
    right: `api.step("v1", "v2", { from: one, to: two, up: ({ content, at }) => ({ body: content, at }), down });`,
    wrong: `api.step("v1", "v2", { from: one, to: two, up: (old) => ({ body: old.body, at: old.at }), down });`,
    says: "Property 'body' does not exist on type",
  },
  {
    what: "an up that leaves out a field of the later shape",
    before: shapes,
    right: `api.step("v1", "v2", { from: one, to: two, up: ({ content, at }) => ({ body: content, at }), down });`,
    wrong: `api.step("v1", "v2", { from: one, to: two, up: ({ content }) => ({ body: content }), down });`,
    says: "Property 'at' is missing in type '{ body: string; }'",
  },
  {
    what: "a down that gives a field of another type",
    before: shapes,
    right: `api.step("v1", "v2", { from: one, to: two, up, down: ({ body, at }) => ({ content: body, at }) });`,
    wrong: `api.step("v1", "v2", { from: one, to: two, up, down: ({ body, at }) => ({ content: [body], at }) });`,
    says: "Type 'string[]' is not assignable to type 'string'.",
  },
  {
    what: "a step that takes a date for one, where it is stored as a text",
    before: shapes,
    right: `api.step("v1", "v2", { from: one, to: two, up: ({ at }) => ({ body: at.trim(), at }), down });`,
    wrong: `api.step("v1", "v2", { from: one, to: two, up: ({ at }) => ({ body: at.toISOString(), at }), down });`,
    says: "Property 'toISOString' does not exist on type 'string'.",
  },
  {
    what: "an async step",
    before: shapes,
    right: `api.step("v1", "v2", { from: one, to: two, up: (fields) => up(fields), down });`,
    wrong: `api.step("v1", "v2", { from: one, to: two, up: async (fields) => up(fields), down });`,
    says: "is missing the following properties from type",
  },
  {
    what: "a rename from a field that the earlier shape does not have",
    before: shapes,
    right: `api.step("v1", "v2", { from: one, to: two, up, down, renames: { "/content": "/body" } });`,
    wrong: `api.step("v1", "v2", { from: one, to: two, up, down, renames: { "/contents": "/body" } });`,
    says: `'"/contents"' does not exist in type`,
  },
  {
    what: "a rename to a field that the later shape does not have",
    before: shapes,
    right: `api.step("v1", "v2", { from: one, to: two, up, down, renames: { "/content/0": "/body/0" } });`,
    wrong: `api.step("v1", "v2", { from: one, to: two, up, down, renames: { "/content": "/bodies" } });`,
    says: `Type '"/bodies"' is not assignable to type`,
  },
  {
    what: "steps of which the last does not lead to the schema of the collection",
    before: `${shapes}const first = api.step("v1", "v2", { from: one, to: two, up, down });`,
    right: `collection({ schema: three, apiVersions: [first, second] });`,
    wrong: `collection({ schema: three, apiVersions: [first] });`,
    says: `is not assignable to type '"its \`to\` must be the collection's \`schema\`"'`,
  },
  {
    what: "a step that does not lead to where the next one begins",
    before: `${shapes}const first = api.step("v1", "v2", { from: one, to: two, up, down });`,
    right: `collection({ schema: three, apiVersions: [first, second] });`,
    wrong: `collection({ schema: two, apiVersions: [second, first] });`,
    says: `is not assignable to type '"its \`to\` must be the \`from\` of the next step"'`,
  },
  {
    what: "API versions that were not made by apiVersions()",
    before: engine,
    right: "createUnclash({ store, collections: {}, apiVersions: apiVersions(options) });",
    wrong: "createUnclash({ store, collections: {}, apiVersions: options });",
    says: "is missing the following properties from type 'ApiVersions<string>': offered, isByDay, step",
  },
  {
    what: "an API version that is written where versions of resources are counted",
    before: shapes,
    right: `collection({ schema: three, versions: "counted" });`,
    wrong: `collection({ schema: three, versions: "v3" });`,
    says: `Type '"v3"' is not assignable to type '"counted" | "timestamps"'.`,
  },
  {
    what: "a migration that names no collection",
    before: engine,
    right: `void createUnclash({ store, collections: {} }).migrate("articles");`,
    wrong: "void createUnclash({ store, collections: {} }).migrate();",
    says: "Expected 1-2 arguments, but got 0.",
  },
];
