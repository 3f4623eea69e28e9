import type { Program } from "./program.js";

const shapes = `
import { z } from "zod";
import { apiVersions } from "../../../../../packages/engine/src/states/api-versions.js";
import { resolveShapes } from "../../../../../packages/engine/src/states/shape-chain.js";
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
const all = { api, ownMembers: ["id"] };
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
    right: `resolveShapes("a", { ...all, schema: three, steps: [first, second] });`,
    wrong: `resolveShapes("a", { ...all, schema: three, steps: [first] });`,
    says: "is not assignable to type",
  },
  {
    what: "a step that does not lead to where the next one begins",
    before: `${shapes}const first = api.step("v1", "v2", { from: one, to: two, up, down });`,
    right: `resolveShapes("a", { ...all, schema: three, steps: [first, second] });`,
    wrong: `resolveShapes("a", { ...all, schema: two, steps: [second, first] });`,
    says: "is not assignable to type",
  },
];
