import type { ResponsePlan, StreamPlan } from "@unclash/core";
import type { Caller } from "../access/actor.js";
import type { Permission } from "../access/resource-exchange.js";
import type { RequestFacts } from "../http/request.js";
import type { NotifiedExchange, NotifiedSettings } from "../notifications/notified-exchange.js";
import { answerChange, answerNewSecret, answerRemoval } from "./change-subscription.js";
import { answerConflict, answerConflicts, askForConflicts } from "./conflicts.js";
import { answerDeliveries, answerResend, answerTest } from "./deliveries.js";
import { answerEventPoll } from "./event-poll.js";
import { answerEventStream, askForEvents } from "./event-stream.js";
import { answerResolution } from "./resolve.js";
import { answerTicket, askForTicket, identifyByTicket } from "./stream-tickets.js";
import { answerSubscribe, answerSubscription, answerSubscriptions, askForSubscriptions } from "./subscriptions.js";

/** What stands in a path in the place of the parameters of its pattern, percent-encoded: `{id}`, `{event}`. */
export type PathParameters = Readonly<Record<string, string>>;

/** What is asked before anything else of the request is looked at, and how it is answered. */
export interface ServiceOperation {
  /** Identifies the caller in the place of the app, by what else a request has; nothing where it has nothing else. */
  readonly identify?: (settings: NotifiedSettings, request: RequestFacts) => Promise<Caller> | undefined;
  readonly ask: (exchange: NotifiedExchange) => Promise<Permission>;
  readonly answer: (exchange: NotifiedExchange, parameters: PathParameters) => Promise<ResponsePlan | StreamPlan>;
}

/** A route of unclash's own, beside those of collections. GET stands for HEAD too. */
export interface ServiceRoute {
  readonly pattern: string;
  readonly of: "service";
  readonly operations: Readonly<Partial<Record<"GET" | "POST" | "PATCH" | "DELETE", ServiceOperation>>>;
}

/** Every route of unclash's own. */
export const serviceRoutes: readonly ServiceRoute[] = [
  {
    pattern: "/conflicts",
    of: "service",
    operations: { GET: { ask: (exchange) => askForConflicts(exchange, "read-conflict"), answer: answerConflicts } },
  },
  {
    pattern: "/conflicts/{id}",
    of: "service",
    operations: {
      GET: {
        ask: (exchange) => askForConflicts(exchange, "read-conflict"),
        answer: (exchange, { id = "" }) => answerConflict(exchange, id),
      },
    },
  },
  {
    pattern: "/resolve-conflict",
    of: "service",
    operations: { POST: { ask: (exchange) => askForConflicts(exchange, "resolve"), answer: answerResolution } },
  },
  {
    pattern: "/conflict-notifications/stream",
    of: "service",
    operations: { GET: { identify: identifyByTicket, ask: askForEvents, answer: answerEventStream } },
  },
  {
    pattern: "/conflict-notifications/stream-tickets",
    of: "service",
    operations: { POST: { ask: askForTicket, answer: answerTicket } },
  },
  {
    pattern: "/conflict-notifications/events",
    of: "service",
    operations: { GET: { ask: askForEvents, answer: answerEventPoll } },
  },
  {
    pattern: "/conflict-notifications",
    of: "service",
    operations: {
      GET: { ask: askForSubscriptions, answer: answerSubscriptions },
      POST: { ask: askForSubscriptions, answer: answerSubscribe },
    },
  },
  {
    pattern: "/conflict-notifications/{id}",
    of: "service",
    operations: {
      GET: ofOwn(answerSubscription),
      PATCH: ofOwn(answerChange),
      DELETE: ofOwn(answerRemoval),
    },
  },
  { pattern: "/conflict-notifications/{id}/secret", of: "service", operations: { POST: ofOwn(answerNewSecret) } },
  { pattern: "/conflict-notifications/{id}/test", of: "service", operations: { POST: ofOwn(answerTest) } },
  { pattern: "/conflict-notifications/{id}/deliveries", of: "service", operations: { GET: ofOwn(answerDeliveries) } },
  {
    pattern: "/conflict-notifications/{id}/deliveries/{event}/resend",
    of: "service",
    operations: {
      POST: {
        ask: askForSubscriptions,
        answer: (exchange, { id = "", event = "" }) => answerResend(exchange, id, event),
      },
    },
  },
];

/** What is done to a subscription of the caller's. */
function ofOwn(answer: (exchange: NotifiedExchange, id: string) => Promise<ResponsePlan>): ServiceOperation {
  return { ask: askForSubscriptions, answer: (exchange, { id = "" }) => answer(exchange, id) };
}

/** The first segments of their paths, which no collection has. */
export const serviceNames: ReadonlySet<string> = new Set(
  serviceRoutes.flatMap(({ pattern }) => pattern.split("/", 2)[1] ?? []),
);

/** So many segments are looked at: one more than any pattern has. */
const segmentsMax = 8;

/** Finds the route of a path, percent-encoded: of two, the one that names more of its segments. */
export function findServiceRoute(
  path: string,
): { readonly route: ServiceRoute; readonly parameters: PathParameters } | undefined {
  const segments = path.split("/", segmentsMax);
  for (const [route, pattern] of patterns) {
    const parameters = parametersIn(pattern, segments);
    if (parameters !== undefined) return { route, parameters };
  }
  return undefined;
}

/** Those with fewer parameters come first. */
const patterns = serviceRoutes
  .map((route) => [route, route.pattern.split("/")] as const)
  .toSorted(([one], [other]) => one.pattern.split("{").length - other.pattern.split("{").length);

function parametersIn(pattern: readonly string[], segments: readonly string[]): PathParameters | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [at, part] of pattern.entries()) {
    const segment = segments[at] ?? "";
    if (part.startsWith("{") && segment !== "") parameters[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return parameters;
}
