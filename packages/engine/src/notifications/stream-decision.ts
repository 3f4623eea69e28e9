import { type AnyDecision, isObserved, publish } from "../observing/observer.js";
import type { EventStream, StreamEnding } from "./event-stream.js";
import { type NotifiedExchange, notificationsOf } from "./notified-exchange.js";

/**
 * One stream of events, at its end. `apiVersion` and `ending` have few values, fit to be labels of metrics; `actor` has
 * many. Its request was told of before, as any request is, when the stream began.
 */
export interface StreamDecision extends AnyDecision {
  readonly kind: "stream";
  /** The name of the API version that its events were told in; `undefined` where the API has no versions. */
  readonly apiVersion: string | undefined;
  /** The actor's name; `undefined` for an anonymous one. */
  readonly actor: string | undefined;
  /**
   * - `disconnected`: its client was gone
   * - `drained`: the engine has drained
   * - `expired`: it was open for `streamMsMax`
   * - `stalled`: its client read nothing for `stalledStreamMs`
   * - `overtaken`: its client read more slowly than events came
   * - `store-failed`: events could not be read
   * - `failed`: a function of the app's has thrown, or the response could not be sent
   */
  readonly ending: StreamEnding | "disconnected" | "drained" | "failed";
  /** How many events it has told of. */
  readonly events: number;
  /** How long it was open, in milliseconds. */
  readonly durationMs: number;
}

/** Tells observers how a stream has ended. */
export function publishStream(
  exchange: NotifiedExchange,
  { events }: Pick<EventStream, "events">,
  ending: StreamDecision["ending"],
): void {
  const { actor, apiVersion, startedAt } = exchange;
  const { observe } = notificationsOf(exchange);
  if (!isObserved(observe)) return;
  publish<StreamDecision>(observe, {
    kind: "stream",
    apiVersion: apiVersion?.name,
    actor: actor?.name,
    ending,
    events,
    durationMs: performance.now() - startedAt,
  });
}
