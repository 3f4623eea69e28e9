import type { ApiVersion, ApiVersions } from "../states/api-versions.js";
import { deleteOldest } from "../states/memo.js";

/** How one API version is used: by the requests that this process has answered. */
export interface ApiVersionUse {
  readonly version: string;
  /** Requests that choose no version are in this one. */
  readonly isDefault: boolean;
  readonly state: "upcoming" | "offered" | "deprecated" | "ended";
  readonly deprecatedAt: Date | undefined;
  readonly sunsetAt: Date | undefined;
  /** The version that its clients should use. */
  readonly successor: string | undefined;
  readonly requests: number;
  /** Who called it, the last one first: the 1,000 that did so last. */
  readonly callers: readonly ApiVersionCaller[];
}

/** Who calls an API version, and how often. */
export interface ApiVersionCaller {
  /** The actor's name; `undefined` for all anonymous ones together. */
  readonly actor: string | undefined;
  readonly requests: number;
  readonly lastAt: Date;
}

const callersMax = 1_000;

interface Calls {
  requests: number;
  readonly byActor: Map<string | undefined, { requests: number; lastAt: number }>;
}

/** Counts who calls which API version. */
export class ApiVersionUses {
  readonly #api: ApiVersions;
  /** In the order of the versions. */
  readonly #calls: ReadonlyMap<ApiVersion, Calls>;

  constructor(api: ApiVersions) {
    this.#api = api;
    this.#calls = new Map(api.versions.map((version) => [version, { requests: 0, byActor: new Map() }]));
  }

  count(version: ApiVersion, actor: string | undefined, at: number): void {
    const calls = this.#calls.get(version);
    if (calls === undefined) return;
    calls.requests += 1;
    const before = calls.byActor.get(actor)?.requests ?? 0;
    // Behind all others: the first one is the one that has not called for longest.
    calls.byActor.delete(actor);
    if (calls.byActor.size >= callersMax) deleteOldest(calls.byActor);
    calls.byActor.set(actor, { requests: before + 1, lastAt: at });
  }

  /** @param now for what has ended by then */
  report(now: number): readonly ApiVersionUse[] {
    return [...this.#calls].map(([version, { requests, byActor }]) => {
      const { name, deprecatedAt, sunsetAt, successor } = version;
      const callers = [...byActor]
        .reverse()
        .map(([actor, call]) => ({ actor, ...call, lastAt: new Date(call.lastAt) }));
      return {
        version: name,
        isDefault: version === this.#api.default,
        state: stateOf(version, now),
        deprecatedAt: dateOf(deprecatedAt),
        sunsetAt: dateOf(sunsetAt),
        successor,
        requests,
        callers,
      };
    });
  }
}

function dateOf(moment: number | undefined): Date | undefined {
  return moment === undefined ? undefined : new Date(moment);
}

function stateOf({ isUpcoming, deprecatedAt, sunsetAt }: ApiVersion, now: number): ApiVersionUse["state"] {
  if (isUpcoming) return "upcoming";
  if (sunsetAt !== undefined && sunsetAt <= now) return "ended";
  return deprecatedAt !== undefined && deprecatedAt <= now ? "deprecated" : "offered";
}
