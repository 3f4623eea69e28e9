import { checkOptions, isFunction, type OptionRules, required, wholeNumber } from "@unclash/core/options";
import { lifecycleCases } from "./cases.js";
import { createTrial, type LifecycleSuiteOptions } from "./trial.js";

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
