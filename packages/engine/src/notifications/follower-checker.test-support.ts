import { isStreamPlan } from "@unclash/core";
import type { Unclash } from "../unclash.js";
import { blocksIn, openPlan } from "./stream.test-support.js";

/** What a follower was told: a version of a resource. */
export interface Seen {
  readonly resource: string;
  readonly version: number;
}

/** A server as a follower sees it: the texts of a stream behind a place. */
export type Follow = (after: string, isResumed: boolean) => Promise<AsyncIterator<string> & { leave(): void }>;

/** Follows an engine as it is. */
export function followOf(unclash: () => Unclash): Follow {
  return async (after) => {
    const plan = await openPlan(unclash(), "/conflict-notifications/stream", { "last-event-id": after });
    if (!isStreamPlan(plan)) throw new TypeError(`No stream, but ${plan.status}.`);
    const iterator = plan.body[Symbol.asyncIterator]();
    return {
      next: () => iterator.next(),
      leave() {
        void iterator.return?.();
        plan.onEnd?.("aborted");
      },
    };
  };
}

/** Where a follower stops: once it has seen so many events in all, is at a place, or has read so many blocks. */
export interface End {
  readonly events?: number;
  readonly place?: string;
  readonly blocks?: number;
}

/** A client that reads a few blocks, and resumes from the last id that it has, over and over. */
export class Follower {
  readonly seen: Seen[] = [];
  #last: string;
  #isResumed = false;

  constructor(place: string) {
    this.#last = place;
  }

  /** Reads until an end, or so many blocks, and goes. */
  async read(follow: Follow, { events = Infinity, place = "~", blocks: blocksMax = Infinity }: End): Promise<void> {
    const stream = await follow(this.#last, this.#isResumed);
    this.#isResumed = true;
    let blocks = 0;
    try {
      while (this.seen.length < events && this.#last < place && blocks < blocksMax) {
        const { done, value } = await stream.next();
        if (done) return;
        // A connection may end within a text: what came of it before counts.
        for (const block of blocksIn(value).slice(0, blocksMax - blocks)) {
          blocks += 1;
          if (block.event === "reset") this.seen.push({ resource: "reset", version: 0 });
          if (block.event === "unclash.resource.changed") this.seen.push(seenIn(block.data ?? ""));
          this.#last = block.id ?? this.#last;
        }
      }
    } finally {
      stream.leave();
    }
  }
}

function seenIn(data: string): Seen {
  const { data: event } = JSON.parse(data);
  return { resource: event.resource, version: event.version };
}

/** What is wrong with what a follower was told, where each resource has come to this version; nothing if nothing is. */
export function faultOf(seen: readonly Seen[], versions: ReadonlyMap<string, number>): string | undefined {
  const last = new Map<string, number>();
  for (const { resource, version } of seen) {
    const expected = (last.get(resource) ?? 0) + 1;
    if (!versions.has(resource)) return `${resource} was never written`;
    if (version !== expected) return `${resource} in version ${version} came where ${expected} was due`;
    last.set(resource, version);
  }
  const missed = [...versions].find(([resource, version]) => last.get(resource) !== version);
  return missed && `of ${missed[0]} version ${missed[1]} never came`;
}
