import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import type { Store } from "@unclash/core/store";
import type { Unclash } from "unclash";
import { createWaitingEngine, type WaitingEngine } from "./engine.js";

export interface LifecycleSuiteOptions {
  /** The runner's way to declare a test: vitest's `test`, node:test's `test`, … */
  readonly test: (name: string, run: () => Promise<void>) => void;
  /** Opens an empty store. The suite opens one for each test. */
  readonly store: () => Store | Promise<Store>;
  readonly start: StartForLife;
  /** How long the suite waits for something before it counts as not happening. @default 10,000 */
  readonly patienceMs?: number;
}

/** Mounts an engine at the root of an app, and serves it over HTTP/1.1 on a free port of the loopback. */
export type StartForLife = (unclash: Unclash) => Promise<ServedForLife>;

export interface ServedForLife {
  /** Such as `http://127.0.0.1:49152`, without a path. */
  readonly url: string;
  /** Shuts the server and the engine down, as an app does that was told to stop. */
  shutdown(): Promise<unknown>;
  /** Ends the server, whatever state it is in, open connections too. */
  cut(): void;
}

/** What a case works with: an engine that is served, and a client of it. */
export interface LifecycleTrial extends WaitingEngine, Omit<ServedForLife, "cut"> {
  /** Begins a request on a connection of its own, which is kept open. */
  begin(method: string, path: string, headers?: Readonly<Record<string, string>>): ClientRequest;
  /** Waits until something holds; throws where it does not come to hold. */
  eventually(what: string, holds: () => boolean | Promise<boolean>): Promise<void>;
  /** What is given, or an error where it takes too long. */
  inTime<Value>(what: string, given: Promise<Value>): Promise<Value>;
  end(): Promise<void>;
}

export interface LifecycleCase {
  readonly name: string;
  /** Throws where the server, or the engine, does not end as it should. */
  readonly run: (trial: LifecycleTrial) => Promise<void>;
}

export async function createTrial({
  store,
  start,
  patienceMs = 10_000,
}: LifecycleSuiteOptions): Promise<LifecycleTrial> {
  const opened = await store();
  const engine = createWaitingEngine(opened);
  engine.unclash.start();
  const served = await start(engine.unclash);
  const { hostname, port } = new URL(served.url);
  const agents: Agent[] = [];
  return {
    ...engine,
    url: served.url,
    shutdown: () => served.shutdown(),
    begin(method, path, headers = {}) {
      const agent = new Agent({ keepAlive: true });
      agents.push(agent);
      const begun = request({ hostname, port, method, path, agent, headers });
      // What is broken off rejects where it is waited for.
      begun.on("error", () => {});
      return begun;
    },
    async eventually(what, holds) {
      const endsAt = performance.now() + patienceMs;
      while (!(await holds())) {
        assert(performance.now() < endsAt, `in ${patienceMs} ms: ${what}`);
        await pause(5);
      }
    },
    async inTime(what, given) {
      const ended = new AbortController();
      const late = pause(patienceMs, undefined, { signal: ended.signal }).then(() => {
        throw new assert.AssertionError({ message: `in ${patienceMs} ms: ${what}` });
      });
      late.catch(() => {});
      return Promise.race([given, late]).finally(() => ended.abort());
    },
    async end() {
      served.cut();
      for (const agent of agents) agent.destroy();
      await engine.unclash.close();
      await opened.close();
    },
  };
}

/** The head of an answer. */
export async function headOf(begun: ClientRequest): Promise<IncomingMessage> {
  const [response]: IncomingMessage[] = await once(begun, "response");
  assert(response !== undefined);
  return response;
}
