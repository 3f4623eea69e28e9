import type { Client } from "./client.js";
import { type Crafted, freshName, makeNote, type Prepared, times } from "./input.js";
import { article, large, members, padded, repeated } from "./texts.js";

/** The difference of two states of a note. */
function diff(name: string, from: string, to: string): Crafted {
  return {
    name: `a difference of ${name}`,
    prepare: (client) => makeNote(client, from, to),
    send: async (client, { path }) => (await client.send("GET", `${path}/diff?from=1&to=2`)).status,
  };
}

const listOf = (items: readonly string[]): string => `{"list":[${items.join(",")}]}`;
const items = times(19_000, (at) => `"item number ${at}, which takes 40 characters"`);
const keyed = times(4_900, (at) => `{"id":"${at}","text":"${"x".repeat(180)}"}`);
const shuffled = (all: readonly string[]): readonly string[] =>
  all.map((_, at) => all[(at * 7_919) % all.length] ?? "");

const differences: readonly Crafted[] = [
  diff("two texts of 1 MiB", large, padded('{"text":"', "y", '"}')),
  diff("19,000 items, all others", listOf(items), listOf(times(19_000, (at) => `"other ${at}"`))),
  diff("19,000 items in another order", listOf(items), listOf(shuffled(items))),
  diff("4,900 items with ids, backwards", listOf(keyed), listOf([...keyed].reverse())),
  diff("4,900 items with ids in another order", listOf(keyed), listOf(shuffled(keyed))),
  diff("9,000 members, all changed", `{${members(9_000, "1")}}`, `{${members(9_000, "2")}}`),
];

/** Makes an article of these states, in v2. */
async function makeArticle(client: Client, ...states: readonly string[]): Promise<Prepared> {
  const path = `/articles/${freshName()}`;
  const etags: string[] = [];
  for (const body of states) {
    const before = etags.at(-1);
    const headers = before === undefined ? { "if-none-match": "*" } : { "if-match": before };
    const { status, etag = "", text } = await client.send("PUT", path, { body, headers });
    if (status >= 300) throw new Error(`PUT ${path}: ${status} ${text.slice(0, 500)}`);
    etags.push(etag);
  }
  return { path, first: etags[0] ?? "", current: etags.at(-1) ?? "" };
}

/** A request in v1 to an article of these states. */
function inV1(
  name: string,
  states: readonly string[],
  [method, body]: readonly [method: "GET" | "PUT" | "PATCH", body?: string],
  precondition: "first" | "current" = "current",
): Crafted {
  return {
    name: `v1: ${name}`,
    prepare: (client) => makeArticle(client, ...states),
    async send(client, { path, ...tags }) {
      const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const headers = { "if-match": tags[precondition], "content-type": type };
      const message = body === undefined ? {} : { headers, body };
      return (await client.send(method, `/v1${path}`, message)).status;
    },
  };
}

const bodyOfMebibyte = "b".repeat(1_000_000);
const largeArticle = article("[]", bodyOfMebibyte);
const ofTags = (tags: readonly string[]): string => article(`[${tags.join(",")}]`);
/** An article in the names of v1. */
const articleV1 = (tags: string, content = "c"): string =>
  `{"title":"t","content":"${content}","status":"draft","tags":${tags}}`;

const versions: readonly Crafted[] = [
  inV1("a read of 1 MiB", [largeArticle], ["GET"]),
  inV1("a read of 19,000 tags", [ofTags(items)], ["GET"]),
  inV1("a write of 1 MiB over 1 MiB", [largeArticle], ["PUT", articleV1("[]", "c".repeat(1_000_000))]),
  inV1("a patch of the title of 1 MiB", [largeArticle], ["PATCH", '{"title":"u"}']),
  inV1("19,000 tags, all others", [ofTags(items)], ["PUT", articleV1(repeated("[", '"other"', 19_000, "]"))]),
  inV1("19,000 tags in another order", [ofTags(items)], ["PUT", articleV1(`[${shuffled(items).join(",")}]`)]),
  inV1("a stale write of 1 MiB", [article("[]"), largeArticle], ["PUT", articleV1("[]", bodyOfMebibyte)], "first"),
  inV1("a stale write of 19,000 tags", [article("[]"), ofTags(items)], ["PUT", articleV1("[]")], "first"),
];

async function makeLargeArticles(client: Client): Promise<Prepared> {
  for (const _ of times(8, (at) => at)) await makeArticle(client, largeArticle);
  return { path: "/articles", first: "", current: "" };
}

/** What costs a server as much as past states, and other API versions, can make it cost. */
export const craftedVersions: readonly Crafted[] = [
  ...differences,
  ...versions,
  {
    name: "v1: a list of 8 states of 1 MiB",
    prepare: makeLargeArticles,
    send: async (client) => (await client.send("GET", "/v1/articles?limit=100")).status,
  },
];
