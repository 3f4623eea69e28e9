import { checkOptions } from "@unclash/core/options";
import { guardCases } from "./cases.js";
import { createStage } from "./stage.js";
import { type GuardSuiteOptions, guardSuiteRules } from "./suite-options.js";

/**
 * Declares the tests that every adapter's guards pass: each holds them, over a real socket, to what clients and
 * handlers are promised, in all the forms that a guard has. The routes, their options and their handlers are the
 * suite's own. Servers start when the first test needs them, and the last test that is declared ends them.
 *
 * @throws ConfigurationError that names the option at fault
 */
export function guardSuite(options: GuardSuiteOptions): void {
  checkOptions<GuardSuiteOptions>("", options, guardSuiteRules);
  const stage = createStage(options);
  for (const { name, needs, run } of guardCases) {
    if (needs === "store" && options.store === undefined) continue;
    options.test(name, () => run(stage));
  }
  options.test("servers and stores of guards end when they are told to", () => stage.close());
}
