import { createMemoryStore } from "@unclash/memory";
import { createUnclash } from "unclash";
import { z } from "zod";

const store = createMemoryStore();
const schema = z.object({ title: z.string(), status: z.string(), author: z.string() });

const engine = (options) => () => createUnclash({ store, collections: { articles: { schema } }, ...options });
const collection = (options) => engine({ collections: { articles: { schema, ...options } } });
const people = { people: { schema: z.object({ name: z.string() }) } };

/** Mistakes in what `createUnclash` is given. */
export const engineMistakes = [
  ["nothing at all", "options must be an object, and is undefined", () => createUnclash()],
  ["a store in place of options", "capabilities is not an option", () => createUnclash(store)],
  [
    "authorise for authorize",
    "authorise is not an option. Did you mean `authorize`?",
    engine({ authorise: () => "allow" }),
  ],
  ["identity for identify", "Did you mean `identify`?", engine({ identity: () => undefined })],
  ["collection for collections", "Did you mean `collections`?", () => createUnclash({ store, collection: {} })],
  ["requestLimit for requestLimits", "Did you mean `requestLimits`?", engine({ requestLimit: {} })],
  ["onDecision for observe", "onDecision is not an option", engine({ onDecision() {} })],
  [
    "no store",
    "store must be a store, such as createMemoryStore(), and is undefined",
    () => createUnclash({ collections: {} }),
  ],
  ["a store that is not awaited", "and is a promise: put `await` before it", engine({ store: Promise.resolve(store) })],
  ["a store that is not called", "and is the function createMemoryStore", engine({ store: createMemoryStore })],
  ["a database client as store", "store must be a store", engine({ store: { query() {}, connect() {} } })],
  ["no collections", "collections must be an object, and is undefined", () => createUnclash({ store })],
  ["empty collections", "collections must name at least one collection", engine({ collections: {} })],
  [
    "collections as an array",
    "collections must be an object, and is an array of 1",
    engine({ collections: [{ schema }] }),
  ],
  [
    "identify that is called",
    "identify must be a function, and is a promise",
    engine({ identify: (async () => ({}))() }),
  ],
  [
    "authorize as a table",
    "authorize must be a function, and is an object with read",
    engine({ authorize: { read: "allow" } }),
  ],
  ["a status as text", 'conflictStatus must be 409 or 412, and is "409"', engine({ conflictStatus: "409" })],
  [
    "a header's name as text",
    'credentialHeaders must be an array of the names of headers, and is "cookie"',
    engine({ credentialHeaders: "cookie" }),
  ],
  [
    "a limit that is misspelt",
    "requestLimits.bodyByteMax is not an option. Did you mean `bodyBytesMax`?",
    engine({ requestLimits: { bodyByteMax: 1 } }),
  ],
  [
    "a limit as text",
    'requestLimits.bodyBytesMax must be a whole number of at least 1, and is "1mb"',
    engine({ requestLimits: { bodyBytesMax: "1mb" } }),
  ],
  [
    "a limit of zero",
    "requestLimits.jsonDepthMax must be a whole number of at least 1, and is 0",
    engine({ requestLimits: { jsonDepthMax: 0 } }),
  ],
  ["keepMs as text", "idempotency.keepMs must be a whole number", engine({ idempotency: { keepMs: "1 day" } })],
  ["idempotency: true", "idempotency must be an object, and is true", engine({ idempotency: true })],
  [
    "more durability than there is",
    "requireDurability is fsync, and the store's durability is none",
    engine({ requireDurability: "fsync" }),
  ],
];

/** Mistakes in a collection's options. */
export const collectionMistakes = [
  [
    "a schema in place of options",
    "is the schema: write `{ schema: … }`",
    engine({ collections: { articles: schema } }),
  ],
  ["no schema", "collections.articles.schema must be a Standard Schema", engine({ collections: { articles: {} } })],
  [
    "a JSON Schema",
    "must be a Standard Schema, as zod, valibot and arktype make them",
    collection({ schema: { type: "object" } }),
  ],
  ["a name with a capital", "Did you mean `articles`?", engine({ collections: { Articles: { schema } } })],
  [
    "a name of unclash's own",
    "collections.locks is a name that unclash's own routes have",
    engine({ collections: { locks: { schema } } }),
  ],
  [
    "precondition for preconditions",
    "collections.articles.precondition is not an option. Did you mean `preconditions`?",
    collection({ precondition: "optional" }),
  ],
  [
    "an option beside its group",
    "collections.articles.datesSuffice is an option of the group `preconditions`: write",
    collection({ datesSuffice: true }),
  ],
  [
    "preconditions.required as text",
    'collections.articles.preconditions.required must be true or false, and is "optional"',
    collection({ preconditions: { required: "optional" } }),
  ],
  [
    "a strategy that is none",
    'strategy must be "reject", "last-write-wins"',
    collection({ conflicts: { strategy: "lww" } }),
  ],
  ["unique as text", "unique must be an array of the names of fields", collection({ unique: "title" })],
  [
    "a unique field that is misspelt",
    'must name fields of the schema, and "titel" is none. Did you mean `title`?',
    collection({ unique: ["titel"] }),
  ],
  [
    "a reference to no collection",
    'must name a collection of this engine (did you mean "people"?)',
    engine({ collections: { ...people, articles: { schema, references: { author: "peple" } } } }),
  ],
  [
    "a reference from no field",
    '"autor" is none. Did you mean `author`?',
    engine({ collections: { ...people, articles: { schema, references: { autor: "people" } } } }),
  ],
  [
    "a reference in an object to no collection",
    'references.author.collection must name a collection of this engine (did you mean "people"?)',
    engine({ collections: { ...people, articles: { schema, references: { author: { collection: "peple" } } } } }),
  ],
  [
    "a reference to nothing",
    "references.author.collection must name a collection of this engine: people, articles, and is undefined",
    engine({ collections: { ...people, articles: { schema, references: { author: { onDelete: "restrict" } } } } }),
  ],
  [
    "onDelete: cascade",
    'references.author.onDelete must be "ignore" or "restrict", and is "cascade"',
    engine({
      collections: {
        ...people,
        articles: { schema, references: { author: { collection: "people", onDelete: "cascade" } } },
      },
    }),
  ],
  [
    "onDeletion for onDelete",
    "references.author.onDeletion is not an option. Did you mean `onDelete`?",
    engine({
      collections: {
        ...people,
        articles: { schema, references: { author: { collection: "people", onDeletion: "restrict" } } },
      },
    }),
  ],
  ["references as an array", "references must be an object", collection({ references: ["author"] })],
  [
    "states of no field",
    '"state" is none. Did you mean `status`?',
    collection({ states: { state: { initial: ["draft"], transitions: {} } } }),
  ],
  [
    "states without transitions",
    "states.status.transitions must be an object",
    collection({ states: { status: { initial: ["draft"] } } }),
  ],
  [
    "a transition to a text",
    "transitions.draft must be an array of values",
    collection({ states: { status: { initial: ["draft"], transitions: { draft: "published" } } } }),
  ],
  ["rules as one function", "rules must be an array of functions", collection({ rules: () => undefined })],
  ["a rule that is called", "rules must be an array of functions", collection({ rules: [undefined] })],
  [
    "a schema with id",
    'must not declare "id", which is unclash\'s own: leave it out',
    collection({ schema: schema.extend({ id: z.string() }) }),
  ],
  [
    "a schema with version",
    'must not declare "version"',
    collection({ schema: schema.extend({ version: z.number() }) }),
  ],
  [
    "versionField: true",
    "versionField must be a name other than `id`, or false, and is true",
    collection({ versionField: true }),
  ],
  [
    "a retention of days",
    'retention must be "all", "none", or an object with a `count` or an `ageMs` above 0',
    collection({ retention: { days: 30 } }),
  ],
  [
    "no past for a strategy that compares",
    "must keep some past states where a strategy compares with them",
    collection({ retention: "none", conflicts: { strategy: "last-write-wins" } }),
  ],
  [
    "jsonPatchAsMerge for one PATCH",
    'jsonPatchAsMerge must be true or false, and is "articles"',
    collection({ jsonPatchAsMerge: "articles" }),
  ],
  ["a digest that is none", "entityTags must be", collection({ entityTags: "sha256" })],
  [
    "datesSuffice as text",
    'datesSuffice must be true or false, and is "false"',
    collection({ preconditions: { datesSuffice: "false" } }),
  ],
  [
    "a cacheControl of two lines",
    "cacheControl must be the value of a header",
    collection({ cacheControl: "no-cache\r\na: b" }),
  ],
];
