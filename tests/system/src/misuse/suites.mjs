import { adapterSuite } from "@unclash/conformance/adapter";
import { guardSuite, guardTransportSuite } from "@unclash/conformance/guard";
import { storeSuite } from "@unclash/conformance/store";
import { createMemoryStore } from "@unclash/memory";

const test = () => undefined;
const start = async () => ({ url: "http://127.0.0.1", close: async () => undefined });
const open = async () => createMemoryStore();

/** Runs the first test that a suite declares. */
async function firstOf(declare) {
  const runs = [];
  declare((_name, run) => runs.push(run));
  await runs[0]();
}

/** Mistakes in what the suites for one's own stores and adapters are given. */
export const suiteMistakes = [
  ["store suite: nothing", "options must be an object, and is undefined", () => storeSuite()],
  ["store suite: no runner", "test must be a function, and is undefined", () => storeSuite({ open })],
  ["store suite: opne for open", "opne is not an option. Did you mean `open`?", () => storeSuite({ test, opne: open })],
  [
    "store suite: a store in place of open",
    "open must be a function",
    () => storeSuite({ test, open: createMemoryStore() }),
  ],
  [
    "store suite: another clock",
    'clock must be "handed-in" or "own"',
    () => storeSuite({ test, open, clock: "server" }),
  ],
  [
    "store suite: patience in seconds",
    "patienceMs must be a whole number",
    () => storeSuite({ test, open, patienceMs: 0.5 }),
  ],
  [
    "store suite: an open that gives nothing",
    "must be given an `open` that gives a store, and it gave undefined",
    () => firstOf((declare) => storeSuite({ test: declare, open: async () => undefined })),
  ],
  [
    "adapter suite: stores for store",
    "stores is not an option. Did you mean `store`?",
    () => adapterSuite({ test, stores: open, start }),
  ],
  ["adapter suite: no start", "start must be a function, and is undefined", () => adapterSuite({ test, store: open })],
  [
    "guard suite: a store that is opened",
    "store must be a function",
    () => guardSuite({ test, start, store: createMemoryStore() }),
  ],
  [
    "transport suite: a form that is none",
    "form must be",
    () => guardTransportSuite({ test, start, client: start, form: "guraded" }),
  ],
];
