import { formatEntityTag, type ProblemSlug, UsageError } from "@unclash/core";
import type { Actor } from "../access/actor.js";
import { isSafe } from "../http/methods.js";
import { refused } from "../http/refusal.js";
import type { Terms } from "../preconditions/conditions.js";
import type { LoadedState, StateVersion, ValueOf, VersionOf } from "../states/loaded-state.js";
import { updatedState } from "../states/loaded-state.js";
import type { RowState } from "../states/row-state.js";
import { changedRow, isAffected } from "./changed-row.js";
import type { Guard, Preference, RowLike } from "./guard.js";
import { guardConflict } from "./guard-conflict.js";
import type { GuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";
import type { Tally } from "./guard-report.js";
import { assertPreference, assertRefusal } from "./handle-arguments.js";
import { type Judgement, judge } from "./judge.js";
import { LostOutcome } from "./lost-outcome.js";
import type { Passage } from "./passage.js";
import type { SettledWrite } from "./stale-write.js";

/** What a guard knows of a request that it lets pass. */
export interface Passed {
  readonly exchange: GuardExchange;
  readonly terms: Terms;
  readonly passage: Passage;
  readonly tally: Tally;
  readonly idempotencyKey: string | undefined;
}

/** What a request was held against, and whether it may be carried out on that. */
export interface Looked<State extends LoadedState> {
  /** What `load` gave. */
  readonly state: State | undefined;
  /** The same, as preconditions are held against it. */
  readonly selected: RowState | undefined;
  readonly judgement: Judgement;
}

/** Lets a request on to its handler, over the state that it was held against: a read shows that state. */
export function letPass<State extends LoadedState>(
  passed: Passed,
  { state, selected, judgement }: Looked<State>,
): Guard<State> {
  const { exchange, passage } = passed;
  const settled = judgement.kind === "pass" ? judgement.settled : undefined;
  passage.settled = settled;
  if (selected !== undefined && isSafe(exchange.request.method)) passage.show(selected);
  return new GuardHandle<State>(passed, { state, etag: selected && formatEntityTag(selected.etag), settled });
}

/** What a request was held against, and how it came through. */
interface HeldAgainst<State> {
  readonly state: State | undefined;
  readonly etag: string | undefined;
  readonly settled: SettledWrite | undefined;
}

/** The guard of one request, as its handler has it. */
class GuardHandle<State extends LoadedState> implements Guard<State> {
  readonly current: ValueOf<State>;
  readonly expected: VersionOf<State>;
  readonly etag: string | undefined;
  readonly settled: SettledWrite | undefined;
  readonly #passed: Passed;
  readonly #state: State | undefined;

  constructor(passed: Passed, { state, etag, settled }: HeldAgainst<State>) {
    this.current = rowOf(state);
    this.expected = versionOf(state);
    this.etag = etag;
    this.settled = settled;
    this.#passed = passed;
    this.#state = state;
  }

  get actor(): Actor | undefined {
    return this.#passed.exchange.actor;
  }

  get idempotencyKey(): string | undefined {
    return this.#passed.idempotencyKey;
  }

  readonly prefers = (preference: Preference): boolean => {
    const { terms, passage } = this.#passed;
    assertPreference(preference);
    const isAsked = preference === "dry-run" ? terms.preferences.dryRun : terms.preferences.minimal;
    if (isAsked) passage.apply(preference);
    return isAsked;
  };

  readonly notApplied = (): void => {
    this.#passed.passage.notApplied = true;
  };

  readonly updated = (given: StateVersion | LoadedState): string => {
    const { exchange, passage } = this.#passed;
    const state = updatedState(given, this.#state);
    const etag = exchange.etagOf(state, (problem) => new UsageError("updated", problem.replace("gave", "was given")));
    passage.update(state, { etag, isNew: etag !== this.etag });
    return etag;
  };

  readonly conflict = (fresh?: LoadedState | null): never => {
    this.#passed.passage.refuse();
    throw this.#conflict(fresh == null ? undefined : this.#passed.exchange.select(fresh));
  };

  readonly expectRow: Guard<State>["expectRow"] = expectRowOr(
    () => this.#lose(),
    () => this.#win(),
  );

  readonly expectAffected = (count: number | bigint | null | undefined): Promise<void> => {
    if (!isAffected(count)) return this.#lose();
    this.#win();
    return Promise.resolve();
  };

  readonly refuse = (slug: ProblemSlug, detail: string, members?: Readonly<Record<string, unknown>>): never => {
    assertRefusal(slug, members);
    this.#passed.passage.refuse();
    this.#passed.passage.refusal = slug;
    throw this.#passed.exchange.error(refused(slug, detail, members && { members }));
  };

  #win(): void {
    this.#passed.passage.win();
  }

  #lose(): Promise<never> {
    const found = this.#lost();
    // Where the state can't be loaded again, one thing is known still: the write has changed nothing.
    const withheld = this.#passed.passage.lose(found.catch(() => this.#conflict(undefined)));
    return LostOutcome.of(found, () => withheld?.answerNow());
  }

  /** What a write that found no row meets now that the state is loaded again. */
  async #lost(): Promise<GuardError> {
    const { exchange, terms } = this.#passed;
    const { load } = exchange.settings;
    if (load === undefined) return this.#conflict(undefined);
    const loaded = await load(exchange.request.native);
    const fresh = loaded == null ? undefined : exchange.select(loaded);
    const judgement = await judge(exchange, terms, fresh);
    // What only reports refuses nothing but a write that has lost, and calls it that.
    const isReported = exchange.settings.reportOnly && fresh !== undefined;
    if (judgement.kind === "refuse" && !isReported) {
      this.#passed.passage.refusal = judgement.error.answer.outcome;
      return judgement.error;
    }
    this.#warnOfSameState(fresh);
    return this.#conflict(fresh);
  }

  #conflict(fresh: RowState | undefined): GuardError {
    const { exchange, terms, passage } = this.#passed;
    const { conditions } = terms;
    passage.refusal = "version-conflict";
    const found = { conditions, failed: undefined, current: fresh, loaded: this.etag, strategy: "reject" } as const;
    return exchange.error(guardConflict(exchange, found));
  }

  /** A write that compares with what is there and finds no row would be refused for ever, and nobody would know why. */
  #warnOfSameState(fresh: RowState | undefined): void {
    if (fresh === undefined || formatEntityTag(fresh.etag) !== this.etag) return;
    const { exchange } = this.#passed;
    process.emitWarning(
      `A write to ${exchange.resource} found no row at the version that is there, before and after it. Look at ` +
        "its WHERE: a timestamp of a database may have more digits than a Date.",
      { type: "UnclashWarning", code: "UNCLASH_WRITE_FOUND_NO_ROW" },
    );
  }
}

/** `expectRow` of a guard. A mistake of the app's is thrown at once: nobody may be waiting. */
function expectRowOr(lose: () => Promise<never>, win: () => void): Guard<LoadedState>["expectRow"] {
  function expectRow<Row extends RowLike>(rows: readonly Row[]): Promise<Row>;
  function expectRow<Row extends RowLike>(row: Row | null | undefined): Promise<Row>;
  function expectRow(given: unknown): Promise<unknown> {
    const row = changedRow(given);
    if (row === undefined) return lose();
    win();
    return Promise.resolve(row);
  }
  return expectRow;
}

// The types of what `load` gives are taken from what it gives; the values below are those types by definition.

function rowOf<State extends LoadedState>(state: State | undefined): ValueOf<State>;
function rowOf(state: LoadedState | undefined): unknown {
  return state?.value;
}

function versionOf<State extends LoadedState>(state: State | undefined): VersionOf<State>;
function versionOf(state: LoadedState | undefined): unknown {
  return state?.version;
}
