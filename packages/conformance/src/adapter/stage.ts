import type { Store } from "@unclash/core/store";
import type { RequestFacts } from "unclash";
import { createClient } from "./client.js";
import { assertAllowed, assertSound } from "./invariants.js";
import type { Message } from "./message.js";
import { type SetupName, setups } from "./setups.js";
import type { AdapterSuiteOptions } from "./suite-options.js";
import type { Trial } from "./trial.js";

/** The servers of one run of the suite. */
export interface Stage {
  /** The server of that name: the one that runs, or one that is started now. */
  trial(name: SetupName): Promise<Trial>;
  /** Ends all that runs: the servers first, then their stores. */
  close(): Promise<void>;
}

interface Running {
  readonly trial: Trial;
  close(): Promise<void>;
}

export function createStage(options: AdapterSuiteOptions): Stage {
  const running = new Map<SetupName, Promise<Running>>();
  return {
    async trial(name) {
      const started = running.get(name) ?? startServer(name, options);
      running.set(name, started);
      return (await started).trial;
    },
    async close() {
      const all = [...running.values()];
      running.clear();
      await Promise.all(all.map(async (started) => (await started).close()));
    },
  };
}

async function startServer(name: SetupName, options: AdapterSuiteOptions): Promise<Running> {
  const { patienceMs = 10_000 } = options;
  const { prefix, publicPath = "", typePrefix, server, engine } = setups[name];
  const start = name === "parsed" ? (options.startParsed ?? options.start) : options.start;
  const store: Store = await options.store();
  let identified: RequestFacts | undefined;
  const unclash = engine(store, (facts) => {
    identified = facts;
  });
  const served = await start(unclash, { prefix, server });
  const client = createClient(served.url, patienceMs);
  let names = 0;

  const sendTo: Trial["sendTo"] = async (method, path, message: Message = {}) => {
    const received = await client.send(method, path, message);
    if (message.foreign !== true) {
      assertSound(received, { typePrefix, publicPath });
      assertAllowed(received);
    }
    return received.answer;
  };
  return {
    trial: {
      origin: served.url,
      prefix,
      typePrefix,
      patienceMs,
      sendTo,
      send: (method, path, message) => sendTo(method, prefix + path, message),
      nextName: () => `n${String(++names).padStart(3, "0")}`,
      identified: () => identified,
    },
    async close() {
      client.close();
      await served.close();
      await store.close();
    },
  };
}
