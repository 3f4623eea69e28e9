import type { AnyDecision } from "../observing/observer.js";

/**
 * Why a stream ended that was not ended by its client or the engine. `expired`: it was open for as long as one may be.
 * `stalled`: its client did not read. `overtaken`: its client read too slowly. `store-failed`: the store did.
 */
export type StreamEnding = "expired" | "stalled" | "overtaken" | "store-failed";

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
