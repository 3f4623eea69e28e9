import { join } from "node:path";
import { BareTable } from "../sqlite/bare-table.js";
import { openStore } from "../sqlite/open-files.js";
import { StoreWriter } from "../store-writer.js";
import { type Contestant, contestantOf, type Engine } from "./engine.js";

/** A table in a file, and the store in another one beside it. */
export async function openSqlite(folder: string): Promise<Engine> {
  const bare = new BareTable(join(folder, "bare.db"));
  const control = new BareTable(join(folder, "control.db"));
  const { store, close } = await openStore(join(folder, "store.db"));
  return {
    name: "SQLite",
    bareDoes: "UPDATE … WHERE version = ?, one fsync each",
    targets: { 50: 2 },
    contestants: {
      bare: writersOf(bare),
      control: writersOf(control),
      store: contestantOf((at) => new StoreWriter(store, `articles/${at}`)),
    },
    steps: [],
    serverCpuUs: async () => undefined,
    async close() {
      bare.close();
      control.close();
      await close();
    },
  };
}

// The driver blocks: however many writers wait, one UPDATE runs after the other.
function writersOf(table: BareTable): Contestant {
  return contestantOf(() => ({
    async write() {
      table.update();
    },
  }));
}
