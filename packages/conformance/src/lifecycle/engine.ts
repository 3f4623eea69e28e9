import type { Store } from "@unclash/core/store";
import { createUnclash, type RequestFacts, type Unclash } from "unclash";
import { lifecycleOf, type ResponsePlan, type StreamPlan } from "unclash/adapter";
import { anything } from "../adapter/schema.js";

/** An engine with routes that wait, and that stream, until they are ended. */
export interface WaitingEngine {
  /**
   * `GET /waits/{n}` waits, `GET /streams/{n}` streams one text and then waits, `GET /floods/{n}` streams as much as
   * its client reads; `/notes` is a collection.
   */
  readonly unclash: Unclash;
  /** How many of each are open. */
  open(): { readonly waiters: number; readonly streams: number };
}

export function createWaitingEngine(store: Store): WaitingEngine {
  const collections = { notes: { schema: anything, preconditions: { required: false } } } as const;
  const engine = createUnclash({ store, collections });
  const lifecycle = lifecycleOf(engine);
  const wait = async (facts: RequestFacts): Promise<ResponsePlan> => {
    const limits = { timeoutMs: 60_000, disconnected: facts.disconnected?.() };
    const { kind } = await lifecycle.wait(limits, () => () => {});
    const headers = { "content-length": String(kind.length), "retry-after": "1" };
    return { status: kind === "draining" ? 503 : 500, headers, body: kind, outcome: kind };
  };
  const unclash: Unclash = {
    collections: ["notes", "waits", "streams", "floods"],
    apiVersions: [],
    paths: ["/notes", "waits", "streams", "floods"],
    owns: (path) => /^\/(?:notes|waits|streams|floods)(?:\/|$)/.test(path),
    async handle(facts) {
      if (facts.path.startsWith("/waits/")) return wait(facts);
      if (facts.path.startsWith("/streams/")) return lifecycle.stream(streamOf(waitsForEver()));
      if (facts.path.startsWith("/floods/")) return lifecycle.stream(streamOf(neverEnds()));
      return engine.handle(facts);
    },
    indexReferences: () => engine.indexReferences(),
    migrate: (collection, options) => engine.migrate(collection, options),
    apiVersionUse: () => engine.apiVersionUse(),
    guardConflicts: (name, options) => engine.guardConflicts(name, options),
    get state() {
      return engine.state;
    },
    start: () => engine.start(),
    drain: () => engine.drain(),
    close: () => engine.close(),
  };
  return { unclash, open: () => lifecycle.open };
}

function streamOf(iterator: AsyncIterator<string>): StreamPlan {
  const body = { [Symbol.asyncIterator]: () => iterator };
  return { status: 200, headers: { "content-type": "text/plain" }, body, outcome: "ok" };
}

/** Gives one text, then waits, and watches for no signal. */
function waitsForEver(): AsyncIterator<string> {
  let given = 0;
  return {
    next() {
      given += 1;
      return given === 1 ? Promise.resolve({ done: false, value: "hello" }) : new Promise(() => {});
    },
  };
}

async function* neverEnds(): AsyncGenerator<string> {
  for (;;) yield "x".repeat(65_536);
}
