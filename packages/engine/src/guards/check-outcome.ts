/**
 * The promise of a check: of `check()`, or of content. Where it rejects and nobody waits for it yet, an error of the
 * app's is left unhandled as any promise's is; a refusal is not: any client with an old entity-tag, or with malformed
 * content, could end the process by it. Who waits for it later gets it all the same.
 */
export class CheckOutcome<Checked> extends Promise<Checked> {
  #isHeard = false;

  /** What is chained to it is a promise like any other. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  /**
   * @param checked what it resolves or rejects with
   * @param unheard is called with what it has rejected with, where nobody hears of that; whether that was an end to it
   */
  static of<Checked>(checked: Promise<Checked>, unheard: (thrown: unknown) => boolean): Promise<Checked> {
    const outcome = new CheckOutcome<Checked>((resolve) => resolve(checked));
    outcome.#watch(unheard);
    return outcome;
  }

  // biome-ignore lint/suspicious/noThenProperty: `await` calls it, and so does whatever else waits.
  override then<Fulfilled = Checked, Rejected = never>(
    onFulfilled?: ((value: Checked) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((reason: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    this.#isHeard = true;
    return super.then(onFulfilled, onRejected);
  }

  #watch(unheard: (thrown: unknown) => boolean): void {
    super.then(undefined, (thrown: unknown) => {
      // Who waits for it does so by now: `await` takes some turns.
      setImmediate(() => {
        if (!this.#isHeard && !unheard(thrown)) Promise.reject(thrown);
      });
    });
  }
}
