import { ConfigurationError } from "@unclash/core";
import {
  anything,
  checkOptions,
  isFunction,
  isTimerMs,
  listOf,
  type OptionRules,
  oneOf,
  required,
} from "@unclash/core/options";
import type { Capabilities, Store } from "@unclash/core/store";
import { type Authorize, checkedAuthorize } from "./access/authorize.js";
import { authorizeByDefault } from "./access/default-permissions.js";
import {
  type RequestOptions,
  type RequestSettings,
  requestRules,
  resolveRequestOptions,
} from "./access/request-options.js";
import { housekeepingOf } from "./commits/housekeeping.js";
import { Lifecycle } from "./commits/lifecycle.js";
import { warnOfStore } from "./commits/store-failure.js";
import { writerLinesOf } from "./commits/writer-lines.js";
import { lapsedConflicts } from "./conflicts/records/lapsed-conflicts.js";
import { RecordedRefusals } from "./conflicts/records/refusals.js";
import type { Decision } from "./decision.js";
import { ContentBudget } from "./http/content-room.js";
import type { Decoding } from "./http/decode.js";
import { type IdempotencyOptions, resolveKeeping } from "./idempotency/keeping.js";
import { notificationsFor } from "./notifications/engine-notifications.js";
import type { NotifiedSettings } from "./notifications/notified-exchange.js";
import type { NotificationOptions } from "./notifications/options.js";
import { isStore } from "./options/option-rules.js";
import { type Collection, resolveCollections } from "./resources/collection.js";
import type { CollectionOptions } from "./resources/collection-options.js";
import { warnOfOtherEngines } from "./resources/same-store.js";
import { type ApiVersions, isApiVersions } from "./states/api-versions.js";
import { warnOfEndedDefault } from "./versions/api-version.js";
import { ApiVersionUses } from "./versions/api-version-uses.js";
import { warnOfOldShapes } from "./versions/old-shapes.js";

export interface UnclashOptions<Native = unknown> extends RequestOptions<Native> {
  /** Where everything is kept. The app closes it, after its server. */
  readonly store: Store;
  /**
   * What an acknowledged write must survive: `process` a crash of the app, `fsync` that of the machine too. A store
   * that declares less is refused at construction.
   *
   * @default "none"
   */
  readonly requireDurability?: Capabilities["durability"];
  /** By name, which is the first segment of the path: lower-case letters, digits and `-`. */
  readonly collections: Readonly<Record<string, CollectionOptions>>;
  /**
   * The versions of the API: what `apiVersions({ … })` returns. A request chooses one by its path
   * (`/v1/articles/1`), by `Accept` (`application/vnd.shop.v1+json`), or by `API-Version`.
   *
   * @default the API has no versions
   */
  readonly apiVersions?: ApiVersions;
  /** Who may do what. @default `authorizeByDefault`: all may read and write resources; the rest by the role */
  readonly authorize?: Authorize;
  /** Content codings of request bodies that are decoded; all others get 415. @default [] */
  readonly decodeBodies?: readonly Decoding[];
  /**
   * Is called with every decision, before the answer is sent; the same value is published on the diagnostics channel
   * `unclash:decision`. What it throws is a warning of the process, and clients get the answer as decided.
   */
  observe?(decision: Decision<Native>): void;
  /** How answers to requests with `Idempotency-Key` are kept. */
  readonly idempotency?: IdempotencyOptions<Native>;
  /**
   * How clients are told of what happens: by streams, by polls, and by callbacks that they subscribe. `false` turns all
   * of it off: its paths are then 404, and lists have no `Unclash-Cursor`.
   *
   * @default all of it, with the defaults of each option
   */
  readonly notifications?: NotificationOptions | false;
  /**
   * How long `drain()` waits for work in the background, and `close()` for running requests, in milliseconds; a warning
   * tells what took longer. @default 3,000
   */
  readonly drainMsMax?: number;
}

/** The options, resolved once. */
export type Settings<Native = unknown> = RequestSettings<Native> &
  NotifiedSettings & {
    /** `undefined` where the API has no versions. */
    readonly apiVersionUses: ApiVersionUses | undefined;
  };

const rules: OptionRules<UnclashOptions> = {
  ...requestRules,
  store: required(isStore),
  requireDurability: oneOf("none", "process", "fsync"),
  collections: required(anything),
  apiVersions: isApiVersions,
  authorize: isFunction,
  decodeBodies: listOf(oneOf("gzip", "deflate", "br"), "gzip, deflate and br"),
  idempotency: anything,
  notifications: anything,
  drainMsMax: isTimerMs,
};

/** Resolves the options, and throws a `ConfigurationError` that names the first one that can't be. */
export function resolveOptions<Native>(options: UnclashOptions<Native>): Settings<Native> {
  checkOptions<UnclashOptions<Native>>("", options, rules);
  const { store } = options;
  checkDurability(store, options.requireDurability ?? "none");
  const request = resolveRequestOptions(options);
  const { collections, versioned } = resolveCollections(options.collections, options.apiVersions);
  warnOfOtherEngines(store, options.collections);
  if (versioned !== undefined) warnOfEndedDefault(versioned.api, Date.now());
  const lifecycle = lifecycleFor(store, options, collections);
  const authorize = options.authorize === undefined ? authorizeByDefault : checkedAuthorize(options.authorize);
  const telling = { store, lifecycle, authorize, collections, versioned, observe: options.observe };
  return Object.freeze({
    ...request,
    store,
    writerLines: writerLinesOf(store),
    collections,
    versioned,
    apiVersionUses: versioned && new ApiVersionUses(versioned.api),
    authorize,
    decodeBodies: options.decodeBodies ?? [],
    bodies: new ContentBudget(request.requestLimits.bodyBytesInFlightMax, request.requestLimits.slowBodyMs),
    idempotency: resolveKeeping(store, options.idempotency),
    lifecycle,
    guardedConflicts: new Map(),
    notifications: notificationsFor(options.notifications, telling),
    refusals: new RecordedRefusals(store, lifecycle, request.requestLimits),
  });
}

/** The life of an engine, with the housekeeping of its store, and a look at what is still stored in old shapes. */
function lifecycleFor<Native>(
  store: Store,
  { drainMsMax = 3_000, observe }: UnclashOptions<Native>,
  collections: ReadonlyMap<string, Collection>,
): Lifecycle {
  const lifecycle = new Lifecycle(drainMsMax);
  const housekeeping = housekeepingOf(store);
  housekeeping.register(lapsedConflicts);
  let stop = async (): Promise<void> => {};
  lifecycle.add({
    name: "housekeeping",
    start: () => {
      stop = housekeeping.start(observe);
    },
    drain: () => stop(),
  });
  const looking = new AbortController();
  lifecycle.add({
    name: "looking for old shapes",
    start: () => {
      warnOfOldShapes(store, collections.values(), looking.signal).catch(warnOfStore);
    },
    drain: async () => looking.abort(),
  });
  return lifecycle;
}

const durabilities: readonly Capabilities["durability"][] = ["none", "process", "fsync"];

function checkDurability({ capabilities: { durability } }: Store, required: Capabilities["durability"]): void {
  if (durabilities.indexOf(durability) < durabilities.indexOf(required)) {
    throw new ConfigurationError("requireDurability", `is ${required}, and the store's durability is ${durability}`);
  }
}
