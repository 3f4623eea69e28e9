import type { Key } from "@unclash/core/store";
import { pauseBeforeTry } from "./pause-before-try.js";
import type { Patience, Waited, WriterLines } from "./writer-lines.js";

/**
 * A try that has lost a race. `line-up`: the write is for whatever state there is, or a strategy settles what it meets.
 * `retry`: the next try finds out at once that it must be refused, and keeps nobody waiting.
 */
export type Lost = "line-up" | "retry";

/** A write that others have been faster than. */
export interface ContendedWrite extends Patience {
  readonly lines: WriterLines;
  /** The resource that it writes. */
  readonly key: Key;
}

/** Why a write was given up: its time is up, its client is gone, or too many wait already. */
export type GivenUp = Exclude<Waited["kind"], "turn">;

/**
 * Tries a write again that has lost a race, until it is answered or its time is up. It waits for its turn first, and
 * keeps that until the end, however often a writer of another process is faster.
 *
 * @param lost what has come of its last try
 * @throws whatever `tryOnce` throws
 */
export async function tryInLine<Answer extends object>(
  write: ContendedWrite,
  lost: Lost,
  tryOnce: () => Promise<Answer | Lost>,
): Promise<Answer | GivenUp> {
  let last = lost;
  let endTurn: (() => void) | undefined;
  try {
    for (let tried = 0; ; tried += 1) {
      if (write.signal?.aborted === true) return "gone";
      if (performance.now() >= write.endsAt) return "late";
      if (last === "line-up" && endTurn === undefined) {
        const waited = await write.lines.join(write.key, write);
        if (waited.kind !== "turn") return waited.kind;
        endTurn = waited.end;
      } else {
        await pauseBeforeTry(tried + 1);
      }
      const found = await tryOnce();
      if (typeof found === "object") return found;
      last = found;
    }
  } finally {
    endTurn?.();
  }
}
