/** How long a wait may last. */
export interface WaitLimits {
  readonly timeoutMs: number;
  /** Aborted once the client is gone. */
  readonly disconnected?: AbortSignal | undefined;
}

/** How a wait ended. */
export type WaitOutcome<Value> =
  | { readonly kind: "settled"; readonly value: Value }
  | { readonly kind: "timed-out" }
  /** The client is gone: nobody is left to answer. */
  | { readonly kind: "disconnected" }
  | { readonly kind: "draining" };

/** Begins to wait, given what settles the wait, and returns what ends that. */
export type Begin<Value> = (settle: (value: Value) => void) => () => void;

/**
 * Waits until the wait is settled, or over for another reason.
 *
 * @param waiters holds what ends the wait as long as it lasts: the engine calls it when it drains
 */
export function waitFor<Value>(
  { timeoutMs, disconnected }: WaitLimits,
  begin: Begin<Value>,
  waiters: Set<() => void>,
): Promise<WaitOutcome<Value>> {
  if (disconnected?.aborted) return Promise.resolve({ kind: "disconnected" });
  return new Promise((resolve, reject) => {
    let isOver = false;
    let stop: (() => void) | undefined;
    const over = (waited: WaitOutcome<Value>): void => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      disconnected?.removeEventListener("abort", leave);
      waiters.delete(drain);
      stop?.();
      resolve(waited);
    };
    const leave = (): void => over({ kind: "disconnected" });
    const drain = (): void => over({ kind: "draining" });
    const timer = setTimeout(() => over({ kind: "timed-out" }), timeoutMs);
    disconnected?.addEventListener("abort", leave);
    waiters.add(drain);
    try {
      stop = begin((value) => over({ kind: "settled", value }));
      // It was settled before there was anything to stop.
      if (isOver) stop();
    } catch (thrown) {
      reject(thrown);
      over({ kind: "timed-out" });
    }
  });
}
