import { repeatedWarning } from "./warnings.js";

/** After so long a callback is told to be pending: most servers' own patience with a request ends about there. */
const pendingMs = 30_000;

/** A promise of a callback's that has not settled. */
interface Pending {
  readonly callback: string;
  /** What waits for it, for the warning's text. */
  readonly waiting: () => string;
  readonly since: number;
}

/** In the order in which they began. */
const pending = new Set<Pending>();
/** Whether a timer runs for the first of them. */
let isTimed = false;

/**
 * Watches over a promise that a function of the app's has given: no time-out of Node's covers it, so that a request
 * whose `load` never settles hangs until its client goes away. After half a minute there is a warning. One timer serves
 * all that is pending, and a function that gives no promise costs nothing.
 *
 * @param callback the function, as a path of options: `identify`
 * @param waiting says what waits for it: `GET /articles/1`
 */
export function watchPending<Value>(
  callback: string,
  given: PromiseLike<Value>,
  waiting: () => string,
): Promise<Value> {
  // The queries of many libraries run each time that `then` is called.
  const promise = Promise.resolve(given);
  const entry: Pending = { callback, waiting, since: performance.now() };
  const settle = (): void => void pending.delete(entry);
  pending.add(entry);
  promise.then(settle, settle);
  if (!isTimed) lookAgainIn(pendingMs);
  return promise;
}

function lookAgainIn(ms: number): void {
  isTimed = true;
  setTimeout(warnOfPending, ms).unref();
}

function warnOfPending(): void {
  isTimed = false;
  const now = performance.now();
  for (const entry of pending) {
    const dueMs = entry.since + pendingMs - now;
    // The clock of timers is coarser than the other.
    if (dueMs > 1) {
      lookAgainIn(dueMs);
      return;
    }
    pending.delete(entry);
    warnOf(entry);
  }
}

const warnings = new Map<string, (entry: Pending) => void>();

/** Each callback has a warning of its own, so that one does not keep another from being told. */
function warnOf(entry: Pending): void {
  const known = warnings.get(entry.callback) ?? warningOf(entry.callback);
  warnings.set(entry.callback, known);
  known(entry);
}

function warningOf(callback: string): (entry: Pending) => void {
  let waiting = "";
  const emit = repeatedWarning(
    "UNCLASH_CALLBACK_PENDING",
    () =>
      `\`${callback}\` has not settled for ${pendingMs / 1_000} s, and ${waiting} waits for it. ` +
      "Nothing else ends that: give what it awaits a time-out.",
  );
  return (entry) => {
    waiting = entry.waiting();
    emit(undefined);
  };
}
