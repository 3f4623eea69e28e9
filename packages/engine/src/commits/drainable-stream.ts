import type { StreamPlan } from "@unclash/core";

/**
 * A stream that ends when it is told to, whatever its source is doing: a source that waits for its next text, and
 * listens to nobody, must not outlive the engine.
 *
 * @param streams holds what ends the stream as long as it is open: the engine calls it when it drains
 * @param isOver whether it ends before it begins
 */
export function drainableStream(plan: StreamPlan, streams: Set<() => void>, isOver: boolean): StreamPlan {
  const stream = new Ending(plan.body);
  const end = (): void => stream.end();
  if (isOver) stream.end();
  else streams.add(end);
  return {
    ...plan,
    body: { [Symbol.asyncIterator]: () => stream },
    onEnd(how) {
      streams.delete(end);
      stream.end();
      plan.onEnd?.(how);
    },
  };
}

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

class Ending implements AsyncIterator<string, undefined> {
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
