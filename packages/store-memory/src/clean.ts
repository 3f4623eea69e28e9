import type { CleaningStep, Moment } from "@unclash/core/store";
import type { Entry } from "./entry.js";
import type { EventLog } from "./events.js";
import { beginning, type Records } from "./records.js";
import { cleanableAt } from "./retention.js";

/** One step of cleaning: at most `budget` past states and events, the longest due first. */
export function clean(budget: number, records: Records, events: EventLog, now: Moment): CleaningStep {
  let removed = events.drop(budget, now);
  for (let entry = nextDue(records, now); entry !== undefined && removed < budget; entry = nextDue(records, now)) {
    removed += dropPast(entry, budget - removed, now);
    records.reschedule(entry);
  }
  return { removed, more: events.hasOld(now) || nextDue(records, now) !== undefined };
}

function nextDue(records: Records, now: Moment): Entry | undefined {
  const [place] = records.cleanings.after(beginning, 1);
  return place !== undefined && place.moment <= now ? records.get(place.key) : undefined;
}

function dropPast(entry: Entry, budget: number, now: Moment): number {
  let dropped = 0;
  while (dropped < budget && (cleanableAt(entry, dropped) ?? Infinity) <= now) dropped++;
  entry.past.splice(0, dropped);
  return dropped;
}
