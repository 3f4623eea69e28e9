import type { StreamPlan } from "@unclash/core";

/**
 * The streams that an engine sends at this moment. It can end them, whatever their sources are doing: a source that
 * waits for its next text, and watches for no signal, must not outlive the engine, and neither must a stream whose
 * client does not read.
 */
export class OpenStreams {
  readonly #open = new Set<OpenStream>();
  #whenNone: (() => void) | undefined;

  get count(): number {
    return this.#open.size;
  }

  /** A plan whose stream is one of these, from now on until its response has ended. */
  add(plan: StreamPlan): StreamPlan {
    const stream = new OpenStream(plan.body);
    this.#open.add(stream);
    return {
      ...plan,
      body: { [Symbol.asyncIterator]: () => stream },
      onBegin: (breakOff) => {
        stream.breakOff = breakOff;
        plan.onBegin?.(breakOff);
      },
      onEnd: (how) => {
        stream.end();
        this.#open.delete(stream);
        if (this.#open.size === 0) this.#whenNone?.();
        plan.onEnd?.(how);
      },
    };
  }

  /** Has nothing more come of them: who reads them gets the rest of what was sent, and their end. */
  end(): void {
    for (const stream of this.#open) stream.end();
  }

  /** Ends at once what is left of them: clients that do not read hold their responses open. */
  breakOff(): void {
    for (const stream of [...this.#open]) stream.breakOff?.();
  }

  /** Resolves once none is open. */
  ended(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#whenNone = resolve;
    });
  }
}

/** A plan whose stream is over before it begins. */
export function endedStream(plan: StreamPlan): StreamPlan {
  const stream = new OpenStream(plan.body);
  stream.end();
  return { ...plan, body: { [Symbol.asyncIterator]: () => stream } };
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

class OpenStream implements AsyncIterator<string, undefined> {
  /** Ends its response at once; from when that begins. */
  breakOff: (() => void) | undefined;
  readonly #source: AsyncIterable<string>;
  #iterator: AsyncIterator<string> | undefined;
  #isOver = false;
  /** Settles the `next()` that waits. */
  #settle: ((result: IteratorResult<string, undefined>) => void) | undefined;

  constructor(source: AsyncIterable<string>) {
    this.#source = source;
  }

  next(): Promise<IteratorResult<string, undefined>> {
    if (this.#isOver) return Promise.resolve(done);
    this.#iterator ??= this.#source[Symbol.asyncIterator]();
    const pending = this.#iterator.next();
    return new Promise((resolve, reject) => {
      this.#settle = resolve;
      pending.then(
        (result) => resolve(result.done ? done : result),
        (thrown: unknown) => reject(thrown),
      );
    });
  }

  async return(): Promise<IteratorResult<string, undefined>> {
    this.#isOver = true;
    this.#settle?.(done);
    await this.#iterator?.return?.();
    return done;
  }

  /** Ends it: who reads it is through. */
  end(): void {
    if (this.#isOver) return;
    // What a source throws that is no longer read is nobody's to answer for.
    this.return().catch(() => undefined);
  }
}
