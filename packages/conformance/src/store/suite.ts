import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { UsageError } from "@unclash/core";
import {
  checkOptions,
  describeValue,
  isFunction,
  type OptionRules,
  oneOf,
  required,
  wholeNumber,
} from "@unclash/core/options";
import type { Moment, Store } from "@unclash/core/store";
import { storeCases } from "./cases.js";
import { timeOf } from "./steps.js";
import { createTestClock, type TestClock } from "./test-clock.js";
import type { StoreCase, Trial } from "./trial.js";

/** What a store is opened with. Each test opens one of its own. */
export interface StoreContext {
  /** The time by which the store's records lapse, unless the store has a clock of its own. */
  readonly clock: TestClock;
}

/** What the suite needs to know of the store and of the test runner. */
export interface StoreSuiteOptions {
  /** The runner's way to declare a test: vitest's `test`, node:test's `test`, … */
  readonly test: (name: string, run: () => Promise<void>) => void;
  /** Opens an empty store. Tests may run at the same time, so two stores must not share their data. */
  readonly open: (context: StoreContext) => Promise<Store>;
  /**
   * `own`: the store's time is that of a server, which no test can move. The suite then really waits, some milliseconds
   * a test and 2 seconds once, and leaves out what shows only at one exact moment.
   *
   * @default "handed-in"
   */
  readonly clock?: "handed-in" | "own";
  /**
   * How long the suite waits for an event, a wake or the end of a following, in milliseconds, before it counts as
   * missing. The port allows about a second; a busy machine needs more.
   *
   * @default 10_000
   */
  readonly patienceMs?: number;
  /** Closes a durable store and opens it again with what it holds. Without it, the tests of that are left out. */
  readonly reopen?: (store: Store, context: StoreContext) => Promise<Store>;
}

const rules: OptionRules<StoreSuiteOptions> = {
  test: required(isFunction),
  open: required(isFunction),
  clock: oneOf("handed-in", "own"),
  patienceMs: wholeNumber(1),
  reopen: isFunction,
};

/**
 * Declares the tests that every store passes: each is one sentence of the port's documentation. They run against what
 * `open` gives and against nothing else.
 *
 * @throws ConfigurationError that names the option at fault
 */
export function storeSuite(options: StoreSuiteOptions): void {
  checkOptions<StoreSuiteOptions>("", options, rules);
  for (const storeCase of storeCases) {
    if (canRun(storeCase, options)) options.test(storeCase.name, () => runCase(storeCase, options));
  }
}

function canRun({ needs }: StoreCase, options: StoreSuiteOptions): boolean {
  if (needs === "clock") return options.clock !== "own";
  return needs === undefined || options.reopen !== undefined;
}

async function runCase({ run }: StoreCase, options: StoreSuiteOptions): Promise<void> {
  const clock = createTestClock();
  const context: StoreContext = { clock };
  let store = await options.open(context);
  if (typeof Object(store).commit !== "function")
    throw new UsageError(
      "storeSuite",
      `must be given an \`open\` that gives a store, and it gave ${describeValue(store)}`,
    );
  const trial: Trial = {
    store,
    clock,
    patienceMs: options.patienceMs ?? 10_000,
    until: (moment) => (options.clock === "own" ? waitUntil(store, moment) : moveTo(clock, moment)),
    async reopen() {
      if (options.reopen !== undefined) store = await options.reopen(store, context);
      return store;
    },
  };
  try {
    await run(trial);
  } finally {
    await store.close();
  }
}

async function moveTo(clock: TestClock, moment: Moment): Promise<void> {
  clock.advance(Math.max(moment - clock.now(), 0));
}

async function waitUntil(store: Store, moment: Moment): Promise<void> {
  const remainingMs = moment - (await timeOf(store));
  assert(remainingMs < 10_000, "the suite waits for seconds, not longer");
  for (let waitMs = remainingMs; waitMs > 0; waitMs = moment - (await timeOf(store))) await delay(waitMs);
}
