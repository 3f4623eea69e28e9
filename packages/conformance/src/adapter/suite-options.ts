import type { ServerOptions } from "node:http";
import { isFunction, type OptionRules, required, wholeNumber } from "@unclash/core/options";
import type { Store } from "@unclash/core/store";
import type { Unclash } from "unclash";

export interface AdapterSuiteOptions {
  /** The runner's way to declare a test: vitest's `test`, node:test's `test`, … */
  readonly test: (name: string, run: () => Promise<void>) => void;
  /** Opens an empty store. The suite opens one for each server, and closes it after the server. */
  readonly store: () => Store | Promise<Store>;
  readonly start: Start;
  /**
   * The same with the framework's JSON parser in front of the mount, where an app can have that. Without it, the tests
   * of bodies that others have parsed are left out.
   */
  readonly startParsed?: Start;
  /** How long the suite waits for an answer before it counts as none. @default 10,000 */
  readonly patienceMs?: number;
}

/**
 * Mounts an engine in an app of the framework, and serves it on a free port of the loopback. Behind the mount, the app
 * has a route of its own: `GET {prefix}/app-route` answers 200 with the text `app`.
 */
export type Start = (unclash: Unclash, options: StartOptions) => Promise<Served>;

export interface StartOptions {
  /** Where the engine is mounted: `/api`, `/deep/er`, or empty for the root. */
  readonly prefix: string;
  /** What the app's server must be made with: `createServer(server, app)`. It holds the time-outs of one test. */
  readonly server: ServerOptions;
}

export interface Served {
  /** Such as `http://127.0.0.1:49152`, without a path. */
  readonly url: string;
  /** Ends the server, open connections too. */
  close(): Promise<void>;
}

/** What the options of a suite of adapters may be. */
export const adapterSuiteRules: OptionRules<AdapterSuiteOptions> = {
  test: required(isFunction),
  store: required(isFunction),
  start: required(isFunction),
  startParsed: isFunction,
  patienceMs: wholeNumber(1),
};
