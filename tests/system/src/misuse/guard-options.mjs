import { createGuards, guard } from "@unclash/express";
import { createMemoryStore } from "@unclash/memory";
import { load } from "./guarded-put.mjs";

const store = createMemoryStore();
const made = (options) => () => guard(options);

/** Mistakes in a guard's options. */
export const guardOptionMistakes = [
  ["no options", "options must be an object, and is undefined", () => guard()],
  ["laod for load", "laod is not an option. Did you mean `load`?", made({ laod: load })],
  ["the row in place of a function", "load must be a function, and is an object with version", made({ load: load() })],
  ["a load that is called", "load must be a function, and is a promise", made({ load: (async () => load())() })],
  ["strategies for allowedStrategies", "strategies is not an option", made({ load, strategies: "all" })],
  ["precondition: optional", "Did you mean `preconditions`?", made({ load, precondition: "optional" })],
  [
    "strategy beside conflicts",
    "strategy is an option of the group `conflicts`: write `conflicts: { strategy: … }`",
    made({ load, strategy: "reject" }),
  ],
  ["load among the options of all guards", "load is not an option", () => void createGuards({ load })],
  [
    "keys of all guards without identify",
    "identify must say who sends a request where `idempotency` keeps answers",
    () => void createGuards({ idempotency: { store } }),
  ],
  [
    "options of a guard among others as an instance of a class",
    "guard() must be given its options as a plain object",
    () =>
      void createGuards({}).guard(
        new (class Article {
          load = load;
        })(),
      ),
  ],
  ["reportOnly as text", 'reportOnly must be true or false, and is "false"', made({ load, reportOnly: "false" })],
  ["resource as text", 'resource must be a function, and is "articles/1"', made({ load, resource: "articles/1" })],
  [
    "discloseCurrent without represent",
    "represent must say what of a state clients may see",
    made({ load, conflicts: { discloseCurrent: true } }),
  ],
  ["past without represent or a strategy", "past is never asked", made({ load, past: () => undefined })],
  [
    "a function as strategy, without past",
    "strategy can only be a function where `past`",
    made({ load, conflicts: { strategy: () => ({ kind: "reject" }) } }),
  ],
  [
    "a store in place of idempotency",
    "idempotency.capabilities is not an option",
    made({ load, idempotency: store, identify: () => undefined }),
  ],
  [
    "idempotency without a store",
    "idempotency.store must be a store",
    made({ load, idempotency: {}, identify: () => undefined }),
  ],
  ["idempotency without identify", "identify must say who sends a request", made({ load, idempotency: { store } })],
  [
    "ttlMs for keepMs",
    "idempotency.ttlMs is not an option",
    made({ load, idempotency: { store, ttlMs: 1 }, identify: () => undefined }),
  ],
  ["a limit that is none", "requestLimits.maxBody is not an option", made({ load, requestLimits: { maxBody: 1 } })],
  ...["bodyBytesInFlightMax", "slowBodyMs", "listScanMax"].flatMap((name) => {
    const says = `requestLimits.${name} does nothing in a guard`;
    const options = { load, requestLimits: { [name]: 5_000_000 } };
    return [
      [`a limit of collections, ${name}`, says, made(options)],
      [`${name} among the options of all guards`, says, () => void createGuards({ requestLimits: { [name]: 1 } })],
    ];
  }),
];
