import { z } from "zod";
import { apiVersions } from "./api-versions.js";
import { resolveShapes, type ShapeChain } from "./shape-chain.js";

/** An API whose articles changed in its second and in its fourth version. */
const api = apiVersions({
  name: "shop",
  default: "v4",
  versions: { v1: { deprecatedAt: "2026-11-01", sunsetAt: "2027-11-01" }, v2: {}, v3: {}, v4: {} },
});

const first = z.object({
  content: z.string(),
  author: z.string(),
  tags: z.array(z.string()),
  lines: z.array(z.object({ id: z.string(), text: z.string() })),
  rating: z.number().optional(),
});

const second = z.object({
  body: z.string(),
  author: z.object({ name: z.string(), email: z.string().optional() }),
  tags: z.array(z.object({ label: z.string(), color: z.string().optional() })),
  lines: z.array(z.object({ id: z.string(), text: z.string(), note: z.string().optional() })),
  rating: z.number().optional(),
  content: z.object({ kind: z.string() }).optional(),
});

/** Some lines are hidden from earlier versions. */
const newest = second.omit({ body: true }).extend({
  text: z.object({ body: z.string(), format: z.string() }),
  lines: z.array(
    z.object({ id: z.string(), text: z.string(), note: z.string().optional(), hidden: z.boolean().optional() }),
  ),
});

/** What `v1` shows of an article. */
export interface First {
  readonly content: string;
  readonly author: string;
  readonly tags: readonly string[];
  readonly lines: readonly { readonly id: string; readonly text: string }[];
  readonly rating?: number;
}

const steps = [
  api.step("v1", "v2", {
    from: first,
    to: second,
    up: ({ content, author, tags, ...others }) => ({
      ...others,
      body: content,
      author: { name: author },
      tags: tags.map((label) => ({ label })),
    }),
    down: ({ body, author, tags, lines, content: _, ...others }) => ({
      ...others,
      content: body,
      author: author.name,
      tags: tags.map(({ label }) => label),
      lines: lines.map(({ id, text }) => ({ id, text })),
    }),
    renames: { "/content": "/body", "/author": "/author/name", "/tags/*": "/tags/*/label" },
  }),
  api.step("v3", "v4", {
    from: second,
    to: newest,
    up: ({ body, ...others }) => ({ ...others, text: { body, format: "plain" } }),
    down: ({ text, lines, ...others }) => ({
      ...others,
      body: text.body,
      lines: lines.filter(({ hidden }) => hidden !== true).map(({ hidden: _, ...line }) => line),
    }),
    renames: { "/body": "/text/body" },
  }),
] as const;

/** Shape 4 is the newest; 2 and 3 are the same. */
export const chain: ShapeChain = resolveShapes("collections.articles.apiVersions", {
  api,
  schema: newest,
  steps,
  ownMembers: ["id", "version", "etag"],
});
