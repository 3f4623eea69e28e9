import { textPlan } from "@unclash/core";
import type { Json, JsonObject } from "@unclash/core/json";
import type { RequestFacts } from "unclash";
import type { Handler } from "../races/client.js";
import { itemsOf, objectOf, type VersionName } from "./articles.js";
import type { Replaced } from "./race.js";

type Facts = RequestFacts<unknown>;

/** A server that is wrong about API versions. */
export interface PlantedBug extends Replaced {
  readonly bug: string;
  /** What is said of it. */
  readonly foundBy: RegExp;
}

export const plantedBugs: readonly PlantedBug[] = [
  {
    bug: "a write in v1 drops the fields that v1 does not know",
    foundBy: /lost \/(format|rating|author\/email)/,
    lens: (chain, { shape, sent }) => chain.convert(sent, shape, chain.newest),
  },
  {
    bug: "a write in v1 keeps unknown fields at the top alone",
    foundBy: /lost \/(author\/email|tags\/.*\/color)/,
    lens: (chain, { shape, sent, onto }) => ({ ...onto, ...chain.convert(sent, shape, chain.newest) }),
  },
  {
    bug: "a write in v1 keeps the items of arrays by their places",
    foundBy: /(lost|made up) \/tags/,
    lens(chain, { shape, sent, onto }) {
      const mine = chain.convert(sent, shape, chain.newest);
      const places = itemsOf(onto["tags"]);
      const tags = itemsOf(mine["tags"]).map((tag, at) => ({ ...places[at], ...tag }));
      return { ...onto, ...mine, author: { ...objectOf(onto["author"]), ...objectOf(mine["author"]) }, tags };
    },
  },
  {
    bug: "an entity-tag of the other API version names whatever there is",
    foundBy: /replaced version \d+, and named another/,
    handler: changingOtherTags(() => "*"),
  },
  {
    bug: "an entity-tag of the other API version names nothing",
    foundBy: /is a conflict with the very state that it names|named no state that was/,
    handler: changingOtherTags((etag) => etag.replace(/-[^"]*/, "-another")),
  },
  {
    bug: "a version in the content does not count in v1",
    foundBy: /replaced version \d+, and named another/,
    handler: changingRequests((request, version) =>
      version === "v1" ? withContent(request, ({ version: _, ...content }) => content) : request,
    ),
  },
  {
    bug: "a conflict is told in the names of v2",
    foundBy: /tells "body", which is of the other version/,
    handler: changingAnswers((text) => text.replaceAll('"/content"', '"/body"')),
  },
  {
    bug: "a conflict is told with the state in v2",
    foundBy: /tells another state|tells "body"/,
    handler: changingAnswers((text) => text.replace('"representation":{', '"representation":{"body":"",')),
  },
  {
    bug: "a conflict tells all changes to be in conflict",
    foundBy: /tells .* to be in conflict, and .* are/,
    handler: changingAnswers((text) =>
      text.replace(/"conflictingFields":\[[^\]]*\]/, '"conflictingFields":["/content"]'),
    ),
  },
  {
    bug: "a write in v1 that clashed is carried out over what is there by then",
    foundBy: /lost \/|made up \/|replaced version|made \{/,
    store: (store) => ({
      ...store,
      async commit(commit) {
        const result = await store.commit(commit);
        if (result.kind !== "clash") return result;
        return store.commit({
          ...commit,
          reads: [],
          writes: commit.writes.map((write) => ({ ...write, expect: "any" })),
        });
      },
    }),
  },
];

function versionOf({ path, headers }: Facts): VersionName {
  return `${path}${headers["accept"]}${headers["api-version"]}`.includes("v1") ? "v1" : "v2";
}

async function contentOf({ body }: Facts): Promise<JsonObject> {
  const read = body.kind === "unread" ? await body.read(1_000_000) : undefined;
  const value: Json = JSON.parse(read?.kind === "bytes" ? String(read.bytes) : "{}");
  return objectOf(value);
}

function withContent(request: Facts, change: (content: JsonObject) => JsonObject): Facts {
  return {
    ...request,
    body: {
      kind: "unread",
      read: async () => ({ kind: "bytes", bytes: Buffer.from(JSON.stringify(change(await contentOf(request)))) }),
    },
  };
}

function changingRequests(change: (request: Facts, version: VersionName) => Facts) {
  return (engine: Handler): Handler => ({
    handle: (request) => engine.handle(request.method === "GET" ? request : change(request, versionOf(request))),
  });
}

/** Changes entity-tags that are not those of the request's own API version. */
function changingOtherTags(change: (etag: string) => string) {
  return changingRequests((request, version) => {
    const ifMatch = request.headers["if-match"];
    if (typeof ifMatch !== "string" || ifMatch === "*" || ifMatch.endsWith('.v1"') === (version === "v1"))
      return request;
    return { ...request, headers: { ...request.headers, "if-match": change(ifMatch) } };
  });
}

/** Changes the text of what is refused in v1. */
function changingAnswers(change: (text: string) => string) {
  return (engine: Handler): Handler => ({
    async handle(request) {
      const plan = textPlan(await engine.handle(request));
      const isRefused = plan.status === 409 && versionOf(request) === "v1";
      return isRefused ? { ...plan, body: change(plan.body ?? "") } : plan;
    },
  });
}
