import { isBoolean, isFunction, type OptionRules, required, wholeNumber } from "@unclash/core/options";
import type { Store } from "@unclash/core/store";
import type { Client } from "../adapter/client.js";
import type { Served } from "../adapter/suite-options.js";
import type { TestClock } from "../store/test-clock.js";
import type { GuardedApp } from "./app.js";

export interface GuardSuiteOptions {
  /** The runner's way to declare a test: vitest's `test`, node:test's `test`, … */
  readonly test: (name: string, run: () => Promise<void>) => void;
  readonly start: StartGuarded;
  /**
   * Opens an empty store for idempotency keys, whose records lapse by this clock. The suite closes it. Without it, the
   * tests of keys are left out.
   */
  readonly store?: (context: { readonly clock: TestClock }) => Store | Promise<Store>;
  /**
   * Whether the framework names routes: by the paths that they are declared with, which observers get. @default true
   */
  readonly routeNames?: boolean;
  /** What sends requests to what `start` serves, in place of a client that speaks HTTP/1.1. */
  readonly client?: (url: string, patienceMs: number) => Client;
  /**
   * How long the suite waits for an answer, or for something to happen, before it counts as missing. @default 10,000
   */
  readonly patienceMs?: number;
}

/**
 * Makes an app of the framework from the suite's own, and serves it on a free port of the loopback. The framework's
 * JSON parser stands in front (`application/json` and `application/*+json`, any JSON value), and `problems()` where the
 * adapter wants it.
 */
export type StartGuarded = (app: GuardedApp) => Promise<Served>;

/** What the options of a suite of guards may be. */
export const guardSuiteRules: OptionRules<GuardSuiteOptions> = {
  test: required(isFunction),
  start: required(isFunction),
  store: isFunction,
  routeNames: isBoolean,
  client: isFunction,
  patienceMs: wholeNumber(1),
};
