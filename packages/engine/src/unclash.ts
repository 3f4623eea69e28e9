import {
  ConfigurationError,
  isStoreError,
  isStreamPlan,
  type ResponsePlan,
  resourceKey,
  type StreamPlan,
  UsageError,
} from "@unclash/core";
import type { Key } from "@unclash/core/store";
import { identifyCaller } from "./access/actor.js";
import { fromClient } from "./access/client-address.js";
import { warnOfDoubledPath } from "./access/doubled-path.js";
import { unanswered } from "./access/request-decision.js";
import { ResourceExchange } from "./access/resource-exchange.js";
import type { Lifecycle, LifecycleState } from "./commits/lifecycle.js";
import { warnOfStore } from "./commits/store-failure.js";
import { type GuardedConflictOptions, GuardedConflicts } from "./conflicts/records/guarded-conflicts.js";
import { headerRefusal, unavailable } from "./http/refusal.js";
import type { RequestFacts } from "./http/request.js";
import { refusedResponse } from "./http/responses.js";
import { sentences } from "./http/sentences.js";
import type { NotifiedExchange } from "./notifications/notified-exchange.js";
import { resolveOptions, type Settings, type UnclashOptions } from "./options.js";
import { inVersion, malformedVersion, placeOf, refuseVersion } from "./pipeline/api-version.js";
import { ownedPaths, ownsPath } from "./pipeline/owned-paths.js";
import { answerRoute, decodeId, identifyByRoute, type Match, routeLabel } from "./pipeline/routes.js";
import type { CollectionExchange } from "./resources/collection-exchange.js";
import { indexReferences } from "./resources/reference-index.js";
import { checkStream } from "./streamed.js";
import type { ApiVersionUse } from "./versions/api-version-uses.js";
import { type MigrationOptions, type MigrationProgress, migrate } from "./versions/migrate.js";

/** An engine over a store: it answers requests, and knows no framework. */
export interface Unclash<Native = unknown> {
  /** The names of its collections: the first segments of the paths that it answers. */
  readonly collections: readonly string[];
  /** The names of its API versions that clients can ask for: each may stand in front of a collection in a path. */
  readonly apiVersions: readonly string[];
  /**
   * The paths below the mount that it answers, each with all that is below it: those of its collections, of conflicts,
   * resolutions and notifications, and the same in each API version. For frameworks that want to know routes before
   * there is a request.
   *
   * @example ["/articles", "/conflicts", "/resolve-conflict", "/v1/articles", …]
   */
  readonly paths: readonly string[];
  /** Whether a path below the mount is the engine's to answer; others are the app's own. */
  owns(path: string): boolean;
  /** Answers a request. It rejects only with what the app's own functions threw, and with faults of unclash itself. */
  handle(request: RequestFacts<Native>): Promise<ResponsePlan | StreamPlan>;
  /**
   * Lets references count that were written before their `onDelete` was `"restrict"`. Call it once after that was set
   * over resources that are there already, when all processes run with it. Until it is through, what only such
   * resources refer to can still be deleted. It looks at all resources of the collections in question, may run while
   * others write, and may be called again.
   *
   * @returns how many references did not count before
   * @throws StoreError where the store failed: call it again
   */
  indexReferences(): Promise<number>;
  /**
   * Rewrites the states of a collection that are stored in the shape of an earlier API version, so that new unique
   * fields and references count for them, and no read has to convert them. Call it once after a new version was brought
   * out, when all processes run with it. It works in steps, may run while others write, and may be called again: it
   * goes on with what is left. A rewritten state is a version more in the history, with the cause `migrate`;
   * entity-tags that clients hold stay good in `If-Match`, a version in a body does not.
   *
   * @returns how many were looked at and rewritten, and those that can't be
   * @throws ConfigurationError where there is no such collection, StoreError where the store failed
   * @example await unclash.migrate("articles", { onProgress: ({ looked }) => console.log(looked) });
   */
  migrate(collection: string, options?: MigrationOptions): Promise<MigrationProgress>;
  /**
   * Which API versions there are, when they end, and who still calls each of them: as far as this process has answered
   * requests, since it was started. The oldest version comes first; empty where the API has no versions.
   *
   * @example console.table(unclash.apiVersionUse());
   */
  apiVersionUse(): readonly ApiVersionUse[];
  /**
   * Keeps the records of conflicts for guards: give what it returns to them as `conflicts.records`. This engine's
   * `/conflicts` then shows them, to those whom its `authorize` lets read them, and its `/resolve-conflict` resolves
   * them.
   *
   * @param name tells the records from those of other guards, in all processes and releases: `customers`
   * @throws ConfigurationError where an option can't be, or the name is taken
   * @example
   * const records = unclash.guardConflicts("customers", { apply: writeCustomer });
   * const { guard } = createGuards({ conflicts: { strategy: "manual", records } });
   */
  guardConflicts(name: string, options?: GuardedConflictOptions): GuardedConflicts;
  /** Where it is in its life: for a probe of readiness, say. It is ready in `new` and `started`. */
  readonly state: LifecycleState;
  /**
   * Starts work in the background: one process of all that share the store cleans up in it. Call it where the server
   * listens; again, it does nothing.
   *
   * @throws UsageError after `drain()` or `close()`
   * @example unclash.start();
   */
  start(): void;
  /**
   * Prepares for the end: who waits is answered 503, streams end, and work in the background is brought to an end.
   * Requests are still answered. What `createShutdown` of the adapters makes calls it, as does Fastify's `close`.
   *
   * @returns settles when all that is done, or after `drainMsMax`; it never rejects
   */
  drain(): Promise<void>;
  /**
   * Ends the engine: it drains, waits for the requests that run, for at most `drainMsMax`, and answers 503 from then
   * on. Close its store after that.
   *
   * @returns never rejects
   */
  close(): Promise<void>;
}

const lifecycles = new WeakMap<Unclash<never>, Lifecycle>();

/**
 * The life of an engine: for streams and waits of an app's own that have to end with it.
 *
 * @throws UsageError where this is no engine
 */
export function lifecycleOf(unclash: Unclash<never>): Lifecycle {
  const lifecycle = lifecycles.get(unclash);
  if (lifecycle !== undefined) return lifecycle;
  throw new UsageError("lifecycleOf", "must be given what createUnclash({ … }) returns");
}

/**
 * Makes an engine. Hand it to an adapter's `mount`.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function createUnclash<Native = unknown>(options: UnclashOptions<Native>): Unclash<Native> {
  const settings = resolveOptions(options);
  const { lifecycle } = settings;
  const unclash: Unclash<Native> = {
    collections: [...settings.collections.keys()],
    apiVersions: settings.versioned?.api.offered.map(({ name }) => name) ?? [],
    paths: ownedPaths(settings),
    owns: (path) => ownsPath(settings, path),
    handle: (request) => handle(settings, request),
    indexReferences: () => indexReferences(settings),
    migrate: (collection, migration) => migrate(settings, collection, migration),
    guardConflicts: (name, given) => guardConflicts(settings, name, given),
    apiVersionUse: () => settings.apiVersionUses?.report(Date.now()) ?? [],
    get state() {
      return lifecycle.state;
    },
    start: () => lifecycle.start(),
    drain: () => lifecycle.drain(),
    close: () => lifecycle.close(),
  };
  lifecycles.set(unclash, lifecycle);
  return unclash;
}

function guardConflicts<Native>(
  { guardedConflicts, store, lifecycle, refusals, authorize, requestLimits: lookUp }: Settings<Native>,
  name: string,
  options: GuardedConflictOptions = {},
): GuardedConflicts {
  if (guardedConflicts.has(name))
    throw new ConfigurationError("guardConflicts", `must have a name of its own, and ${JSON.stringify(name)} is taken`);
  const records = new GuardedConflicts(name, options, { store, lifecycle, refusals, authorize, lookUp });
  guardedConflicts.set(name, records);
  return records;
}

async function handle<Native>(
  settings: Settings<Native>,
  received: RequestFacts<Native>,
): Promise<ResponsePlan | StreamPlan> {
  const startedAt = performance.now();
  const { lifecycle } = settings;
  if (!lifecycle.enter(startedAt)) return answerClosed(settings, received, startedAt);
  try {
    const request = fromClient(received, settings.trust);
    warnOfDoubledPath(settings, request);
    const place = placeOf(settings, request);
    const { match, choice } = place;
    const caller =
      headerRefusal(received) ??
      (await (identifyByRoute(settings, match, request) ?? identifyCaller(settings.identify, request)));
    const actor = caller.kind === "known" ? caller.actor : undefined;
    const exchange: NotifiedExchange = new ResourceExchange(settings, request, actor, startedAt);
    exchange.apiVersion = place.version;
    const early = refuseVersion(exchange, choice);
    const late = malformedVersion(exchange, choice);
    const answer =
      caller.kind === "refused"
        ? refusedResponse(exchange, caller)
        : await answerRoute(exchange, match, { early, late })
            .catch((thrown: unknown) => storeFailure(exchange, thrown))
            .finally(() => exchange.room.release());
    const response = inVersion(exchange, place, answer);
    if (match !== undefined && choice !== undefined && "version" in choice) {
      settings.apiVersionUses?.count(choice.version, actor?.name, Date.now());
    }
    if (exchange.isObserved) {
      const { status, outcome } = exchange.isUnanswered ? unanswered : response;
      const named = match && { route: routeLabel(match), collection: match.collection?.name };
      exchange.publish({ status, outcome, route: undefined, ...named, resource: resourceOf(exchange, match) });
    }
    if (isStreamPlan(response)) return lifecycle.stream(checkStream(exchange, response));
    return request.method === "HEAD" && response.body !== null ? { ...response, body: null } : response;
  } finally {
    lifecycle.leave();
  }
}

/** 503: what a request does may need a store that is closed by now. */
function answerClosed<Native>(
  settings: Settings<Native>,
  received: RequestFacts<Native>,
  startedAt: number,
): ResponsePlan {
  const exchange: CollectionExchange = new ResourceExchange(settings, received, undefined, startedAt);
  const response = refusedResponse(exchange, unavailable("not-applied", sentences.shutDown));
  const { status, outcome } = response;
  if (exchange.isObserved) exchange.publish({ status, outcome, route: undefined, resource: undefined });
  return received.method === "HEAD" ? { ...response, body: null } : response;
}

function storeFailure(exchange: CollectionExchange, thrown: unknown): ResponsePlan {
  if (!isStoreError(thrown)) throw thrown;
  warnOfStore(thrown);
  // What fails after the commit says of itself that it did nothing: this must not be taken for the write.
  const outcome = exchange.applied ? "unknown" : thrown.outcome;
  return refusedResponse(exchange, unavailable(outcome, sentences.storeUnanswered));
}

/** The resource that a path names; none where what stands there can't be an id. */
function resourceOf({ settings }: CollectionExchange, match: Match | undefined): Key | undefined {
  if (match?.collection === undefined || match.route.of === "collection") return undefined;
  const id = decodeId(match.rawId, settings.requestLimits.idBytesMax);
  return typeof id === "string" ? resourceKey(match.collection.name, id) : undefined;
}
