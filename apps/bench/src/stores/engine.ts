import type { Writer } from "../store-writer.js";

/** An engine with a store on it, and beside it the least that could work on the same engine. */
export interface Engine {
  readonly name: string;
  /** How the least that could work writes: for the heading. */
  readonly bareDoes: string;
  /** What the ratio to the bare engine is to reach at this many writes in flight. */
  readonly targets: Readonly<Record<number, number>>;
  /** Each time other writers, of keys or rows of their own. */
  readonly contestants: { readonly bare: Contestant; readonly control: Contestant; readonly store: Contestant };
  /** What the store does besides, written by hand, each step with one thing more: tells where its time goes. */
  readonly steps: readonly { readonly name: string; readonly contestant: Contestant }[];
  /** CPU time that the engine's own processes have used, in microseconds; `undefined` where it can't be told. */
  readonly serverCpuUs: () => Promise<number | undefined>;
  readonly close: () => Promise<void>;
}

/** Gives so many writers. */
export type Contestant = (count: number) => readonly Writer[];

/** Caches writers, so that each round goes on with those of the last one. */
export function contestantOf(createWriter: (at: number) => Writer): Contestant {
  const writers: Writer[] = [];
  return (count) => {
    while (writers.length < count) writers.push(createWriter(writers.length));
    return writers.slice(0, count);
  };
}
