import { unanswered } from "../access/request-decision.js";
import { settledField } from "../conflicts/strategy.js";
import { isRead, isSafe } from "../http/methods.js";
import { lastModified } from "../http/responses.js";
import type { KeyRun } from "../idempotency/as-lease.js";
import type { LoadedState } from "../states/loaded-state.js";
import { isHashed, modifiedAtOf, type RowState } from "../states/row-state.js";
import type { GuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";
import type { Tally } from "./guard-report.js";
import {
  warnOfEarlyAnswer,
  warnOfIgnoredRefusal,
  warnOfNoAnswer,
  warnOfSameVersion,
  warnOfSilence,
  warnOfUnchecked,
} from "./handler-warnings.js";
import type { SettledWrite } from "./stale-write.js";

type Fields = Readonly<Record<string, string>>;

/** What is to be done to a response's headers. */
export interface HeaderChanges {
  readonly set: Fields;
  readonly remove: readonly string[];
}

/** What an adapter does for the guard on a response that its handler is to send. */
export interface ResponseHold {
  /** Sets headers, where that can still be done. */
  put(headers: Fields): void;
  /** The write has lost: no success may be sent until it is known what is answered instead. */
  withhold(): Withheld;
}

/** A response that no success is sent on. */
export interface Withheld {
  /** Sends what is answered instead, unless something has been answered already. */
  answerNow(): void;
}

/**
 * The way of one request through its handler: what the guard puts on the response before, and what it sees to when the
 * response's head is about to be sent. An adapter applies it, and decides nothing.
 */
export class GuardedResponse {
  /** Headers for the response before the handler runs; where the handler sets them too, its own are sent. */
  headers: Fields = {};
  /** Keeps the answer for requests with the same idempotency key; `undefined` where this one has none. */
  run: KeyRun | undefined;
  settled: SettledWrite | undefined;
  dryRun = false;
  /** The handler says that it has changed nothing, should it fail. */
  notApplied = false;
  /** The slug of the problem that the handler was last ended with by its guard. */
  refusal: string | undefined;
  /** What a guard that only reports would have answered instead. */
  reported: string | undefined;
  #response: ResponseHold | undefined;
  #lost: Promise<GuardError> | undefined;
  #loss: GuardError | undefined;
  readonly #exchange: GuardExchange;
  readonly #tally: Tally;
  readonly #around: GuardedResponse | undefined;
  #isHeld = false;
  #isReported = false;
  #hasWon = false;
  #isRefused = false;
  #isIgnored = false;
  #isAcknowledged = false;
  readonly #applied = new Set<string>();
  #updated: Fields | undefined;
  #isNew = false;
  #hasInner = false;

  /** @param around that of a guard around this one, which has let the request pass before */
  constructor(exchange: GuardExchange, tally: Tally, around: GuardedResponse | undefined) {
    this.#exchange = exchange;
    this.#tally = tally;
    this.#around = around;
    if (isRead(exchange.request.method)) this.headers = exchange.cachingHeaders(exchange.settings.cacheControl);
  }

  /** A state that is to be sent: its validators. */
  show(state: RowState): void {
    this.headers = this.#exchange.validators(state);
    this.#response?.put(this.headers);
  }

  /** A page of a list that is to be sent: its validators, and what else it is sent with. */
  showPage(headers: Fields): void {
    this.headers = headers;
    this.#response?.put(headers);
  }

  /** Something else has answered the request: nothing that its handler sends reaches anybody. */
  answeredElsewhere(): void {
    warnOfEarlyAnswer(this.#exchange.request);
  }

  /** The handler is through, and has sent nothing: what its framework answers then says nothing of its write. */
  sentNothing(): void {
    if (this.#isReported && !isSafe(this.#exchange.request.method)) warnOfNoAnswer(this.#exchange.request);
  }

  /** The name of what the request is for. */
  get resource(): string | undefined {
    return this.#exchange.resource;
  }

  /** Puts the headers on the response now, and again where a handler's own `check` finds the state to show. */
  bind(response: ResponseHold): void {
    this.#response = response;
    response.put(this.headers);
  }

  /**
   * What is answered in place of a success, since the write has lost; nothing where none has, or a later one has won.
   */
  get lost(): Promise<GuardError> | undefined {
    return this.#lost;
  }

  /** A write has lost: no success goes out, whether or not the handler waits for what is found out about it. */
  lose(answer: Promise<GuardError>): Withheld | undefined {
    this.#lost = answer;
    answer.then((error) => {
      this.#loss = error;
    });
    return this.#response?.withhold();
  }

  /** Whether this is what the last write has lost to, so that the handler may run again. */
  hasLostTo(thrown: unknown): boolean {
    return this.#lost !== undefined && thrown === this.#loss;
  }

  /** The handler runs again, on another state. */
  restart(): void {
    this.#exchange.attempts += 1;
    this.refusal = undefined;
    // What the run before it said of its own effect says nothing of this one's.
    this.notApplied = false;
    this.#lost = undefined;
    this.#updated = undefined;
    this.#isReported = false;
    this.#hasWon = false;
    this.#isRefused = false;
    this.#isIgnored = false;
  }

  /** A write has changed its row. */
  win(): void {
    this.#lost = undefined;
    this.#hasWon = true;
    this.#reportOutcome();
  }

  /** The handler has refused the request by its guard: that is the end of it, whatever it has told before. */
  refuse(): void {
    this.#isRefused = true;
    this.#isReported = false;
  }

  /** Nobody hears of a refusal: a success is sent in spite of it. */
  ignoreRefusal(): void {
    this.#isIgnored = true;
    if (this.#isAcknowledged) warnOfIgnoredRefusal(this.#exchange.request);
  }

  /** A state was held against the request, by this guard or by one inside it. */
  hold(): void {
    this.#isHeld = true;
    this.#tally.hold();
    this.#around?.hold();
  }

  /** The handler has reported the outcome of its write. */
  #reportOutcome(): void {
    this.#isReported = true;
    if (this.#around !== undefined) this.#around.#reportOutcome();
  }

  /** Whether somebody observes the outcome of the request. */
  get isObserved(): boolean {
    return this.#exchange.isObserved;
  }

  /** A guard inside this one sees the request too: its outcome is for that one to publish. */
  yieldTo(inner: GuardExchange): void {
    this.#hasInner = true;
    inner.outer = this.#exchange;
  }

  /**
   * The response has ended.
   *
   * @param isSent whether its head went out; else the client went away before that
   */
  ended(status: number, isSent: boolean): void {
    const exchange = this.#exchange;
    if (this.#hasInner) return;
    const { refusal = "passed", reported, settled } = this;
    const isSuccess = status < 300;
    // A race that was lost first may have been won since.
    if (isSuccess && settled === undefined && reported === undefined) exchange.conflict = undefined;
    const decided = isSent ? { status, outcome: isSuccess ? "passed" : refusal } : unanswered;
    exchange.publishAnswer({ ...decided, reported });
  }

  /** The state that a write has left behind; a dry run leaves one behind only where it is the one that was there. */
  update(state: LoadedState, { etag, isNew }: { readonly etag: string; readonly isNew: boolean }): void {
    this.#isNew = isNew;
    this.#reportOutcome();
    // Of a row that is hashed, the same tag is the same content.
    if (!isNew && this.#hasWon && !this.dryRun && !isHashed(state)) warnOfSameVersion(this.#exchange);
    const modifiedAt = modifiedAtOf(state);
    this.#updated = { etag, ...(modifiedAt !== undefined && { "last-modified": lastModified({ modifiedAt }) }) };
  }

  apply(preference: string): void {
    this.#applied.add(preference);
    if (preference === "dry-run") this.dryRun = true;
  }

  /** Records what a strategy has settled, now that it is done, and says so. */
  #settledField({ strategy }: SettledWrite): string {
    const { settledRecord } = this.#exchange;
    this.#exchange.settledRecord = undefined;
    if (!this.dryRun) settledRecord?.begin();
    const id = this.dryRun ? undefined : settledRecord?.shownId;
    return settledField(strategy, id);
  }

  /** What to change of a response's headers right before they are sent. */
  finish(status: number, current: (name: string) => unknown): HeaderChanges {
    const isSuccess = status >= 200 && status < 300;
    if (isSafe(this.#exchange.request.method)) {
      const remove = isSuccess || status === 304 ? [] : Object.keys(this.headers).filter((name) => name !== "vary");
      // An error is not the state that these were for; what the handler has set instead is its own business.
      return { set: {}, remove: remove.filter((name) => current(name) === this.headers[name]) };
    }
    // Whatever else has put an entity-tag here (Express makes one of every body) does not know the new state.
    if (!isSuccess) return { set: {}, remove: ["etag"] };
    this.#isAcknowledged = true;
    if (this.#isIgnored || (this.#isRefused && !this.#isReported)) warnOfIgnoredRefusal(this.#exchange.request);
    else if (!this.#isHeld) warnOfUnchecked(this.#exchange);
    else if (!this.#isReported && !this.dryRun) warnOfSilence(this.#exchange);
    const set: Record<string, string> = { ...(!(this.dryRun && this.#isNew) && this.#updated) };
    if (this.#applied.size > 0) set["preference-applied"] = [...this.#applied].join(", ");
    if (this.settled !== undefined) set["unclash-conflict"] = this.#settledField(this.settled);
    return { set, remove: "etag" in set ? [] : ["etag"] };
  }
}
