import type { ServerResponse } from "node:http";
import { type ResponsePlan, sendPlan } from "unclash/adapter";
import type { Facts, Twist } from "./tiny.test-support.js";

/** An adapter with one fault, and the case that must not let it pass. */
export interface Mutant {
  readonly does: string;
  readonly twist: Twist;
  /** The name of the case. */
  readonly caughtBy: string;
}

export function withHeaders(plan: ResponsePlan, headers: Readonly<Record<string, string | undefined>>): ResponsePlan {
  const kept = Object.entries({ ...plan.headers, ...headers }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...plan, headers: Object.fromEntries(kept) };
}

export function without(name: string): Twist {
  return { facts: (facts) => ({ ...facts, headers: { ...facts.headers, [name]: undefined } }) };
}

function pathOnly(change: (path: string) => string): Twist {
  return { url: (url) => url.replace(/^[^?]*/, change) };
}

/** Takes what came of a body for all of it. */
async function readAnyhow({ native }: Facts): Promise<Buffer> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of native) chunks.push(chunk);
  } catch {
    // The client went away.
  }
  return Buffer.concat(chunks);
}

function isProblem({ headers }: ResponsePlan): boolean {
  return headers["content-type"] === "application/problem+json";
}

function sendFirstHeaderTwice(plan: ResponsePlan, response: ServerResponse): void {
  const lines = Object.entries(plan.headers);
  response.writeHead(plan.status, [...lines, ...lines.slice(0, 1)].flat()).end(plan.body ?? undefined);
}

export const mutants: readonly Mutant[] = [
  {
    does: "works on all requests of a connection at once",
    twist: { atOnce: true },
    caughtBy:
      "requests that share a connection are worked on one after another: each sees what those before it have done",
  },
  {
    does: "drops the query",
    twist: { url: (url) => url.replace(/\?.*/s, "") },
    caughtBy: "a limit is a whole number above 0, and a cursor one that a list gave",
  },
  {
    does: "drops a parameter that it does not know",
    twist: { url: (url) => url.replace(/([?&])(?:filter|sort)\b[^&]*/g, "$1") },
    caughtBy: "a parameter that a list does not have is 400, and named",
  },
  {
    does: "lower-cases the path",
    twist: pathOnly((path) => path.toLowerCase()),
    caughtBy: "an id is one id however its characters are encoded, and letters differ by case",
  },
  {
    does: "decodes the path",
    twist: { facts: (facts) => ({ ...facts, path: decodeURI(facts.path) }) },
    caughtBy: "row 37: names that objects have, and all that can be encoded, are ordinary ids",
  },
  {
    does: "takes a slash from the path's end",
    twist: pathOnly((path) => path.replace(/(?<=.)\/$/, "")),
    caughtBy: "a path below a collection that means nothing is 404, for every method",
  },
  {
    does: "does not tell that header lines were passed over",
    twist: { facts: (facts) => ({ ...facts, headersCut: false }) },
    caughtBy: "header lines that Node's parser passes over are 431: one may have been the precondition",
  },
  {
    does: "makes one slash of two",
    twist: pathOnly((path) => path.replace(/\/+/g, "/")),
    caughtBy: "mounted at a prefix: what no collection owns reaches the app",
  },
  {
    does: "normalizes the path",
    twist: pathOnly((path) => new URL(path, "http://a").pathname),
    caughtBy: "a mount does not mistake what is like a collection's path for one",
  },
  {
    does: "loses the prefix",
    twist: { base: () => "" },
    caughtBy: "mounted at a prefix: all that answers say about paths holds the prefix",
  },
  {
    does: "keeps what is the app's",
    twist: { owns: true },
    caughtBy: "mounted at the root: what no collection owns reaches the app",
  },
  {
    does: "swallows If-None-Match",
    twist: without("if-none-match"),
    caughtBy: "If-None-Match compares weakly: the current tag, its weak form, one of several and * are 304",
  },
  {
    does: "swallows If-Match",
    twist: without("if-match"),
    caughtBy: "of 20 writes at the same time that name one state, exactly one is applied and 19 are conflicts",
  },
  {
    does: "swallows If-Unmodified-Since",
    twist: without("if-unmodified-since"),
    caughtBy: "row 68: a POST to a collection with a condition on a state is 400",
  },
  {
    does: "swallows If-None-Match on POST",
    twist: {
      facts: (facts) =>
        facts.method === "POST" ? { ...facts, headers: { ...facts.headers, "if-none-match": undefined } } : facts,
    },
    caughtBy: "row 68: a POST to a collection with If-Match: * creates, and one with If-None-Match: * is a conflict",
  },
  {
    does: "tags what was only tried out",
    twist: { plan: (plan) => (plan.outcome === "dry-run" ? withHeaders(plan, { etag: '"x"' }) : plan) },
    caughtBy: "what is only tried out by who may not read has no entity-tag: it would tell what is there",
  },
  {
    does: "puts an entity-tag of its own on items of lists",
    twist: {
      plan: (plan) => ({ ...plan, body: plan.body?.replaceAll(/,"etag":"[^}]*"}/g, ',"etag":"\\"x\\""}') ?? null }),
    },
    caughtBy:
      "an item of a list can be edited and put back whole: its version and entity-tag are the precondition, and no fields",
  },
  {
    does: "swallows Prefer",
    twist: without("prefer"),
    caughtBy: "dry-run answers a write as it would be answered, and writes nothing",
  },
  {
    does: "swallows Content-Encoding",
    twist: without("content-encoding"),
    caughtBy: "row 23: an encoded body is 415 where decoding is not set up",
  },
  {
    does: "takes an empty header for none",
    twist: {
      facts: (facts) => ({
        ...facts,
        headers: { ...facts.headers, "if-match": facts.headers["if-match"] || undefined },
      }),
    },
    caughtBy: "row 7: an empty If-Match is 400, and never as good as none",
  },
  {
    does: "takes the first of several header lines",
    twist: {
      facts: (facts) => ({
        ...facts,
        headers: { ...facts.headers, "if-match": facts.native.headersDistinct["if-match"]?.[0] },
      }),
    },
    caughtBy: "row 8: several If-Match lines are one list",
  },
  {
    does: "lets a header choose the method",
    twist: {
      facts: (facts) => ({ ...facts, method: String(facts.headers["x-http-method-override"] ?? facts.method) }),
    },
    caughtBy: "row 66: HEAD, OPTIONS and TRACE have no effect, and no header makes a method another one",
  },
  {
    does: "believes X-Forwarded-For",
    twist: { facts: (facts) => ({ ...facts, address: String(facts.headers["x-forwarded-for"] ?? facts.address) }) },
    caughtBy: "an address in a header is not taken for the socket's",
  },
  {
    does: "sends content for HEAD",
    twist: {
      send: (plan, response) => {
        sendPlan(plan, response);
        if (response.req.method === "HEAD") response.socket?.write("{}");
      },
    },
    caughtBy: "nothing comes after the head of an answer to HEAD, whatever its status",
  },
  {
    does: "says no length for HEAD",
    twist: {
      plan: (plan, { method }) => (method === "HEAD" ? withHeaders(plan, { "content-length": undefined }) : plan),
    },
    caughtBy: "HEAD is answered as GET without content, wherever GET is",
  },
  {
    does: "sends content in chunks",
    twist: {
      plan: (plan) =>
        withHeaders(plan, {
          "content-length": undefined,
          "transfer-encoding": plan.body === null ? undefined : "chunked",
        }),
    },
    caughtBy: "a resource is its fields with id and version, served byte for byte as its write was answered",
  },
  {
    does: "sends text as Latin-1",
    twist: {
      send: (plan, response) =>
        void response
          .writeHead(plan.status, { ...plan.headers, "content-length": plan.body?.length ?? 0 })
          .end(plan.body ?? "", "latin1"),
    },
    caughtBy: "a resource is its fields with id and version, served byte for byte as its write was answered",
  },
  {
    does: "drops the entity-tag",
    twist: { plan: (plan) => withHeaders(plan, { etag: undefined }) },
    caughtBy: "GET carries validators, tells caches to ask each time, and is its own location",
  },
  {
    does: "weakens the entity-tag",
    twist: { plan: (plan) => withHeaders(plan, { etag: plan.headers["etag"] && `W/${plan.headers["etag"]}` }) },
    caughtBy: "GET carries validators, tells caches to ask each time, and is its own location",
  },
  {
    does: "tags problems",
    twist: { plan: (plan) => (isProblem(plan) ? withHeaders(plan, { etag: '"x"' }) : plan) },
    caughtBy: "a conflict says what was expected, what there is, what has changed since, and what of it was touched",
  },
  {
    does: "doubles a header",
    twist: { send: sendFirstHeaderTwice },
    caughtBy: "a client that accepts only HTML, or asks for a part, gets the whole as JSON",
  },
  {
    does: "sends JSON as a problem's type",
    twist: {
      plan: (plan) =>
        isProblem(plan) ? withHeaders(plan, { "content-type": "application/json; charset=utf-8" }) : plan,
    },
    caughtBy: "a resource that never was is 404; one that was deleted is 410 and leads to its history",
  },
  {
    does: "drops the challenge",
    twist: { plan: (plan) => withHeaders(plan, { "www-authenticate": undefined }) },
    caughtBy: "wrong credentials are 401 with the app's challenge, on every route; none are anonymous",
  },
  {
    does: "drops Allow",
    twist: { plan: (plan) => withHeaders(plan, { allow: undefined }) },
    caughtBy: "a method that a route does not know is 405, with those that it does in Allow",
  },
  {
    does: "drops Vary",
    twist: { plan: (plan) => withHeaders(plan, { vary: undefined }) },
    caughtBy: "reads say that they depend on credentials, and are private where someone was recognized",
  },
  {
    does: "sends 200 for all that went well",
    twist: { plan: (plan) => ({ ...plan, status: plan.status < 300 ? 200 : plan.status }) },
    caughtBy: "DELETE is 204 and leaves a tombstone; a second one is 410, and one of what never was is 404",
  },
  {
    does: "closes each connection",
    twist: { plan: (plan) => withHeaders(plan, { connection: "close" }) },
    caughtBy: "a connection is kept through 200, 201, 204, 304, 404, 409, 413, 422 and 428",
  },
  {
    does: "closes a connection on content that is still coming",
    twist: {
      send: (plan, response) => void response.writeHead(plan.status, plan.headers).end(plan.body ?? undefined),
    },
    caughtBy:
      "row 72: a 413, and any other answer to content that is still coming, arrives on a connection that closes, 1 to 8 MiB",
  },
  {
    does: "hangs up on who sends too much",
    twist: {
      send: (plan, response) => {
        sendPlan(plan, response);
        if (plan.status === 413) response.socket?.destroySoon();
      },
    },
    caughtBy: "a 413 can be read by a client that sends all of its body first, whatever the framing",
  },
  {
    does: "takes part of a body for all of it",
    twist: {
      facts: (facts) => ({
        ...facts,
        body: { kind: "unread", read: async () => ({ kind: "bytes", bytes: await readAnyhow(facts) }) },
      }),
    },
    caughtBy: "a client that goes away in the middle of its body changes nothing, and the server lives on",
  },
  {
    does: "hides the framework's request",
    twist: { facts: (facts) => Object.assign(facts, { native: undefined }) },
    caughtBy:
      "identify is given the request as it came: method, path as sent, query, headers, address, and the framework's own",
  },
  {
    does: "swallows errors",
    twist: { fail: () => {} },
    caughtBy:
      "what the app's identify and authorize throw reaches the framework, which answers 5xx, and the server lives on",
  },
  {
    does: "answers errors as if nothing were there",
    twist: { fail: (response) => void response.writeHead(404).end() },
    caughtBy: "what a store should not throw reaches the framework, which answers 5xx, and the server lives on",
  },
  {
    does: "takes an empty object that was parsed for nothing",
    twist: { parsed: (value) => (JSON.stringify(value) === "{}" ? undefined : value) },
    caughtBy: "behind a body parser, an empty object is content, and no content is none",
  },
  {
    does: "writes out what was parsed before it hands it on",
    twist: { parsed: (value) => (value === undefined ? value : JSON.parse(JSON.stringify(value))) },
    caughtBy:
      "behind a body parser, rows 24, 26, 27 and 28: what is too deep, too wide, too large or no Unicode is 400",
  },
];
