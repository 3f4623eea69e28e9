import { formatEntityTag, type ProblemSlug, UsageError } from "@unclash/core";
import { type Refused, refused } from "../http/refusal.js";
import { emptyResponse } from "../http/responses.js";
import { warn } from "../options/warnings.js";
import type { Loaded, LoadedState, StateVersion } from "../states/loaded-state.js";
import { updatedState } from "../states/loaded-state.js";
import type { RowState, TagFault } from "../states/row-state.js";
import { changedRow, isAffected } from "./changed-row.js";
import { assertRefusal } from "./context-arguments.js";
import { evaluateRequest } from "./evaluate-request.js";
import { guardConflict } from "./guard-conflict.js";
import type { WriteOutcome } from "./guard-context.js";
import { GuardError } from "./guard-error.js";
import { warnOfLowerVersion } from "./handler-warnings.js";
import { LostOutcome } from "./lost-outcome.js";
import type { Passed } from "./passed-requests.js";

/**
 * Ends a request that its handler is at.
 *
 * @throws GuardError always
 */
export function refuseRequest({ exchange, guardedResponse }: Passed, refused: Refused): never {
  guardedResponse.refuse();
  guardedResponse.refusal = refused.refusal.slug;
  throw exchange.error(refused);
}

/** The outcome of one request's write. */
export class HandlerOutcome<State extends Loaded> implements WriteOutcome<State> {
  readonly #passed: Passed;
  readonly #selected: RowState | undefined;

  /** @param selected the state that the request was held against */
  constructor(passed: Passed, selected: RowState | undefined) {
    this.#passed = passed;
    this.#selected = selected;
  }

  get #etag(): string | undefined {
    return this.#selected && formatEntityTag(this.#selected.etag);
  }

  readonly notApplied = (): void => {
    this.#passed.guardedResponse.notApplied = true;
  };

  readonly updated = (given: StateVersion | LoadedState): string => {
    const { exchange, guardedResponse } = this.#passed;
    const before = this.#selected?.loaded;
    const state = updatedState(given, before);
    const etag = exchange.etagOf(state, faultOf("updated"));
    guardedResponse.update(state, { etag, isNew: etag !== this.#etag });
    if (before !== undefined && isLower(state.version, before.version) && !guardedResponse.dryRun)
      warnOfLowerVersion(exchange);
    return etag;
  };

  readonly conflict = (fresh?: Loaded | null): never => {
    const { exchange, guardedResponse } = this.#passed;
    guardedResponse.refuse();
    throw this.#conflict(fresh == null ? undefined : exchange.select(fresh, faultOf("conflict")));
  };

  readonly expectRow: WriteOutcome<State>["expectRow"] = expectRowOr(
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
    return refuseRequest(this.#passed, refused(slug, detail, members && { members }));
  };

  #win(): void {
    this.#passed.guardedResponse.win();
  }

  #lose(): Promise<never> {
    const found = this.#lost();
    // Where the state can't be loaded again, one thing is known still: the write has changed nothing. The app's own
    // `problem` may fail on either answer.
    const answer = found.catch(() => this.#conflict(undefined)).catch(() => new GuardError(bareFailure));
    const withheld = this.#passed.guardedResponse.lose(answer);
    return LostOutcome.of(found, () => withheld?.answerNow());
  }

  /** What a write that found no row meets now that the state is loaded again. */
  async #lost(): Promise<GuardError> {
    const { exchange, parsedRequest } = this.#passed;
    const { load } = exchange.settings;
    if (load === undefined) return this.#conflict(undefined);
    const loaded = await exchange.waitFor("load", load(exchange.request.native));
    const fresh = loaded == null ? undefined : exchange.select(loaded);
    const evaluation = await evaluateRequest(exchange, parsedRequest, fresh);
    // What only reports refuses nothing but a write that has lost, and calls it that.
    const isReported = exchange.settings.reportOnly && fresh !== undefined;
    if (evaluation.kind === "refuse" && !isReported) {
      this.#passed.guardedResponse.refusal = evaluation.error.answer.outcome;
      return evaluation.error;
    }
    this.#warnOfSameState(fresh);
    return this.#conflict(fresh);
  }

  #conflict(fresh: RowState | undefined): GuardError {
    const { exchange, parsedRequest, guardedResponse } = this.#passed;
    const { conditions } = parsedRequest;
    guardedResponse.refusal = "version-conflict";
    const found = { conditions, failed: undefined, current: fresh, loaded: this.#etag, strategy: "reject" } as const;
    return exchange.error(guardConflict(exchange, found));
  }

  /** A write that compares with what is there and finds no row would be refused for ever, and nobody would know why. */
  #warnOfSameState(fresh: RowState | undefined): void {
    if (fresh === undefined || formatEntityTag(fresh.etag) !== this.#etag) return;
    const { exchange } = this.#passed;
    warn(
      "UNCLASH_WRITE_FOUND_NO_ROW",
      `A write to ${exchange.resource} found no row at the version that is there, before and after it. Look at ` +
        "its WHERE: a timestamp of a database may have more digits than a Date.",
    );
  }
}

/** Whether a version is before another, where both are of a kind that grows. */
function isLower(version: StateVersion, before: StateVersion): boolean {
  const [now, then] = [version, before].map((each) => (each instanceof Date ? each.getTime() : each));
  const areNumbers = [now, then].every((each) => typeof each === "number" || typeof each === "bigint");
  return areNumbers && now !== undefined && then !== undefined && now < then;
}

/** In place of a conflict that could not be made. */
const bareFailure = emptyResponse(500, "failed", { "cache-control": "no-store" });

/** What the app handed to `call` is no state: names that call. */
function faultOf(call: string): TagFault {
  return (problem) => new UsageError(call, problem.replace("gave", "was given"));
}

/** `expectRow` of an outcome. A mistake of the app's is thrown at once: nobody may be waiting. */
function expectRowOr(lose: () => Promise<never>, win: () => void): WriteOutcome<Loaded>["expectRow"] {
  function expectRow(given: unknown): Promise<never>;
  function expectRow(given: unknown): Promise<unknown> {
    const row = changedRow(given);
    if (row === undefined) return lose();
    win();
    return Promise.resolve(row);
  }
  return expectRow;
}
