import { checkOptions, isFunction, type OptionRules, oneOf, required } from "@unclash/core/options";
import type { Client } from "../adapter/client.js";
import { guardCases } from "./cases.js";
import { guardForms } from "./setup.js";
import { createStage } from "./stage.js";
import { type GuardSuiteOptions, guardSuiteRules } from "./suite-options.js";

/** How requests reach an app other than over HTTP/1.1. */
export interface TransportSuiteOptions extends GuardSuiteOptions {
  /** The one form that is tried: an adapter's forms send their answers in the same way. */
  readonly form: (typeof guardForms)[number];
  /** @param url what `start` has given */
  readonly client: (url: string, patienceMs: number) => Client;
}

/** The cases in which an answer could get lost, or lose its content, on its way. */
const names: readonly string[] = [
  "a 304 by If-None-Match has the headers that the 200 has, and no content",
  "HEAD is GET without content",
  "a conflict whole: what was expected, what there is, what has changed, and what of it the write touches",
  "no await is needed: a write that has lost is a conflict, whatever the handler answers meanwhile",
  "refuse ends the request with any problem",
  "after an unsafe method an ETag is sent only where updated was called, and only with success",
  "with a key, a request is carried out once, and its answer is given again, by other processes too",
  "with a key, a refusal by the handler is given again",
  "what was streamed, and what has no content, is given again",
  "answers of 401, 403, 423 and 429 are not kept: a repeat runs",
  "once a handler has begun, a 5xx, thrown or answered, leaves its effect unknown: it does not run again",
  "where the handler says that nothing was applied, its failure is not kept: a repeat runs",
  "an answer that can't be sent is 500, and leaves its effect unknown",
  "an answer with more content than is kept is given again without it",
  "while the first request runs, repeats are 409, in other processes too; then they get its answer",
  "of 8 requests with one key at the same time exactly one runs",
];

const rules: OptionRules<TransportSuiteOptions> = {
  ...guardSuiteRules,
  form: required(oneOf(...guardForms)),
  client: required(isFunction),
};

/**
 * Declares the tests of whole answers for an app that is reached in another way, such as HTTP/2 or Fastify's `inject`.
 *
 * @throws ConfigurationError that names the option at fault
 */
export function guardTransportSuite(options: TransportSuiteOptions): void {
  checkOptions<TransportSuiteOptions>("", options, rules);
  const stage = createStage(options);
  for (const name of names) {
    const found = guardForms.flatMap((form) => guardCases.filter((each) => each.name === `${form}: ${name}`));
    const [any] = found;
    if (any === undefined) throw new TypeError(`There is no case "${name}".`);
    const { name: full, run } = found.find((each) => each.name.startsWith(`${options.form}:`)) ?? any;
    options.test(full, () => run(stage));
  }
  options.test("servers and stores of guards end when they are told to", () => stage.close());
}
