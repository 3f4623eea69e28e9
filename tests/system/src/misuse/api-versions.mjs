import { createMemoryStore } from "@unclash/memory";
import { apiVersions, createUnclash } from "unclash";
import { z } from "zod";

const first = z.object({ content: z.string() });
const newest = z.object({ body: z.string(), rating: z.number().default(0) });
const api = apiVersions({ name: "shop", default: "v2", versions: { v1: {}, v2: {} } });
const up = ({ content }) => ({ body: content, rating: 0 });
const down = ({ body }) => ({ content: body });

const versions = (options) => () =>
  apiVersions({ name: "shop", default: "v1", versions: { v1: {}, v2: {} }, ...options });
const engine = (step, options) =>
  createUnclash({
    store: createMemoryStore(),
    collections: { articles: { schema: newest, apiVersions: [step] } },
    apiVersions: api,
    ...options,
  });
const step = (given, before = "v1", after = "v2") =>
  api.step(before, after, { from: first, to: newest, up, down, ...given });
const steps =
  (given, ...names) =>
  () =>
    engine(step(given, ...names));

/** Makes an article in v2, and writes another one in v1. */
const running = (given) => async () => {
  const unclash = engine(step(given));
  await send(unclash, "POST", "/articles", { id: "1", body: "a" });
  await send(unclash, "GET", "/v1/articles/1");
  await send(unclash, "POST", "/v1/articles", { content: "b" });
};

function send(unclash, method, path, json) {
  const bytes = Buffer.from(json === undefined ? "" : JSON.stringify(json));
  return unclash.handle({
    method,
    base: "",
    path,
    query: "",
    headers: json === undefined ? {} : { "content-type": "application/json" },
    address: "127.0.0.1",
    body: { kind: "unread", read: async () => ({ kind: "bytes", bytes }) },
    native: undefined,
  });
}

/** Mistakes in the versions of an API, and in the steps between them. */
export const apiVersionMistakes = [
  ["API versions without a name", "apiVersions.name must be a name for media types", versions({ name: undefined })],
  ["a media type as an API's name", 'and is "application/vnd.shop"', versions({ name: "application/vnd.shop" })],
  ["API versions as an array", 'apiVersions.versions must be an object, and is ["v1"]', versions({ versions: ["v1"] })],
  [
    "API versions by plain numbers",
    "apiVersions.versions.1 is no name for an API version",
    versions({ default: "1", versions: { 1: {} } }),
  ],
  [
    "the newest API version first",
    "apiVersions.versions.v1 must stand before `v2`",
    versions({ versions: { v2: {}, v1: {} } }),
  ],
  ["a default that is no version", "must be one of the API versions v1, v2", versions({ default: "v3" })],
  [
    "a default that is upcoming",
    "apiVersions.versions.v2.upcoming must not be set for the default",
    versions({ default: "v2", versions: { v1: {}, v2: { upcoming: true } } }),
  ],
  [
    "a default that has ended",
    /UNCLASH_DEFAULT_ENDED: apiVersions.default is v1/,
    () => {
      const ended = { deprecatedAt: "2024-01-01", sunsetAt: "2025-01-01" };
      const old = apiVersions({ name: "shop", default: "v1", versions: { v1: ended, v2: {} } });
      engine(step(), { apiVersions: old });
    },
  ],
  [
    "an end without a beginning of it",
    "apiVersions.versions.v1.deprecatedAt must be set where `sunsetAt` is",
    versions({ versions: { v1: { sunsetAt: "2030-01-01" }, v2: {} } }),
  ],
  [
    "sunset for sunsetAt",
    "apiVersions.versions.v1.sunset is not an option. Did you mean `sunsetAt`?",
    versions({ versions: { v1: { sunset: "2030-01-01" }, v2: {} } }),
  ],
  ["a day that is none", 'and is "2030-02-30"', versions({ versions: { v1: { deprecatedAt: "2030-02-30" }, v2: {} } })],
  [
    "options in place of API versions",
    "apiVersions must be what apiVersions({ name, default, versions }) returns",
    () => engine(step(), { apiVersions: { name: "shop", default: "v1", versions: { v1: {} } } }),
  ],
  [
    "steps without API versions",
    "collections.articles.apiVersions must come with the API's versions",
    () => engine(step(), { apiVersions: undefined }),
  ],
  [
    "a step that is not in an array",
    "collections.articles.apiVersions must be an array of steps",
    () => engine(step(), { collections: { articles: { schema: newest, apiVersions: step() } } }),
  ],
  ["a step from no version", 'must be one of the API versions v1, v2, and is "v0"', steps({}, "v0", "v1")],
  ["a step over a version", 'apiVersions.v1 must lead to v2, and leads to "v3"', steps({}, "v1", "v3")],
  ["a step backwards", "apiVersions.v2 is the newest", steps({}, "v2", "v1")],
  [
    "a step to another schema than the collection's",
    "apiVersions.v1.to must be the collection's `schema`, the very same one",
    steps({ to: z.object({ body: z.string() }) }),
  ],
  ["a step without down", "apiVersions.v1.down must be a function, and is undefined", steps({ down: undefined })],
  ["rename for renames", "apiVersions.v1.rename is not an option. Did you mean `renames`?", steps({ rename: {} })],
  ["renames of no field", "and /contents is none of `from`", steps({ renames: { "/contents": "/body" } })],
  ["renames of names", "must be JSON Pointers to fields", steps({ renames: { content: "body" } })],
  ["an async up", "apiVersions.v1.up must not be async", running({ up: async (fields) => up(fields) })],
  ["a down that returns nothing", "apiVersions.v1.down must give a plain object", running({ down: () => {} })],
  [
    "a down that throws",
    "apiVersions.v1.down must convert any fields of its shape, and threw: Cannot read",
    running({ down: ({ text }) => ({ content: text.body }) }),
  ],
  [
    "an up whose field is misspelt",
    'apiVersions.v1.up must return fields of `to`, and "bdy" is none. Did you mean `body`?',
    running({ up: ({ content }) => ({ bdy: content }) }),
  ],
  [
    "a down whose field is misspelt",
    'apiVersions.v1.down must return fields of `from`, and "cntent" is none. Did you mean `content`?',
    running({ down: ({ body }) => ({ cntent: body }) }),
  ],
  ["a down that keeps the id", 'and "id" is unclash\'s own', running({ down: () => ({ id: "1", content: "a" }) })],
  [
    "a down that does not give back what up was given",
    /UNCLASH_OTHER_CONTENT: .* in API version v1 is read back in it as something else, at \/content/,
    running({ down: ({ body }) => ({ content: body.toUpperCase() }) }),
  ],
];
