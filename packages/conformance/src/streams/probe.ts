import type { ResponseEnd, StreamPlan } from "unclash/adapter";

/** A stream that a case makes text by text, and that remembers what was done to it. */
export class ProbeStream implements AsyncIterable<string>, AsyncIterator<string, undefined> {
  /** How often a text was asked for. */
  pulls = 0;
  /** How often it was ended by who read it. */
  returns = 0;
  /** How its answer has ended, each time that this was told. */
  readonly ends: ResponseEnd[] = [];
  /** Breaks its answer off, once that has begun. */
  breakOff: (() => void) | undefined;
  readonly #given: (() => Promise<IteratorResult<string, undefined>>)[] = [];
  #waiting: ((result: Promise<IteratorResult<string, undefined>>) => void) | undefined;

  /** Gives the next text. */
  send(text: string): void {
    this.#give(async () => ({ done: false, value: text }));
  }

  /** Ends as streams do that have no more to say. */
  end(): void {
    this.#give(async () => ({ done: true, value: undefined }));
  }

  /** Throws at who reads. */
  fail(error: Error): void {
    this.#give(() => Promise.reject(error));
  }

  /** The answer that has this stream for its content. */
  plan(plan: Partial<StreamPlan> = {}): StreamPlan {
    const headers = { "content-type": "text/event-stream", "cache-control": "no-store" };
    const onBegin = (breakOff: () => void): void => {
      this.breakOff = breakOff;
    };
    const onEnd = (end: ResponseEnd): void => void this.ends.push(end);
    return { status: 200, headers, outcome: "ok", ...plan, body: this, onBegin, onEnd };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<string, undefined>> {
    this.pulls += 1;
    const given = this.#given.shift();
    if (given !== undefined) return given();
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  async return(): Promise<IteratorResult<string, undefined>> {
    this.returns += 1;
    return { done: true, value: undefined };
  }

  #give(result: () => Promise<IteratorResult<string, undefined>>): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#given.push(result);
    else waiting(result());
  }
}
