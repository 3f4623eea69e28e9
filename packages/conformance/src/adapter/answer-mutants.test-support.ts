import type { ServerResponse } from "node:http";
import { type ResponsePlan, sendPlan } from "unclash/adapter";
import { type Mutant, withHeaders } from "./mutant.test-support.js";

function isProblem({ headers }: ResponsePlan): boolean {
  return headers["content-type"] === "application/problem+json";
}

function sendFirstHeaderTwice(plan: ResponsePlan, response: ServerResponse): void {
  const lines = Object.entries(plan.headers);
  response.writeHead(plan.status, [...lines, ...lines.slice(0, 1)].flat()).end(plan.body ?? undefined);
}

/** Adapters with a fault in how they answer. */
export const answerMutants: readonly Mutant[] = [
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
      "an item of a list can be edited and put back whole: its version and entity-tag are the precondition, " +
      "and no fields",
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
    does: "drops Memento-Datetime",
    twist: { plan: (plan) => withHeaders(plan, { "memento-datetime": undefined }) },
    caughtBy: "a past version is served byte for byte as it was when it was current, with its entity-tag and time",
  },
  {
    does: "sends links of a TimeMap as JSON",
    twist: {
      plan: (plan) =>
        plan.headers["content-type"] === "application/link-format"
          ? withHeaders(plan, { "content-type": "application/json; charset=utf-8" })
          : plan,
    },
    caughtBy: "a TimeMap lists all states as links with their times, page by page, and as JSON for who prefers that",
  },
  {
    does: "sends a difference as JSON",
    twist: {
      plan: (plan) =>
        plan.headers["content-type"] === "application/json-patch+json"
          ? withHeaders(plan, { "content-type": "application/json; charset=utf-8" })
          : plan,
    },
    caughtBy: "the difference of two versions is a JSON Patch between their fields, in either direction, with a tag",
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
    does: "answers 401 as if the caller were known",
    twist: { plan: (plan) => (plan.status === 401 ? { ...plan, status: 403 } : plan) },
    caughtBy: "what a rule forbids is 403, and 401 to an anonymous caller: nothing is written, and no answer is kept",
  },
  {
    does: "answers 403 as if nothing were there",
    twist: { plan: (plan) => (plan.status === 403 ? { ...plan, status: 404 } : plan) },
    caughtBy: "what a resource holds can decide who may read, list, change and delete it",
  },
  {
    does: "drops Allow",
    twist: { plan: (plan) => withHeaders(plan, { allow: undefined }) },
    caughtBy: "a method that a route does not know is 405, with those that it does in Allow",
  },
  {
    does: "drops Accept-Patch",
    twist: { plan: (plan) => withHeaders(plan, { "accept-patch": undefined }) },
    caughtBy:
      "a collection can take application/json as a merge patch; others answer 415 with the patches that they take",
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
    does: "takes a deletion that was refused for one that was made",
    twist: {
      plan: (plan, { method }) =>
        method === "DELETE" && plan.outcome === "invalid-state" ? { ...plan, status: 204, body: null } : plan,
    },
    caughtBy:
      "what another resource refers to can't be deleted where that restricts it, and is told without who refers",
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
      "row 72: a 413, and any other answer to content that is still coming, arrives on a connection that " +
      "closes, 1 to 8 MiB",
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
];
