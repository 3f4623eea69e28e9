import type { HistoryPage, HistoryRequest, Key, Snapshot } from "@unclash/core/store";
import { pageBytesMax } from "@unclash/core/store";
import type { Calls } from "./calls.js";
import { historyScript } from "./history-script.js";
import { readScript } from "./read-script.js";
import { flag, items, number } from "./reply.js";
import { recordOf } from "./state.js";

/** Reads records in one view. */
export async function read(calls: Calls, keys: readonly Key[]): Promise<Snapshot> {
  // The texts of keys that are absent, the last ones too, come as null.
  const [time, ...states] = items(await calls.run(readScript, keys), keys.length + 1);
  const now = number(time);
  const records = keys.map((key, at) => {
    const state = states[at];
    return state === null ? undefined : recordOf(key, state, now);
  });
  return { now, records };
}

/** A page of the states of one key, the newest first. */
export async function readHistory(calls: Calls, key: Key, request: HistoryRequest): Promise<HistoryPage> {
  const { before = -1, at = -1, limit, texts } = request;
  // No version is below 1, and no moment below 0 was ever told: nothing was there.
  if ((request.before ?? 1) < 1 || (request.at ?? 0) < 0) return { ...(await read(calls, [])), records: [] };
  const args = [key, `${before}`, `${at}`, `${limit}`, texts ? "1" : "0", `${pageBytesMax}`];
  const [time, current, more, count, ...states] = items(await calls.run(historyScript, args));
  const now = number(time);
  items(states, number(count));
  const records = states.map((state) => {
    const isCurrent = items(state)[0] === current;
    return recordOf(key, state, isCurrent ? now : undefined);
  });
  return { now, records, ...(flag(more) && { more: true as const }) };
}
