import { type Mutant, withHeaders, without } from "./mutant.test-support.js";
import type { Facts, Twist } from "./tiny.test-support.js";

const sameContent =
  "an API version gives the same content by path, Accept and API-Version, and says if a header chose it";
const tags =
  "each API version has an entity-tag of its own for reads, and a write takes those of all, of ended ones too";
const deprecated = "each answer in a deprecated API version says since when, until when, and where its successor is";
const contradictory = "API versions that contradict each other are refused: 406 for Accept, 400 for API-Version";
const unknown = "an API version that there is not is 404 by path, 406 by Accept and 400 by API-Version";

/** An adapter that changes one header of each request. */
function withHeader(name: string, change: (value: string, facts: Facts) => string | undefined): Twist {
  return {
    facts(facts) {
      const value = facts.headers[name];
      return typeof value === "string"
        ? { ...facts, headers: { ...facts.headers, [name]: change(value, facts) } }
        : facts;
    },
  };
}

/** An adapter that changes one header of each answer. */
function withAnswer(name: string, change: (value: string) => string | undefined): Twist {
  return {
    plan(plan) {
      const value = plan.headers[name];
      return value === undefined ? plan : withHeaders(plan, { [name]: change(value) });
    },
  };
}

function withContent(change: (content: string) => string): Twist {
  return { plan: (plan) => ({ ...plan, body: plan.body && change(plan.body) }) };
}

const firstLine = (name: string): Twist =>
  withHeader(name, (value, { native }) => native.headersDistinct[name]?.[0] ?? value);

/** Adapters, and servers, with a fault in what they make of API versions. */
export const versionMutants: readonly Mutant[] = [
  { does: "swallows Accept", twist: without("accept"), caughtBy: sameContent },
  { does: "swallows API-Version", twist: without("api-version"), caughtBy: sameContent },
  {
    does: "takes the API version off a path",
    twist: { url: (url) => url.replace(/\/v\d+(?=\/)/, "") },
    caughtBy: sameContent,
  },
  {
    does: "does not tell which API version answers",
    twist: withAnswer("api-version", () => undefined),
    caughtBy: sameContent,
  },
  {
    does: "sends JSON as its own type, and not as that of an API version",
    twist: withAnswer("content-type", (type) => (type.includes("vnd") ? "application/json; charset=utf-8" : type)),
    caughtBy: sameContent,
  },
  {
    does: "does not tell caches that API-Version matters",
    twist: withAnswer("vary", (vary) => vary.replace(", api-version", "")),
    caughtBy: sameContent,
  },
  {
    does: "asks for an API version where the client did not",
    twist: { facts: (facts) => ({ ...facts, headers: { "api-version": "v3", ...facts.headers } }) },
    caughtBy: "a request that chooses no API version gets the default, and is told what it would depend on",
  },
  {
    does: "gives all API versions one entity-tag",
    twist: withAnswer("etag", (etag) => etag.replace(/\.v\d+"$/, '"')),
    caughtBy: tags,
  },
  {
    does: "takes what stands behind a dot for no part of an entity-tag",
    twist: withHeader("if-match", (tag) => tag.replace(/\.[^".]*"$/, '"')),
    caughtBy: tags,
  },
  {
    does: "takes the entity-tags of the newest API version alone",
    twist: withHeader("if-match", (tag) => tag.replace(/\.v2"$/, '.x"')),
    caughtBy: tags,
  },
  { does: "drops Deprecation", twist: withAnswer("deprecation", () => undefined), caughtBy: deprecated },
  { does: "drops Sunset", twist: withAnswer("sunset", () => undefined), caughtBy: deprecated },
  {
    does: "leads to a successor of the mount and not of the resource",
    twist: withAnswer("link", (link) =>
      link.replace(/<[^>]*>; rel="successor-version"/, '</api/v3>; rel="successor-version"'),
    ),
    caughtBy: deprecated,
  },
  {
    does: "drops the query of a link to a successor",
    twist: withAnswer("link", (link) => link.replace(/\?[^>]*(?=>; rel="successor-version")/, "")),
    caughtBy: deprecated,
  },
  {
    does: "answers what has ended as if it had never been",
    twist: { plan: (plan) => (plan.outcome === "api-version-ended" ? { ...plan, status: 404 } : plan) },
    caughtBy: "an API version that has ended is 410 for all requests, with its successor, and changes nothing",
  },
  {
    does: "reads the names of API versions in any case",
    twist: withHeader("api-version", (name) => name.toLowerCase()),
    caughtBy: unknown,
  },
  {
    does: "accepts anything where an API version is not known",
    twist: withHeader("accept", (accept) => (accept.includes("v9") ? "*/*" : accept)),
    caughtBy: unknown,
  },
  { does: "takes the first of several API versions", twist: firstLine("api-version"), caughtBy: contradictory },
  {
    does: "looks at no header where a path has an API version",
    twist: {
      facts: (facts) =>
        /^\/v\d/.test(facts.path)
          ? { ...facts, headers: { ...facts.headers, accept: undefined, "api-version": undefined } }
          : facts,
    },
    caughtBy: contradictory,
  },
  {
    does: "takes the first of several Accept lines",
    twist: firstLine("accept"),
    caughtBy: "several Accept lines are one list, of which the API version with the highest weight counts",
  },
  {
    does: "takes the media type of any API version for JSON",
    twist: withHeader("content-type", (type) => type.replace(/vnd\.suite\.v\d\+/i, "")),
    caughtBy:
      "a body is in the request's API version; the media type of another one is 415, and told which may be sent",
  },
  {
    does: "answers a write in the newest API version",
    twist: withContent((content) => content.replace('"content":', '"body":')),
    caughtBy: "a write in an earlier API version is answered in it, and keeps what that does not show",
  },
  {
    does: "tells conflicts in the names of the newest API version",
    twist: withContent((content) => content.replaceAll('"/content"', '"/body"')),
    caughtBy: "writers in two API versions meet the same conflict, and each is told it in the names of its own",
  },
  {
    does: "tells faults in the names of the newest API version",
    twist: withContent((content) => content.replaceAll('"pointer":"/content"', '"pointer":"/body"')),
    caughtBy: "what is wrong with content is told in the names of the request's API version",
  },
  {
    does: "leads from an API version to the default",
    twist: withAnswer("location", (location) => location.replace("/v2", "")),
    caughtBy: "links and Location lead on in the API version of the path, and stay without one where there is none",
  },
  {
    does: "keeps keys by the path as it was sent",
    twist: withHeader("idempotency-key", (key, { path }) => `${key}${path.slice(1, 3)}`),
    caughtBy:
      "an Idempotency-Key repeats a write in its API version, however that is chosen, and is 422 in another one",
  },
];
