import { isJsonObject, type JsonObject } from "@unclash/core/json";
import { answering, type Mutant, sending, withHeaders, without } from "./mutant.test-support.js";
import type { Facts, Twist } from "./tiny.test-support.js";

const isCreation = ({ method, path }: Facts): boolean => method === "POST" && path === "/conflict-notifications";
const isChange = ({ method, path }: Facts): boolean =>
  method === "PATCH" && path.startsWith("/conflict-notifications/");
const isWrite = (facts: Facts): boolean => isCreation(facts) || isChange(facts);

/** Changes the URL of callbacks. */
function calling(isMeant: (facts: Facts) => boolean, change: (url: string) => string): Twist {
  return sending(isMeant, (content) => {
    const { callback } = content;
    if (!isJsonObject(callback) || typeof callback["url"] !== "string") return content;
    return { ...content, callback: { ...callback, url: change(callback["url"]) } };
  });
}

/** Changes who sends a request. */
function as(isMeant: (facts: Facts) => boolean, name: (facts: Facts) => string | undefined): Twist {
  return {
    facts(facts) {
      const authorization = isMeant(facts) ? name(facts) : undefined;
      return authorization === undefined ? facts : { ...facts, headers: { ...facts.headers, authorization } };
    },
  };
}

/** Lets everyone do with a subscription what its owner may. */
function forAnyone(): Twist {
  const owners = new Map<string, string>();
  const idIn = (path: string): string => path.split("/")[2] ?? "";
  return {
    ...as(
      ({ path }) => owners.has(idIn(path)),
      ({ path }) => owners.get(idIn(path)),
    ),
    plan(plan, { headers: { authorization } }) {
      const id = plan.status === 201 ? /\/(s_[^/]+)$/.exec(plan.headers["location"] ?? "")?.[1] : undefined;
      if (id !== undefined) owners.set(id, String(authorization));
      return plan;
    },
  };
}

/** Shows again a secret that it has shown before. */
function rememberingSecrets(): Twist {
  const secrets = new Map<string, JsonObject>();
  return answering(
    ({ status }) => status === 200 || status === 201,
    (content) => {
      const { id, callback } = content;
      if (typeof id !== "string" || !isJsonObject(callback)) return content;
      const known = secrets.get(id) ?? callback;
      secrets.set(id, known);
      return { ...content, callback: { ...callback, ...known } };
    },
  );
}

let names = 0;

/** Servers with a fault in what they make of subscriptions. */
export const subscriptionMutants: readonly Mutant[] = [
  {
    does: "does not say where a subscription is",
    twist: { plan: (plan, facts) => (isCreation(facts) ? withHeaders(plan, { location: undefined }) : plan) },
    caughtBy: "a subscription is made, listed, read and deleted, by its owner",
  },
  {
    does: "lists all subscriptions on one page",
    twist: { url: (url) => url.replace(/^(\/api\/conflict-notifications)\?.*/, "$1") },
    caughtBy: "the list of subscriptions goes on page by page, the newest first",
  },
  {
    does: "gives all that are unknown one name",
    twist: as(
      ({ headers, path }) => headers.authorization === undefined && path.startsWith("/conflict-notifications"),
      () => "Bearer unknown",
    ),
    caughtBy: "subscriptions are for known callers: 401, with a challenge, to anonymous ones and for wrong credentials",
  },
  {
    does: "lets anyone use a subscription",
    twist: forAnyone(),
    caughtBy: "another's subscription is as one that there is not, and stays as it is",
  },
  {
    does: "drops where callbacks are to go from now on",
    twist: sending(isChange, ({ callback: _, ...rest }) => rest),
    caughtBy: "a subscription is changed by a merge patch or JSON; what that leaves as it is, stays",
  },
  {
    does: "shows a secret again",
    twist: rememberingSecrets(),
    caughtBy: "row 44: the secret of a callback is shown where it was made, and in no other answer",
  },
  {
    does: "drops Idempotency-Key",
    twist: without("idempotency-key"),
    caughtBy: "what is answered with a secret takes no Idempotency-Key; the rest is answered again with one",
  },
  {
    does: "carries out a subscription that is only tried out",
    twist: without("prefer"),
    caughtBy: "what is only tried out is answered as it would be, without a secret, and changes nothing",
  },
  {
    does: "waits for no delivery",
    twist: { plan: (plan, { path }) => (path.endsWith("/resend") ? { ...plan, status: 202 } : plan) },
    caughtBy: "a test is a delivery of its own: it is listed, and not sent once more while it waits",
  },
  {
    does: "subscribes to what is allowed of what is asked for",
    twist: sending(isWrite, (content) => {
      const { resources } = content;
      if (!Array.isArray(resources)) return content;
      return { ...content, resources: resources.filter((each) => each !== "notes/denied") };
    }),
    caughtBy: "a subscription needs permission for each of its patterns, also where it is changed",
  },
  {
    does: "drops what a subscription should not hold",
    twist: sending(isWrite, ({ id: _, ...rest }) => rest),
    caughtBy: "all that is not valid about a subscription is told at once, each at its place",
  },
  {
    does: "takes http: for https: in callbacks",
    twist: calling(isCreation, (url) => url.replace(/^http:/, "https:")),
    caughtBy: "row 56: a callback that is not https:, has credentials, port 22 or over 2,048 characters is 422",
  },
  {
    does: "moves callbacks to what is not https:",
    twist: calling(isChange, (url) => url.replace(/^ftp:/, "https:")),
    caughtBy: "row 56: a callback that is not https:, has credentials, port 22 or over 2,048 characters is 422",
  },
  {
    does: "does not know octal addresses",
    twist: calling(isWrite, (url) => url.replace("0177.0.0.1", "8.8.8.8")),
    caughtBy: "row 57: however an address of this machine is written, a callback to it is 422",
  },
  {
    does: "does not know NAT64",
    twist: calling(isWrite, (url) => url.replace("[64:ff9b::7f00:1]", "[2606:4700::1]")),
    caughtBy: "row 58: a callback to an address that is not public is 422, also where another address holds it",
  },
  {
    does: "counts nobody's subscriptions",
    twist: as(isCreation, ({ headers }) => `${String(headers.authorization)} ${++names}`),
    caughtBy: "row 62: a client's 21st subscription is 429, and a deleted one makes room",
  },
  {
    does: "counts the subscriptions of no host",
    twist: calling(isCreation, (url) => url.replace("::", `:${(++names).toString(16)}::`)),
    caughtBy: "row 62: subscriptions of many clients to one host are 429 past its cap, and so is a move to it",
  },
  {
    does: "reads a subscription and writes it out again",
    twist: sending(isWrite, (content) => content),
    caughtBy: "rows 22 to 32: what is hostile in the content of a subscription is refused as in any other",
  },
  {
    does: "takes PUT for PATCH",
    twist: {
      facts: (facts) =>
        facts.method === "PUT" && facts.path.startsWith("/conflict-notifications")
          ? { ...facts, method: "PATCH" }
          : facts,
    },
    caughtBy: "what is no id of a subscription, of an event or of a method there is 404 or 405, and never more",
  },
];
