import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Random } from "../black-box/random.js";
import { splitRequests } from "./split-requests.js";

/**
 * What the network does wrong, and how often: a probability for each request, or each chunk where requests aren't
 * known.
 */
export interface NetworkFaults {
  /** How long each chunk takes, from and to. Connections overtake one another; within one, the order stays. */
  readonly latencyMs?: readonly [number, number];
  /** The connection is cut, and what was sent never arrives. */
  readonly requestLost?: number;
  /** The connection is cut, and the answer, which was on its way, never arrives. */
  readonly answerLost?: number;
  /** From now on the connection swallows everything, and stays. */
  readonly halfOpen?: number;
  /** Only with `http`: the request arrives a second time on another connection. That answer is dropped. */
  readonly duplicate?: number;
}

export interface FaultCounts {
  connections: number;
  requestsLost: number;
  answersLost: number;
  halfOpen: number;
  duplicates: number;
}

/** A proxy between a client and a server of this machine, for any protocol over TCP. */
export interface FaultProxy {
  readonly port: number;
  readonly counts: Readonly<FaultCounts>;
  /** The values of `x-operation` of all requests that were sent twice. */
  readonly duplicated: ReadonlySet<number>;
  readonly setFaults: (faults: NetworkFaults) => void;
  /** Cuts all connections; new ones go there. */
  readonly setTarget: (port: number) => void;
  /** From now on no byte passes: connections are taken and stay, and what is sent waits. */
  readonly hold: () => void;
  /** From now on connections are refused; those that are there are cut. */
  readonly refuse: () => Promise<void>;
  /** Ends `hold` and `refuse`. */
  readonly resume: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface FaultProxyOptions {
  /** Of this machine. */
  readonly target: number;
  readonly random: Random;
  readonly faults?: NetworkFaults;
  /** Faults are by request, not by chunk. */
  readonly http?: boolean;
}

export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const state: ProxyState = {
    random: options.random,
    http: options.http ?? false,
    target: options.target,
    faults: options.faults ?? {},
    counts: { connections: 0, requestsLost: 0, answersLost: 0, halfOpen: 0, duplicates: 0 },
    duplicated: new Set(),
    held: undefined,
    sockets: new Set(),
  };
  const server = createServer((client) => relay(state, client));
  const port = await listen(server, 0);
  return {
    port,
    counts: state.counts,
    duplicated: state.duplicated,
    setFaults(faults) {
      state.faults = faults;
    },
    setTarget(target) {
      state.target = target;
      cutAll(state);
    },
    hold() {
      state.held ??= createGate();
    },
    async refuse() {
      const closed = once(server, "close");
      server.close();
      cutAll(state);
      await closed;
    },
    async resume() {
      letGo(state);
      if (!server.listening) await listen(server, port);
    },
    async close() {
      letGo(state);
      server.close();
      cutAll(state);
    },
  };
}

interface ProxyState {
  readonly random: Random;
  readonly http: boolean;
  target: number;
  faults: NetworkFaults;
  readonly counts: FaultCounts;
  readonly duplicated: Set<number>;
  held: Gate | undefined;
  readonly sockets: Set<Socket>;
}

interface Gate {
  readonly opened: Promise<void>;
  readonly open: () => void;
}

function createGate(): Gate {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

function letGo(state: ProxyState): void {
  state.held?.open();
  state.held = undefined;
}

interface Line {
  readonly client: Socket;
  readonly server: Socket;
  swallows: boolean;
}

function relay(state: ProxyState, client: Socket): void {
  state.counts.connections++;
  const line: Line = { client, server: open(state), swallows: false };
  track(state, client);
  void forward(state, line, "request");
  void forward(state, line, "answer");
}

function open(state: ProxyState): Socket {
  const socket = connect(state.target, "127.0.0.1");
  track(state, socket);
  return socket;
}

function track({ sockets }: ProxyState, socket: Socket): void {
  sockets.add(socket);
  socket.setNoDelay(true);
  socket.on("error", () => {});
  socket.once("close", () => sockets.delete(socket));
}

async function forward(state: ProxyState, line: Line, direction: "request" | "answer"): Promise<void> {
  const [from, to] = direction === "request" ? [line.client, line.server] : [line.server, line.client];
  const chunks: AsyncIterable<Buffer> = direction === "request" && state.http ? splitRequests(from) : from;
  try {
    for await (const chunk of chunks) {
      const [least, most] = state.faults.latencyMs ?? [0, 0];
      if (most > 0) await delay(state.random.between(least, most + 1));
      while (state.held !== undefined) await state.held.opened;
      if (isLost(state, line, direction)) break;
      if (line.swallows) continue;
      if (direction === "request" && state.random.chance(state.faults.duplicate ?? 0)) sendAgain(state, chunk);
      if (!to.write(chunk)) await once(to, "drain");
    }
    if (!line.swallows) to.end();
  } catch {
    cut(state, line);
  }
}

// Decides what happens to a chunk, and cuts the line where it is lost.
function isLost(state: ProxyState, line: Line, direction: "request" | "answer"): boolean {
  const { random, faults, counts } = state;
  if (line.swallows) return false;
  const lost = direction === "request" ? faults.requestLost : faults.answerLost;
  if (random.chance(lost ?? 0)) {
    if (direction === "request") counts.requestsLost++;
    else counts.answersLost++;
    cut(state, line);
    return true;
  }
  if (direction === "request" && random.chance(faults.halfOpen ?? 0)) {
    counts.halfOpen++;
    line.swallows = true;
  }
  return false;
}

// Some ends of connections are polite, and some are not.
function cut({ random }: ProxyState, { client, server }: Line): void {
  for (const socket of [client, server]) {
    if (random.chance(0.5)) socket.resetAndDestroy();
    else socket.destroy();
  }
}

function cutAll({ sockets }: ProxyState): void {
  for (const socket of sockets) socket.destroy();
}

function sendAgain(state: ProxyState, request: Buffer): void {
  const number = /^x-operation: ([0-9]+)\r$/im.exec(request.toString("latin1"))?.[1];
  if (number !== undefined) state.duplicated.add(Number(number));
  state.counts.duplicates++;
  const socket = open(state);
  void delay(state.random.between(0, 30)).then(() => socket.write(request));
  socket.once("data", () => socket.destroy());
  socket.setTimeout(5_000, () => socket.destroy());
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
