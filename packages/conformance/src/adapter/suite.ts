import { checkOptions } from "@unclash/core/options";
import { createHttp1StreamClient } from "../streams/client.js";
import { declareStreamCases } from "../streams/suite.js";
import { adapterCases } from "./cases.js";
import { createStage } from "./stage.js";
import { type AdapterSuiteOptions, adapterSuiteRules } from "./suite-options.js";

/**
 * Declares the tests that every adapter passes: each holds it, over a real socket, to what clients are promised. The
 * engines and their collections are the suite's own. Servers start when the first test needs them, and the last test
 * that is declared ends them.
 *
 * @throws ConfigurationError that names the option at fault
 */
export function adapterSuite(options: AdapterSuiteOptions): void {
  checkOptions<AdapterSuiteOptions>("", options, adapterSuiteRules);
  const stage = createStage(options);
  for (const { name, on, run } of adapterCases) {
    if (on === "parsed" && options.startParsed === undefined) continue;
    options.test(name, async () => run(await stage.trial(on)));
  }
  const { test, start, patienceMs = 10_000 } = options;
  const closeStreams = declareStreamCases(test, start, createHttp1StreamClient, patienceMs);
  test("servers and stores end when they are told to", async () => {
    await closeStreams();
    await stage.close();
  });
}
