import type { ResponsePlan } from "@unclash/core";
import type { Permission } from "../access/resource-exchange.js";
import type { CollectionExchange } from "../resources/collection-exchange.js";
import { answerConflict, answerConflicts, askForConflicts } from "./conflicts.js";
import { answerResolution } from "./resolve.js";

/** What is asked before anything else of the request is looked at, and how it is answered. */
interface ServiceOperation {
  readonly ask: (exchange: CollectionExchange) => Promise<Permission>;
  readonly answer: (exchange: CollectionExchange, rawId: string) => Promise<ResponsePlan>;
}

/** A route of unclash's own, beside those of collections. GET stands for HEAD too. */
export interface ServiceRoute {
  readonly pattern: string;
  readonly of: "service";
  readonly operations: Readonly<Partial<Record<"GET" | "POST", ServiceOperation>>>;
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
    operations: { GET: { ask: (exchange) => askForConflicts(exchange, "read-conflict"), answer: answerConflict } },
  },
  {
    pattern: "/resolve-conflict",
    of: "service",
    operations: { POST: { ask: (exchange) => askForConflicts(exchange, "resolve"), answer: answerResolution } },
  },
];

/** The first segments of their paths, which no collection has. */
export const serviceNames: ReadonlySet<string> = new Set(
  serviceRoutes.flatMap(({ pattern }) => pattern.split("/", 2)[1] ?? []),
);
