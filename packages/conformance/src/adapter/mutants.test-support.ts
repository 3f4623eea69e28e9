import { type Mutant, without } from "./mutant.test-support.js";
import type { Facts, Twist } from "./tiny.test-support.js";

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

/** Adapters with a fault in what they make of a request. */
export const mutants: readonly Mutant[] = [
  {
    does: "gives the first of several dates",
    twist: { facts: (facts) => ({ ...facts, headers: facts.native.headers }) },
    caughtBy:
      "If-Unmodified-Since in several lines is 400 on a write, whichever comes first, and means nothing on a read",
  },
  {
    does: "keeps what came of content that others need the room of",
    twist: {
      facts: (facts) => {
        const { body } = facts;
        return body.kind === "parsed" ? facts : { ...facts, body: { ...body, read: (max) => body.read(max) } };
      },
    },
    caughtBy: "those who send most of a body and then stop keep the room of others for no longer than is set",
  },
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
    does: "drops the credentials of HEAD",
    twist: {
      facts: (facts) =>
        facts.method === "HEAD" ? { ...facts, headers: { ...facts.headers, authorization: undefined } } : facts,
    },
    caughtBy: "wrong credentials are 401 with the app's challenge, on every route; none are anonymous",
  },
  {
    does: "swallows Accept-Datetime",
    twist: without("accept-datetime"),
    caughtBy: "Accept-Datetime inside a deletion is 410, before it the state that was, and of what never was 404",
  },
  {
    does: "drops a version from the query",
    twist: { url: (url) => url.replace(/version=[^&]*/, "") },
    caughtBy: "a version is the same by its path and by the query of its resource, with links, and varies by nothing",
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
    does: "takes JSON that patches for a merge patch",
    twist: {
      facts: (facts) =>
        facts.method === "PATCH" && facts.headers["content-type"] === "application/json"
          ? { ...facts, headers: { ...facts.headers, "content-type": "application/merge-patch+json" } }
          : facts,
    },
    caughtBy: "a key that comes with the same patch under another media type is 422",
  },
  {
    does: "believes X-Forwarded-For",
    twist: { facts: (facts) => ({ ...facts, address: String(facts.headers["x-forwarded-for"] ?? facts.address) }) },
    caughtBy: "an address in a header is not taken for the socket's",
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
      "identify is given the request as it came: method, path as sent, query, headers, address, and the " +
      "framework's own",
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
