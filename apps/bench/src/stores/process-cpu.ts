import { readdirSync, readFileSync } from "node:fs";

// What Linux counts CPU time in, on all that runs Node.
const tickUs = 10_000;

/**
 * The CPU time in microseconds that the children of a process have used which are there now, those that it has waited
 * for, and itself. `undefined` where the system has no `/proc`.
 */
export function cpuOfChildrenUs(pid: number): number | undefined {
  try {
    const own = statOf(pid);
    const children = readdirSync("/proc")
      .filter((name) => /^[0-9]+$/.test(name))
      .flatMap((name) => tryStatOf(Number(name)))
      .filter(({ parent }) => parent === pid);
    return [own, ...children].reduce((sum, { ticks }) => sum + ticks, 0) * tickUs;
  } catch {
    return undefined;
  }
}

interface ProcessStat {
  readonly parent: number;
  readonly ticks: number;
}

function statOf(pid: number): ProcessStat {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Behind the name, which is in parentheses and may hold anything: state, parent, …, utime, stime, cutime, cstime.
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
  return { parent: fields[1] ?? 0, ticks };
}

// A process may end between being listed and being read.
function tryStatOf(pid: number): readonly ProcessStat[] {
  try {
    return [statOf(pid)];
  } catch {
    return [];
  }
}
