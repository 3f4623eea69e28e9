import { tableText } from "../table.js";
import { isSteady, type Measured } from "./measured.js";
import { frameworks } from "./servers/all.js";
import { isMet, targetOf } from "./target.js";

const header = ["", "", "bare µs", "A/A", "unclash", "peer", "to peer", "req/s", "target", ""];

const guardHeader = ["", "", "bare µs", "A/A", "guarded", "peer", "to peer", "req/s"];

/** The tables of one framework: what a request costs the server, as ratios to the bare one. */
export function frameworkText(results: readonly Measured[]): string {
  const [first] = results;
  if (first === undefined) return "";
  const peer = frameworks[first.framework].peer?.name ?? "none";
  const guards = results.filter(({ ratios }) => ratios.guarded !== undefined || ratios["guard-peer"] !== undefined);
  const guardPeer = frameworks[first.framework].guardPeer?.name ?? "none";
  const unsteady = results.filter((result) => !isSteady(result));
  return [
    `${first.framework} (peer: ${peer}; ${first.rounds} rounds)`,
    tableText([header, ...results.map(rowOf)], 2),
    ...(guards.length === 0
      ? []
      : [`\nguards (peer: ${guardPeer})`, tableText([guardHeader, ...guards.map(guardRowOf)], 2)]),
    ...(unsteady.length === 0
      ? []
      : [`The A/A control did not come to lie within 0.95 to 1.05 in ${unsteady.map(nameOf).join(", ")}.`]),
    "",
  ].join("\n");
}

export const explanation = `Processor time of the server for each request: µs of the bare one, and ratios to it. A/A is
a second bare server: what it differs from 1 by is noise. "to peer" is unclash to the peer; in the rows of guards, the
guard to its own. req/s is unclash, or the guard, to bare, in requests per second, which on a machine with other work
is worth little. In the rows of GET 304 the bare server answers 200.
`;

function nameOf({ cell: { ask, size } }: Measured): string {
  return `${ask} ${size}`;
}

function rowOf(measured: Measured): readonly string[] {
  const { framework, cell, bare, ratios, cpuToPeer } = measured;
  const target = targetOf(framework, cell.ask);
  const met = isMet(measured);
  return [
    cell.ask,
    cell.size,
    bare.cpuMicrosPerRequest.toFixed(1),
    figure(ratios.control?.cpuMicrosPerRequest),
    figure(ratios.unclash?.cpuMicrosPerRequest),
    figure(ratios.peer?.cpuMicrosPerRequest),
    figure(cpuToPeer),
    figure(ratios.unclash?.requestsPerSecond),
    target === undefined ? "" : target.of === "peer" ? "< peer" : `≤ ${target.max.toFixed(2)}`,
    met === undefined ? "" : met ? "met" : "MISSED",
  ];
}

function guardRowOf({ cell, bare, ratios, guardCpuToPeer }: Measured): readonly string[] {
  return [
    cell.ask,
    cell.size,
    bare.cpuMicrosPerRequest.toFixed(1),
    figure(ratios.control?.cpuMicrosPerRequest),
    figure(ratios.guarded?.cpuMicrosPerRequest),
    figure(ratios["guard-peer"]?.cpuMicrosPerRequest),
    figure(guardCpuToPeer),
    figure(ratios.guarded?.requestsPerSecond),
  ];
}

function figure(ratio: number | undefined): string {
  return ratio === undefined ? "" : ratio.toFixed(2);
}
