import { ConfigurationError } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import { anything, checkOptions, group, isFunction, isPromise, isText, type OptionRules } from "@unclash/core/options";
import type { Key, Store } from "@unclash/core/store";
import type { Actor } from "../../access/actor.js";
import { AskedResource } from "../../access/asked-resource.js";
import type { Authorize } from "../../access/authorize.js";
import { ownClaim } from "../../access/default-permissions.js";
import type { LookUp } from "../../commits/commit-once.js";
import type { Lifecycle } from "../../commits/lifecycle.js";
import { wrongOutcome } from "../../options/callback-result.js";
import { watchPending } from "../../options/pending-callbacks.js";
import type { Awaitable } from "../../states/loaded-state.js";
import { type MergeSettings, type MergingOptions, resolveMerging } from "../merge-states.js";
import { newConflictId } from "./conflict-keys.js";
import { settledPart } from "./conflict-writes.js";
import { commitRecord, openConflict } from "./open-conflict.js";
import type { ConflictRecord } from "./record.js";
import type { RecordedRefusals } from "./refusals.js";

/** A conflict of a guarded resource that is about to be resolved. */
export interface GuardedConflict {
  readonly id: string;
  /** The name of the resource, as the guard has it. */
  readonly resource: Key;
  /** What clients were shown of the state that the write was made for. */
  readonly base: JsonObject;
  /** The same of the state that was there as it came. */
  readonly current: JsonObject;
  /** What it wanted; `null` for a deletion. */
  readonly proposed: JsonObject | null;
  /** The version that the resource must still be at, where its versions are numbers. */
  readonly version: number | undefined;
  /** The entity-tag of that state, where the request names no version of its own. */
  readonly etag: string | undefined;
  readonly actor: Actor | undefined;
}

/** What has become of a resolution: the state that it has made, or that the resource was no longer as expected. */
export type AppliedResolution =
  | { readonly kind: "applied"; readonly version?: number; readonly etag?: string }
  | { readonly kind: "conflict"; readonly version?: number; readonly etag?: string };

/** How the conflicts of some guarded resources are resolved. */
export interface GuardedConflictOptions {
  /**
   * Writes what a conflict is resolved with, `null` to delete, where the resource is still at `conflict.version`: one
   * conditional write of the app's database. Without it, clients can read the conflicts, and the app resolves them.
   *
   * @example
   * async apply({ resource, version }, value) {
   *   const { rowCount } = await pool.query("UPDATE customers SET … WHERE id = $1 AND version = $2", […]);
   *   return rowCount === 1 ? { kind: "applied", version: version + 1 } : { kind: "conflict" };
   * }
   */
  apply?(conflict: GuardedConflict, value: JsonObject | null): Awaitable<AppliedResolution>;
  /** How the resolution `merge` merges. @default every place that both have changed is a conflict */
  readonly merge?: MergingOptions;
}

const rules: OptionRules<GuardedConflictOptions> = {
  apply: isFunction,
  merge: group<MergingOptions>({ policies: anything, together: anything }),
};

/** What of an engine keeps the records of guards. */
export interface ConflictKeeper {
  readonly store: Store;
  readonly lifecycle: Lifecycle;
  readonly lookUp: LookUp;
  readonly refusals: RecordedRefusals;
  readonly authorize: Authorize;
}

/** Where guards keep the records of their conflicts: `unclash.guardConflicts(name, { … })` makes it. */
export class GuardedConflicts {
  readonly name: string;
  readonly merging: MergeSettings;
  readonly #keeper: ConflictKeeper;
  readonly #apply: GuardedConflictOptions["apply"];

  /** @throws ConfigurationError that names the option that can't be */
  constructor(name: string, options: GuardedConflictOptions, keeper: ConflictKeeper) {
    const path = `guardConflicts(${JSON.stringify(name)})`;
    const fault = isText(name);
    if (fault !== undefined) throw new ConfigurationError("guardConflicts", `${fault}: the name of what is guarded`);
    checkOptions<GuardedConflictOptions>(path, options, rules);
    this.name = name;
    this.merging = resolveMerging(`${path}.merge`, options.merge);
    this.#apply = options.apply;
    this.#keeper = keeper;
  }

  /** Whether conflicts can be resolved by requests. */
  get isResolvable(): boolean {
    return this.#apply !== undefined;
  }

  /**
   * Has the app write what a conflict is resolved with.
   *
   * @throws CallbackError where it gives anything else than what became of that
   */
  async apply(conflict: GuardedConflict, value: JsonObject | null): Promise<AppliedResolution> {
    const callback = `guardConflicts(${JSON.stringify(this.name)}).apply`;
    const given: unknown = this.#apply?.(conflict, value);
    const waiting = (): string => `the resolution of ${conflict.id}`;
    const outcome = isPromise(given) ? await watchPending(callback, given, waiting) : given;
    if (isOutcome(outcome)) return outcome;
    throw wrongOutcome(callback, '{ kind: "applied" } or { kind: "conflict" }, with the `version` or `etag`', outcome);
  }

  /** Whether someone is told where the conflict of a write of its own is recorded. */
  async mayReadOwn(resource: Key, actor: Actor | undefined): Promise<boolean> {
    if (actor === undefined) return false;
    const asked = new AskedResource("never", ownClaim);
    return (await this.#keeper.authorize("read-conflict", resource, actor, asked)) === "allow" && !asked.isMissed;
  }

  /**
   * Parks a write.
   *
   * @returns the id of its record; nothing where too many of the resource are parked already
   * @throws StoreError where the store failed
   */
  async park(record: ConflictRecord, resolveWithinMs: number): Promise<string | undefined> {
    const id = newConflictId();
    const { store, lookUp } = this.#keeper;
    return (await openConflict(store, lookUp, { id, record, resolveWithinMs })) ? id : undefined;
  }

  /** Records a write that a strategy has settled, in the background: the handler's own write is done by then. */
  recordSettled(id: string, record: ConflictRecord): void {
    const { store, lookUp, lifecycle } = this.#keeper;
    const part = settledPart(id, record);
    lifecycle.write("the record of a conflict", () => commitRecord(store, lookUp, record, part));
  }

  /** Counts a refusal, and gives the id of its record, if it gets one. */
  recordRefusal(record: ConflictRecord, resolveWithinMs: number): string | undefined {
    return this.#keeper.refusals.add(record, () => ({ record, resolveWithinMs }));
  }
}

function isOutcome(given: unknown): given is AppliedResolution {
  if (typeof given !== "object" || given === null || !("kind" in given)) return false;
  if (given.kind !== "applied" && given.kind !== "conflict") return false;
  const { version, etag } = { version: undefined, etag: undefined, ...given };
  return (version === undefined || typeof version === "number") && (etag === undefined || typeof etag === "string");
}
