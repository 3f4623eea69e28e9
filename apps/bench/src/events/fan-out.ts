import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { editsOf } from "../article.js";
import { median, quantile } from "../median.js";
import { cpuOfChildrenUs } from "../stores/process-cpu.js";
import { startEventServer } from "./server-process.js";
import { ignoreStream, readStream } from "./stream-client.js";

/** How writers fare beside streams that never read, in relation to without them. */
export interface UnreadStreams {
  /** The server's CPU time per write with them, to that without. */
  readonly cpuRatio: number;
  /** The same of the slowest hundredth of the writes. */
  readonly p99Ratio: number;
  readonly medianRatio: number;
  /** Of two slices without any: what the machine does besides. */
  readonly controlCpuRatio: number;
  readonly controlP99Ratio: number;
  /** After how long of writing the server had closed all of them, in milliseconds. */
  readonly closedMs: number;
}

const clients = 4;
const textOf = editsOf("1 KB");

interface Slice {
  readonly cpuUs: number;
  readonly taken: readonly number[];
}

export async function measureUnread(count: number, rounds: number, sliceMs: number): Promise<UnreadStreams> {
  const server = await startEventServer("memory");
  try {
    await slice(server, sliceMs);
    const ratios: Record<"cpu" | "p99" | "p50" | "controlCpu" | "controlP99", number>[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const before = await slice(server, sliceMs);
      const sockets = await openUnread(server, count);
      const beside = await slice(server, sliceMs);
      for (const socket of sockets) socket.destroy();
      await untilOpen(server, 0);
      const after = await slice(server, sliceMs);
      const quietCpu = (cpuPerWrite(before) + cpuPerWrite(after)) / 2;
      const quietP99 = (quantile(before.taken, 0.99) + quantile(after.taken, 0.99)) / 2;
      const quietP50 = (quantile(before.taken, 0.5) + quantile(after.taken, 0.5)) / 2;
      ratios.push({
        cpu: cpuPerWrite(beside) / quietCpu,
        p99: quantile(beside.taken, 0.99) / quietP99,
        p50: quantile(beside.taken, 0.5) / quietP50,
        controlCpu: cpuPerWrite(after) / cpuPerWrite(before),
        controlP99: quantile(after.taken, 0.99) / quantile(before.taken, 0.99),
      });
    }
    const sockets = await openUnread(server, count);
    const startedMs = performance.now();
    let isRunning = true;
    const writing = write(server.port, () => isRunning);
    await untilOpen(server, 0);
    const closedMs = performance.now() - startedMs;
    isRunning = false;
    await writing;
    for (const socket of sockets) socket.destroy();
    const of = (pick: (each: (typeof ratios)[number]) => number): number => median(ratios.map(pick));
    return {
      cpuRatio: of(({ cpu }) => cpu),
      p99Ratio: of(({ p99 }) => p99),
      medianRatio: of(({ p50 }) => p50),
      controlCpuRatio: of(({ controlCpu }) => controlCpu),
      controlP99Ratio: of(({ controlP99 }) => controlP99),
      closedMs,
    };
  } finally {
    await server.stop();
  }
}

type Server = Awaited<ReturnType<typeof startEventServer>>;

async function openUnread(server: Server, count: number): Promise<readonly Socket[]> {
  const sockets = Array.from({ length: count }, () => ignoreStream(server.port));
  await untilOpen(server, count);
  return sockets;
}

/** @throws Error where it takes longer than two minutes */
async function untilOpen(server: Server, count: number): Promise<void> {
  for (let waited = 0; (await server.state()).streams !== count; waited += 20) {
    if (waited > 120_000) throw new Error(`There were never ${count} streams open.`);
    await pause(20);
  }
}

async function slice(server: Server, sliceMs: number): Promise<Slice> {
  const beforeUs = cpuOfChildrenUs(server.pid) ?? 0;
  let isRunning = true;
  const writing = write(server.port, () => isRunning);
  await pause(sliceMs);
  isRunning = false;
  const taken = await writing;
  return { cpuUs: (cpuOfChildrenUs(server.pid) ?? 0) - beforeUs, taken };
}

/** Writes as fast as the server answers; gives how long each write took, in milliseconds. */
async function write(port: number, goOn: () => boolean): Promise<readonly number[]> {
  const taken: number[] = [];
  const client = async (id: number): Promise<void> => {
    for (let n = 0; goOn(); n += 1) {
      const startedMs = performance.now();
      const body = textOf(n);
      const headers = { "content-type": "application/json" };
      const response = await fetch(`http://127.0.0.1:${port}/articles/${id}`, { method: "PUT", headers, body });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`A write was answered ${response.status}.`);
      taken.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: clients }, (_, id) => client(id)));
  return taken;
}

function cpuPerWrite({ cpuUs, taken }: Slice): number {
  return cpuUs / taken.length;
}

/** What a server holds while many streams read all that it tells. */
export interface ManyReaders {
  readonly perSecond: number;
  /** How many events each stream got of those that were written: the least of all. */
  readonly leastShare: number;
  /** Resident memory and heap at the start, and every fifth of the time after that, in MiB. */
  readonly rssMb: readonly number[];
  readonly heapMb: readonly number[];
  readonly cpuShare: number;
}

export async function measureReaders(count: number, perSecond: number, seconds: number): Promise<ManyReaders> {
  const server = await startEventServer("memory");
  try {
    const readers = await Promise.all(Array.from({ length: count }, () => readStream(server.port)));
    server.write(perSecond);
    await pause(2_000);
    const before = readers.map((reader) => reader.events());
    const startedMs = performance.now();
    const cpuBefore = cpuOfChildrenUs(server.pid) ?? 0;
    const [rssMb, heapMb]: [number[], number[]] = [[], []];
    for (let part = 0; part <= 5; part += 1) {
      const state = await server.state();
      rssMb.push(state.rssMb);
      heapMb.push(state.heapMb);
      if (part < 5) await pause((seconds * 1_000) / 5);
    }
    const tookMs = performance.now() - startedMs;
    const cpuUs = (cpuOfChildrenUs(server.pid) ?? 0) - cpuBefore;
    const got = readers.map((reader, n) => reader.events() - (before[n] ?? 0));
    for (const reader of readers) reader.close();
    const most = Math.max(...got);
    return {
      perSecond: (most * 1_000) / tookMs,
      leastShare: Math.min(...got) / most,
      rssMb,
      heapMb,
      cpuShare: cpuUs / 1_000 / tookMs,
    };
  } finally {
    await server.stop();
  }
}
