import type { Moment, NewEvent, Revision } from "@unclash/core";

/** How long an event can be followed at least. */
export const eventAgeMs: number = 25 * 60 * 60 * 1_000;

/** An event as it is kept: with the revision and the time of the commit that it came with. */
export interface LoggedEvent extends NewEvent {
  readonly revision: Revision;
  readonly at: Moment;
}

/** What happened, in order. */
export class EventLog {
  readonly #events: LoggedEvent[] = [];

  /** Adds the events of one commit. */
  add(events: readonly NewEvent[], revision: Revision, at: Moment): void {
    for (const event of events) this.#events.push({ ...event, revision, at });
  }

  /** Drops the oldest events that are past their age, at most `budget`, and says how many. */
  drop(budget: number, now: Moment): number {
    let dropped = 0;
    while (dropped < budget && this.#isOld(dropped, now)) dropped++;
    this.#events.splice(0, dropped);
    return dropped;
  }

  /** Whether there is an event to drop. */
  hasOld(now: Moment): boolean {
    return this.#isOld(0, now);
  }

  #isOld(index: number, now: Moment): boolean {
    const event = this.#events[index];
    return event !== undefined && event.at + eventAgeMs < now;
  }
}
