import { tableText } from "../../table.js";
import { type Cell, requestsOf } from "../cell.js";
import type { FrameworkName } from "../servers/all.js";
import type { Variant } from "../servers/variant.js";
import { startSubject, stopSubject, takeProfile, warmUp } from "../subject.js";
import { byGroup, type SelfTime, selfTimes } from "./profile.js";

const functionsShown = 15;

/** Says where the time of a cell goes, in the bare server and in the one with unclash. */
export async function printProfile(framework: FrameworkName, cell: Cell): Promise<void> {
  const bare = await profileCell(framework, "bare", cell);
  const unclash = await profileCell(framework, "unclash", cell);
  console.log(`${framework}, ${cell.ask} ${cell.size}: µs of each request, by package`);
  console.log(tableText([["", "bare", "unclash"], ...groupRows(byGroup(bare), byGroup(unclash))], 1));
  console.log("\nthe functions of unclash's server that take most, without what they call");
  console.log(tableText([["", "", "µs"], ...unclash.slice(0, functionsShown).map(functionRow)], 2), "\n");
}

/** Self times per request. A process of its own for each: what it was asked before would shape its compiled code. */
async function profileCell(framework: FrameworkName, variant: Variant, cell: Cell): Promise<readonly SelfTime[]> {
  const subject = await startSubject(framework, variant);
  try {
    await warmUp(subject, [cell]);
    const requests = requestsOf(cell) * 5;
    const times = selfTimes(await takeProfile(subject, cell, requests));
    return times.map((time) => ({ ...time, micros: time.micros / requests }));
  } finally {
    await stopSubject(subject);
  }
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
