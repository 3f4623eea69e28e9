import { UsageError } from "@unclash/core";
import { describeValue, isPromise } from "@unclash/core/options";
import type { Unclash } from "../unclash.js";

/**
 * Checks what an adapter's `mount` was given.
 *
 * @param call the function that was called, as the app calls it: `mount`
 * @throws UsageError that says what to hand over
 */
export function assertEngine(call: string, given: unknown): asserts given is Unclash {
  assertNotServed(call, given);
  const { handle, owns, state } = Object(given);
  if (state === "closed" || state === "draining") throw new UsageError(call, afterTheEnd);
  if (typeof handle === "function" && typeof owns === "function" && !isPromise(given)) return;
  throw new UsageError(call, `must be given what createUnclash({ … }) returns, and was given ${shown(given)}`);
}

const afterTheEnd =
  "was given an engine that has been drained or closed, as the app it was mounted in may have: make another one with " +
  "createUnclash() for each app";

/**
 * Checks what `guarded` was given as its handler.
 *
 * @throws UsageError that says what to hand over
 */
export function assertHandler(call: string, options: unknown, handler: unknown): void {
  if (typeof options === "function") {
    const order = typeof handler === "object" ? "with the two exchanged" : "without options";
    throw new UsageError(
      call,
      `takes its options first, then the handler: ${call}({ … }, handler). It was called ${order}`,
    );
  }
  if (typeof handler === "function") return;
  throw new UsageError(call, `must be given a handler after its options, and was given ${shown(handler)}`);
}

/**
 * Refuses a request, or an app, where options or an engine are meant: the function that makes a middleware was handed
 * to the framework, and not what it makes.
 *
 * @throws UsageError that says what to write
 */
export function assertNotServed(call: string, given: unknown): void {
  const error = handedOver(call, given);
  if (error !== undefined) throw error;
}

/** The same as an error, for a framework that hears only what is rejected; nothing where there is no such mistake. */
export function handedOver(call: string, given: unknown): UsageError | undefined {
  if (typeof given !== "object" || given === null) return undefined;
  const isRequest = "headers" in given && "method" in given && "url" in given;
  const isApp = "register" in given && "addHook" in given;
  if (!isRequest && !isApp) return undefined;
  const what = isRequest ? "a request" : "an app";
  return new UsageError(call, `was given ${what}: hand over what it returns, ${call}(…), and not ${call} itself`);
}

/**
 * Refuses a call of what an adapter makes by another framework than its own. It throws at once: what is rejected later,
 * that framework might not hear.
 *
 * @throws UsageError that names the framework
 */
export function assertCalledBy(call: string, framework: string, isRight: boolean, given: unknown): void {
  if (isRight) return;
  const own = `what ${call}() of unclash for ${framework} makes can only be called by ${framework}`;
  throw new UsageError(call, `was handed to another framework: ${own}, and was called with ${shown(given)}`);
}

function shown(value: unknown): string {
  const text = describeValue(value);
  return typeof value === "function" ? `${text}: call it` : text;
}

/**
 * What something threw, as a framework's `next` can take it. There `undefined` and other empty values mean "go on", and
 * strings such as `"route"` "skip": an error must not become that.
 */
export function errorOf(thrown: unknown): object {
  if (typeof thrown === "object" && thrown !== null) return thrown;
  return new Error(`Something that is no error was thrown: ${String(thrown)}`, { cause: thrown });
}
