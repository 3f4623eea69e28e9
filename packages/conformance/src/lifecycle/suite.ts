import { checkOptions, isFunction, type OptionRules, required, wholeNumber } from "@unclash/core/options";
import type { Store } from "@unclash/core/store";
import type { Unclash } from "unclash";
import { lifecycleCases } from "./cases.js";
import { createTrial } from "./trial.js";

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

const rules: OptionRules<LifecycleSuiteOptions> = {
  test: required(isFunction),
  store: required(isFunction),
  start: required(isFunction),
  patienceMs: wholeNumber(1),
};

/**
 * Declares the tests of how a server ends that an engine is mounted in: who waits, streams, requests that run,
 * connections.
 *
 * @throws ConfigurationError that names the option at fault
 */
export function lifecycleSuite(options: LifecycleSuiteOptions): void {
  checkOptions<LifecycleSuiteOptions>("", options, rules);
  for (const { name, run } of lifecycleCases) {
    options.test(name, async () => {
      const trial = await createTrial(options);
      try {
        await run(trial);
      } finally {
        await trial.end();
      }
    });
  }
}
