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
      store: contestantOf((at) => new StoreWriter(store, `articles/${at}`)),
    },
    steps: [],
    serverCpuUs: async () => undefined,
    close: () => store.close(),
  };
}

const textOf = editsOf("1 KB");
let edit = 0;

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
