/**
 * The promise of a write that has lost: it rejects, and nobody needs to wait for it, or to handle it. Of what is
 * chained to it, it tells whether someone handles that: `expectRow(rows).then((row) => res.json(row))` ends in nothing
 * at all.
 */
export class LostOutcome extends Promise<never> {
  #isHandled = false;

  /**
   * @param error what it rejects with; where that rejects itself, so does it
   * @param unheard is called when something chained to it has rejected, and nobody will hear of that
   */
  static of(error: Promise<Error>, unheard: () => void): LostOutcome {
    const outcome = new LostOutcome((_resolve, reject) => {
      error.then(reject, reject);
    });
    outcome.#watch(unheard, false);
    return outcome;
  }

  #unheard: () => void = () => {};

  // biome-ignore lint/suspicious/noThenProperty: `await` calls it, and so does whatever else waits.
  override then<Fulfilled = never, Rejected = never>(
    onFulfilled?: ((value: never) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    this.#isHandled = true;
    const chained = super.then(onFulfilled, onRejected);
    if (chained instanceof LostOutcome) chained.#watch(this.#unheard, true);
    return chained;
  }

  #watch(unheard: () => void, tells: boolean): void {
    this.#unheard = unheard;
    super.then(undefined, () => {
      // Who waits for it does so by now: `await` takes some turns.
      if (tells) setImmediate(() => this.#isHandled || unheard());
    });
  }
}
