import type { Profiler } from "node:inspector";

/** Where one function of a server spent its own time, callees aside. */
export interface SelfTime {
  readonly name: string;
  readonly group: string;
  readonly micros: number;
}

/** The self times in a profile of V8, the largest first; waiting is left out. */
export function selfTimes({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): readonly SelfTime[] {
  const micros = new Map<number, number>();
  for (const [at, id] of samples.entries()) micros.set(id, (micros.get(id) ?? 0) + (timeDeltas[at] ?? 0));
  const functions = new Map<string, SelfTime>();
  for (const { id, callFrame } of nodes) {
    if (callFrame.functionName === "(idle)") continue;
    const group = groupOf(callFrame);
    const name = callFrame.functionName || `anonymous:${callFrame.lineNumber + 1}`;
    const key = `${group} ${name}`;
    const before = functions.get(key)?.micros ?? 0;
    functions.set(key, { name, group, micros: before + (micros.get(id) ?? 0) });
  }
  return [...functions.values()].sort((a, b) => b.micros - a.micros);
}

/** Adds up self times by what they belong to. */
export function byGroup(times: readonly SelfTime[]): ReadonlyMap<string, number> {
  const groups = new Map<string, number>();
  for (const { group, micros } of times) groups.set(group, (groups.get(group) ?? 0) + micros);
  return groups;
}

const folders: Readonly<Record<string, string>> = { engine: "unclash", "store-memory": "@unclash/memory" };

/** The package that a function is in; Node's own modules are one, and so is what has no file. */
function groupOf({ url, functionName }: Profiler.Profile["nodes"][number]["callFrame"]): string {
  if (url === "") return functionName.startsWith("(") ? functionName : "V8";
  if (url.startsWith("node:")) return "node";
  const installed = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1];
  if (installed !== undefined) return installed;
  const folder = /\/packages\/([^/]+)\//.exec(url)?.[1];
  return folder === undefined ? "the server's own code" : (folders[folder] ?? `@unclash/${folder}`);
}
