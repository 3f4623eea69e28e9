import type { Profiler } from "node:inspector";
import { tableText } from "../../table.js";
import { type Cell, requestsOf } from "../cell.js";
import type { FrameworkName } from "../servers/all.js";
import { ask, startSubject, stopSubject, warmUp } from "../subject.js";
import { byGroup, type SelfTime, selfTimes } from "./profile.js";

const functionsShown = 15;

/** How often the two servers take turns, so that what else the machine does hits both. */
const turns = 10;

/** Says where the time of a cell goes, in the bare server and in the one with unclash. */
export async function printProfile(framework: FrameworkName, cell: Cell): Promise<void> {
  const [bare, unclash] = await profileBoth(framework, cell);
  console.log(`${framework}, ${cell.ask} ${cell.size}: µs of each request, by package`);
  console.log(tableText([["", "bare", "unclash"], ...groupRows(byGroup(bare), byGroup(unclash))], 1));
  console.log("\nthe functions of unclash's server that take most, without what they call");
  console.log(tableText([["", "", "µs"], ...unclash.slice(0, functionsShown).map(functionRow)], 2), "\n");
}

/** Self times for each request, in processes of their own: what else they are asked would shape their compiled code. */
async function profileBoth(framework: FrameworkName, cell: Cell): Promise<[readonly SelfTime[], readonly SelfTime[]]> {
  const bare = await startSubject(framework, "bare");
  const unclash = await startSubject(framework, "unclash");
  try {
    await warmUp(bare, [cell]);
    await warmUp(unclash, [cell]);
    await Promise.all([bare.server.startProfile(), unclash.server.startProfile()]);
    for (let turn = 0; turn < turns; turn++) {
      await ask(bare, cell, requestsOf(cell));
      await ask(unclash, cell, requestsOf(cell));
    }
    return [perRequest(await bare.server.endProfile(), cell), perRequest(await unclash.server.endProfile(), cell)];
  } finally {
    await Promise.all([stopSubject(bare), stopSubject(unclash)]);
  }
}

function perRequest(profile: Profiler.Profile, cell: Cell): readonly SelfTime[] {
  const requests = requestsOf(cell) * turns;
  return selfTimes(profile).map((time) => ({ ...time, micros: time.micros / requests }));
}

function groupRows(bare: ReadonlyMap<string, number>, unclash: ReadonlyMap<string, number>): readonly string[][] {
  const total = (groups: ReadonlyMap<string, number>): number =>
    [...groups.values()].reduce((sum, one) => sum + one, 0);
  const row = (name: string, before = 0, after = 0): string[] => [name, before.toFixed(1), after.toFixed(1)];
  const names = [...new Set([...bare.keys(), ...unclash.keys()])];
  const weight = (name: string): number => (bare.get(name) ?? 0) + (unclash.get(name) ?? 0);
  return [
    ...names.sort((a, b) => weight(b) - weight(a)).map((name) => row(name, bare.get(name), unclash.get(name))),
    row("in all", total(bare), total(unclash)),
  ];
}

function functionRow({ name, group, micros }: SelfTime): readonly string[] {
  return [name, group, micros.toFixed(1)];
}
