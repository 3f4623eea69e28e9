import { ConfigurationError } from "@unclash/core";
import { createMemoryStore } from "@unclash/memory";
import { expect, test } from "vitest";
import { z } from "zod";
import type { UnclashOptions } from "./options.js";
import type { CollectionOptions } from "./resources/collection-options.js";
import { createUnclash } from "./unclash.js";

const schema = z.object({ title: z.string() });
const store = createMemoryStore();

function mistake(options: unknown): ConfigurationError {
  try {
    createUnclash(options as UnclashOptions);
  } catch (thrown) {
    if (thrown instanceof ConfigurationError) return thrown;
    throw thrown;
  }
  throw new Error("Nothing was refused.");
}

const merging = (merge: unknown): object => ({ schema, conflicts: { strategy: "merge", merge } });

const collectionMistakes: readonly (readonly [option: string, collection: unknown])[] = [
  ["collections.articles.schema", {}],
  ["collections.articles.preconditions.required", { schema, preconditions: { required: "always" } }],
  ["collections.articles.conflicts.strategy", { schema, conflicts: { strategy: "newest-wins" } }],
  ["collections.articles.conflicts.allowedStrategies", { schema, conflicts: { allowedStrategies: ["newest-wins"] } }],
  ["collections.articles.conflicts.merge", { schema, conflicts: { merge: { policies: { "/title": "mine" } } } }],
  ["collections.articles.conflicts.merge.policies", merging({ policies: { "/titel": "mine" } })],
  ["collections.articles.conflicts.merge.policies", merging({ policies: { "/version": "mine" } })],
  ['collections.articles.conflicts.merge.policies["title"]', merging({ policies: { title: "mine" } })],
  ['collections.articles.conflicts.merge.policies["/title"]', merging({ policies: { "/title": "newest" } })],
  ["collections.articles.conflicts.merge.together", merging({ together: [["/titel", "/title"]] })],
  ["collections.articles.conflicts.merge.together[0]", merging({ together: ["/title"] })],
  ["collections.articles.conflicts.merge.polices", merging({ polices: {} })],
  ["collections.articles.conflicts.recordRefusals", { schema, conflicts: { recordRefusals: "yes" } }],
  ["collections.articles.conflicts.resolveWithinMs", { schema, conflicts: { resolveWithinMs: "30d" } }],
  ["collections.articles.conflicts.keepRecordsMs", { schema, conflicts: { keepRecordsMs: 0 } }],
  ["collections.articles.retention", { schema, retention: "none", conflicts: { strategy: "manual" } }],
  ["collections.articles.references.author", { schema, references: { author: "people" } }],
  ["collections.articles.versionField", { schema, versionField: "id" }],
  ["collections.articles.etagField", { schema, etagField: "id" }],
  ["collections.articles.etagField", { schema, etagField: "version" }],
  ["collections.articles.etagField", { schema, versionField: "etag" }],
  ["collections.articles.unique", { schema, unique: ["etag"] }],
  ["collections.articles.references", { schema, references: { version: "articles" } }],
  ["collections.articles.versions", { schema, versions: "dates" }],
  ["collections.articles.entityTags", { schema, entityTags: "crc32" }],
  ["collections.articles.retention", { schema, retention: { count: 0 } }],
  ["collections.articles.retention", { schema, retention: "forever" }],
  ["collections.articles.unique", { schema, unique: "title" }],
  ["collections.articles.unique", { schema, unique: ["a".repeat(120)] }],
  ["collections.articles.unique", { schema, unique: Array.from({ length: 33 }, (_, n) => `f${n}`) }],
  ["collections.articles.retention", { schema, retention: "none", conflicts: { strategy: "last-write-wins" } }],
  ["collections.articles.retention", { schema, retention: "none", conflicts: { allowedStrategies: "all" } }],
  ["collections.articles.retention", { schema, retention: { ageMs: 1e13 } }],
  ["collections.articles.states.status", { schema, states: { status: "draft" } }],
  ["collections.articles.states.status.initial", { schema, states: { status: { initial: "draft" } } }],
  ["collections.articles.states.status.transitions", { schema, states: { status: { initial: ["draft"] } } }],
  [
    "collections.articles.states.status.transitions.draft",
    { schema, states: { status: { initial: ["draft"], transitions: { draft: "published" } } } },
  ],
  ["collections.articles.states.status.transition", { schema, states: { status: { transition: {} } } }],
  ["collections.articles.precondtion", { schema, precondtion: "required" }],
  ["collections.articles.versionField", { schema, versionField: true }],
  ["collections.articles.etagField", { schema, etagField: true }],
  ["collections.articles.retention", { schema, retention: { count: 1, maxAge: 1 } }],
  ["collections.articles.preconditions.datesSuffice", { schema, preconditions: { datesSuffice: "false" } }],
  ["collections.articles.rules", { schema, rules: () => undefined }],
  ["collections.articles.references", { schema, references: ["author"] }],
  ["collections.articles.references", { schema: z.looseObject({}), references: { "/product": "articles" } }],
  ["collections.articles.references", { schema: z.any(), references: { "/product": "articles" } }],
  ["collections.articles.unique", { schema: z.looseObject({}), unique: ["/sku"] }],
  ["collections.articles.unique", { schema: z.looseObject({}), unique: ["/address/zip"] }],
  [
    "collections.articles.states",
    { schema: z.looseObject({}), states: { "/status": { initial: ["a"], transitions: {} } } },
  ],
  ["collections.articles.unique", { schema, unique: ["titel"] }],
  ["collections.articles.references", { schema: z.strictObject({ by: z.string() }), references: { from: "articles" } }],
  ["collections.articles.states", { schema, states: { state: { initial: ["a"], transitions: {} } } }],
  ["collections.articles.schema", { schema: schema.extend({ id: z.string() }) }],
  ["collections.articles.schema", { schema: schema.extend({ version: z.number().optional() }) }],
  ["collections.articles.schema", { schema: z.looseObject({ rev: z.number() }), versionField: "rev" }],
  ["collections.articles", undefined],
  ["collections.articles", schema],
  ["collections.articles.cacheControl", { schema, cacheControl: "no-cache\r\nset-cookie: a=b" }],
];

test.each(collectionMistakes)("a mistake in %s is refused at construction, by its name", (option, articles) => {
  expect(mistake({ store, collections: { articles } }).option).toBe(option);
});

const engineMistakes: readonly (readonly [option: string, options: Record<string, unknown>])[] = [
  ["authorise", { authorise: () => "allow" }],
  ["store", { store: undefined }],
  ["store", { store: Promise.resolve(store) }],
  ["store", { store: createMemoryStore }],
  ["store", { store: { commit() {} } }],
  ["collections", { collections: undefined }],
  ["collections", { collections: [schema] }],
  ["requireDurability", { requireDurability: "process" }],
  ["requireDurability", { requireDurability: "disk" }],
  ["collections", { collections: {} }],
  ["collections.locks", { collections: { locks: { schema } } }],
  ["collections.v1", { collections: { v1: { schema } } }],
  ["collections.A b", { collections: { "A b": { schema } } }],
  ["conflictStatus", { conflictStatus: 400 }],
  ["decodeBodies", { decodeBodies: ["compress"] }],
  ["credentialHeaders", { credentialHeaders: ["x y"] }],
  ["requestLimits.bodyBytesMax", { requestLimits: { bodyBytesMax: -1 } }],
  ["requestLimits.bodyBytes", { requestLimits: { bodyBytes: 1 } }],
  ["requestLimits.pageSizeMax", { requestLimits: { pageSizeMax: 5_000 } }],
  ["idempotency", { idempotency: true }],
  ["idempotency", { idempotency: null }],
  ["idempotency.keepMs", { idempotency: { keepMs: 0 } }],
  ["idempotency.keepMs", { idempotency: { keepMs: 1.5 } }],
  ["idempotency.keepMs", { idempotency: { keepMs: "1 day" } }],
  ["idempotency.keepMs", { idempotency: { keepMs: 1e13 } }],
  ["idempotency.keepms", { idempotency: { keepms: 1_000 } }],
  ["requestLimits", { requestLimits: null }],
  ["requestLimits.lookUpMs", { requestLimits: { lookUpMs: 2 ** 31 } }],
  ["credentialHeaders", { credentialHeaders: "cookie" }],
  ["identify", { identify: "bearer" }],
  ["authorize", { authorize: {} }],
  ["observe", { observe: true }],
  ["problemTypePrefix", { problemTypePrefix: "" }],
];

test.each(engineMistakes)("a mistake in %s is refused at construction, by its name", (option, options) => {
  expect(mistake({ store, collections: { articles: { schema } }, ...options }).option).toBe(option);
});

test("what an option may be stands in the message", () => {
  const articles = { schema, conflicts: { strategy: "newest-wins" } } as unknown as CollectionOptions;
  expect(() => createUnclash({ store, collections: { articles } })).toThrow(
    'collections.articles.conflicts.strategy must be "reject", "last-write-wins", "first-write-wins", "merge" or ' +
      '"manual", or a function, and is "newest-wins"',
  );
});

test("a JSON Pointer in the place of a field is told the field's name", () => {
  const said = (field: string) => mistake({ store, collections: { articles: { schema: z.any(), unique: [field] } } });
  expect(said("/a~1b").message).toContain('"/a~1b" is a JSON Pointer: write "a/b"');
  expect(said("/a/b").message).toContain("only members of the resource itself are");
  const literal = { articles: { schema: z.object({ "/sku": z.string() }), unique: ["/sku"] } };
  expect(() => createUnclash({ store, collections: literal })).not.toThrow();
});
