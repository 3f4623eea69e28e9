import type { Store } from "@unclash/core/store";
import { createMemoryStore } from "@unclash/memory";
import { editsOf } from "../article.js";
import { StoreWriter, type Writer } from "../store-writer.js";
import { contestantOf, type Engine } from "./engine.js";

/** A `Map`, and the store in the same process. */
export async function openMemory(): Promise<Engine> {
  const store = createMemoryStore();
  return {
    name: "memory",
    bareDoes: "a Map: get, compare the version, set",
    targets: {},
    contestants: {
      bare: contestantOf(mapWriter),
      control: contestantOf(mapWriter),
      store: contestantOf((at) => keptSmall(store, new StoreWriter(store, `articles/${at}`, { count: 10 }))),
    },
    steps: [],
    serverCpuUs: async () => undefined,
    close: () => store.close(),
  };
}

const textOf = editsOf("1 KB");
let edit = 0;

// All versions of all writes would not fit into the memory of a process.
function keptSmall(store: Store, writer: Writer): Writer {
  let writes = 0;
  return {
    async write() {
      await writer.write();
      if (++writes % 500 === 0) await store.clean(1_000);
    },
  };
}

function mapWriter(at: number): Writer {
  const rows = new Map<string, { readonly version: number; readonly text: string }>();
  let version = 0;
  return {
    async write() {
      if ((rows.get(`${at}`)?.version ?? 0) !== version) throw new Error("The row has another version.");
      version++;
      rows.set(`${at}`, { version, text: textOf(++edit) });
    },
  };
}
