import type { Store } from "@unclash/core/store";
import { ownPassMs } from "./clocks.js";
import type { ModelOptions } from "./run.js";
import type { Subject } from "./trial.js";

/** A place whose runs use one store one after another. */
export interface ServerPlace extends ModelOptions {
  readonly end: () => Promise<void>;
}

/** Opens a store whose time is its server's: `open` opens it again too, after it was closed. */
export async function serverPlace(open: () => Promise<Store>, reopenings: number): Promise<ServerPlace> {
  const reopen = async (store: Store): Promise<Store> => {
    await store.close();
    return open();
  };
  let subject: Subject = { store: await open(), reopen };
  return {
    passMs: ownPassMs,
    reopenings,
    open: async () => subject,
    async close(left) {
      subject = left;
    },
    end: () => subject.store.close(),
  };
}
