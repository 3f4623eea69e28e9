import { isStoreError, type Key, type ResponsePlan, resourceKey } from "@unclash/core";
import { fromClient } from "./access/client-address.js";
import { Exchange } from "./access/exchange.js";
import { isObserved, publish } from "./access/observe.js";
import type { RequestFacts } from "./http/request.js";
import { problemPlan, unavailablePlan } from "./http/responses.js";
import { resolveOptions, type Settings, type UnclashOptions } from "./options.js";
import { answer, identifyCaller } from "./pipeline/line.js";
import { decodeId } from "./pipeline/read.js";
import { findRoute, ownsPath, type Route, routePattern } from "./pipeline/routes.js";

/** An engine over a store: it answers requests, and knows no framework. */
export interface Unclash<Native = unknown> {
  /** The names of its collections: the first segments of the paths that it answers. */
  readonly collections: readonly string[];
  /** Whether a path below the mount is the engine's to answer; others are the app's own. */
  owns(path: string): boolean;
  /** Answers a request. It rejects only with what the app's own functions threw, and with faults of unclash itself. */
  handle(request: RequestFacts<Native>): Promise<ResponsePlan>;
}

/**
 * Makes an engine. Hand it to an adapter's `mount`.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function createUnclash<Native = unknown>(options: UnclashOptions<Native>): Unclash<Native> {
  const settings = resolveOptions(options);
  return {
    collections: [...settings.collections.keys()],
    owns: (path) => ownsPath(settings.collections, path),
    handle: (request) => handle(settings, request),
  };
}

async function handle<Native>(settings: Settings<Native>, received: RequestFacts<Native>): Promise<ResponsePlan> {
  const request = fromClient(received, settings.trust);
  const startedAt = isObserved(settings.observe) ? performance.now() : undefined;
  const route = findRoute(settings.collections, request.path);
  const caller = await identifyCaller(settings, request);
  const exchange = new Exchange(settings, request, caller.kind === "known" ? caller.actor : undefined);
  const plan =
    caller.kind === "known"
      ? await answer(exchange, route)
          .catch((thrown: unknown) => storeFailure(exchange, thrown))
          .finally(() => exchange.end())
      : problemPlan(exchange, "unauthenticated", "The credentials are wrong.", {
          headers: { "www-authenticate": caller.challenge },
        });
  if (startedAt !== undefined) tell(exchange, route, plan, performance.now() - startedAt);
  return request.method === "HEAD" && plan.body !== null ? { ...plan, body: null } : plan;
}

function storeFailure(exchange: Exchange, thrown: unknown): ResponsePlan {
  if (!isStoreError(thrown)) throw thrown;
  // What fails after the commit says of itself that it did nothing: this must not be taken for the write.
  return unavailablePlan(exchange, exchange.applied ? "unknown" : thrown.outcome, "The store did not answer.");
}

/** The resource that a route names; none where what stands there can't be an id. */
function resourceOf({ settings }: Exchange, route: Route | undefined): Key | undefined {
  if (route === undefined || route.kind === "collection") return undefined;
  const decoded = decodeId(route.rawId, settings.limits.idBytesMax);
  return "id" in decoded ? resourceKey(route.collection.name, decoded.id) : undefined;
}

function tell(exchange: Exchange, route: Route | undefined, plan: ResponsePlan, durationMs: number): void {
  publish(exchange.settings.observe, {
    method: exchange.request.method,
    route: route && routePattern(route),
    resource: resourceOf(exchange, route),
    actor: exchange.actor?.name,
    status: plan.status,
    outcome: plan.outcome,
    strategy: exchange.strategy,
    attempts: exchange.attempts,
    durationMs,
  });
}
