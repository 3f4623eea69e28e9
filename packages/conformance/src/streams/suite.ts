import { checkOptions, isFunction, type OptionRules, required, wholeNumber } from "@unclash/core/options";
import type { Served, Start } from "../adapter/suite-options.js";
import { streamCases } from "./cases.js";
import { createHttp1StreamClient, type StreamClient } from "./client.js";
import { createStreamEngine } from "./engine.js";
import type { StreamTrial } from "./trial.js";

export interface StreamSuiteOptions {
  /** The runner's way to declare a test: vitest's `test`, node:test's `test`, … */
  readonly test: (name: string, run: () => Promise<void>) => void;
  readonly start: Start;
  /** What sends requests to what `start` serves. @default a client that speaks HTTP/1.1 */
  readonly client?: (url: string, patienceMs: number) => StreamClient;
  /** How long the suite waits for what must happen before it counts as missing. @default 10,000 */
  readonly patienceMs?: number;
}

const rules: OptionRules<StreamSuiteOptions> = {
  test: required(isFunction),
  start: required(isFunction),
  client: isFunction,
  patienceMs: wholeNumber(1),
};

/**
 * Declares the tests of answers that are streams, and of clients that go away, for an app that is reached in another
 * way than the suite of adapters reaches it, such as HTTP/2 or Fastify's `inject`, or that has more around its mount,
 * such as what compresses answers.
 *
 * @throws ConfigurationError that names the option at fault
 */
export function streamSuite(options: StreamSuiteOptions): void {
  checkOptions<StreamSuiteOptions>("", options, rules);
  const { start, client = createHttp1StreamClient, patienceMs = 10_000 } = options;
  const close = declareStreamCases(options.test, start, client, patienceMs);
  options.test("what serves streams ends when it is told to", close);
}

/**
 * Declares the cases.
 *
 * @returns ends what they run on
 */
export function declareStreamCases(
  test: StreamSuiteOptions["test"],
  start: Start,
  createClient: (url: string, patienceMs: number) => StreamClient,
  patienceMs: number,
): () => Promise<void> {
  let running: Promise<Running> | undefined;
  const run = (): Promise<Running> => {
    running ??= startServer(start, createClient, patienceMs);
    return running;
  };
  for (const { name, protocols, run: runCase } of streamCases) {
    test(name, async () => {
      const { trial } = await run();
      if (protocols === undefined || protocols.includes(trial.protocol)) await runCase(trial);
    });
  }
  return async () => {
    if (running === undefined) return;
    const { client, served } = await running;
    running = undefined;
    await client.close();
    await served.close();
  };
}

interface Running {
  readonly trial: StreamTrial;
  readonly client: StreamClient;
  readonly served: Served;
}

async function startServer(
  start: Start,
  createClient: (url: string, patienceMs: number) => StreamClient,
  patienceMs: number,
): Promise<Running> {
  const { unclash, play } = createStreamEngine();
  const prefix = "/api";
  const served = await start(unclash, { prefix, server: { keepAliveTimeout: 60_000 } });
  const client = createClient(served.url, patienceMs);
  const trial: StreamTrial = {
    origin: served.url,
    protocol: client.protocol,
    patienceMs,
    play: (script) => prefix + play(script),
    open: (method, path, sent) => client.open(method, path, sent),
  };
  return { trial, client, served };
}
