import { type Commit, eventAgeMs } from "@unclash/core/store";
import { describe, expect, it } from "vitest";
import { EventLog } from "./events.js";

function commitAt(at: number, count: number): Commit {
  const events = Array.from({ length: count }, (_, n) => ({ type: "test", key: `a/${n}` }));
  return { tag: `tag-${at}`, at, reads: [], writes: [], events, by: null, cause: "test" };
}

// All that is kept, and the places that the log still reaches back to.
function contents(log: EventLog, lastPosition: number) {
  const events = Array.from({ length: lastPosition + 1 }, (_, position) => log.after(position));
  return events.flatMap((event) => (event === undefined ? [] : [event.at]));
}

describe("the log of events", () => {
  it("drops its oldest events one by one, and finds each of the others by its position all the while", () => {
    const log = new EventLog();
    const count = 1_300;
    for (let at = 1; at <= count; at++) log.add(commitAt(at, 1), at);
    for (let dropped = 1; dropped <= count; dropped++) {
      expect(log.drop(10, dropped + eventAgeMs + 1)).toBe(1);
      expect(log.after(dropped - 1)).toBe(undefined);
      expect(log.after(dropped)?.at).toBe(dropped < count ? dropped + 1 : undefined);
    }
    expect(contents(log, count)).toEqual([]);
    log.add(commitAt(7, 1), count + 1);
    expect(contents(log, count)).toEqual([7]);
  });

  it("reaches back to the newest event that was dropped, and no further", () => {
    const log = new EventLog();
    for (let at = 1; at <= 3; at++) log.add(commitAt(at, 1), at);
    const places = [0, 1, 2].map((before) => ({ position: before + 1, cursor: log.after(before)?.cursor ?? "" }));
    const beginning = log.start;
    log.drop(2, 3 + eventAgeMs);
    expect([beginning, ...places].map((place) => log.reachesBackTo(place))).toEqual([false, false, true, true]);
    log.drop(1, 4 + eventAgeMs);
    expect([log.start, log.end]).toEqual([places[2], places[2]]);
  });

  it("has a beginning that is no place of another log, so that a restart is told from no event yet", () => {
    expect(new EventLog().reachesBackTo(new EventLog().start)).toBe(false);
  });

  it("drops no more than asked for, until there is no more to drop", () => {
    const log = new EventLog();
    for (let at = 1; at <= 100; at++) log.add(commitAt(at, 250), at);
    let steps = 0;
    for (let dropped = 500; dropped === 500; steps++) dropped = log.drop(500, 2_000 + eventAgeMs);
    expect(steps).toBe(51);
    expect(log.hasOld(Number.MAX_SAFE_INTEGER)).toBe(false);
  });
});
