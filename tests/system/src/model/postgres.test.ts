import { randomBytes } from "node:crypto";
import { createPostgresStore } from "@unclash/postgres";
import { postgresUrl } from "@unclash/test-servers";
import { test } from "vitest";
import { dropSchemas } from "../leftovers.js";
import { ownPassMs } from "./clocks.js";
import { holdAgainstModel, modelTimeoutMs } from "./run.js";
import type { Subject } from "./trial.js";

// What a crash of the server would lose is not looked at here, and the time of an fsync is better spent on runs.
const url = `${postgresUrl}${postgresUrl?.includes("?") ? "&" : "?"}options=${encodeURIComponent("-c synchronous_commit=off")}`;

test.skipIf(postgresUrl === undefined)(
  "whatever is done to it, the store in PostgreSQL is what the model says",
  { timeout: modelTimeoutMs },
  async () => {
    const schema = `model_${randomBytes(6).toString("hex")}`;
    const open = () => createPostgresStore({ url, schema, poolSize: 4 });
    let subject: Subject = {
      store: await open(),
      async reopen(store) {
        await store.close();
        return open();
      },
    };
    try {
      await holdAgainstModel({
        passMs: ownPassMs,
        reopenings: 1,
        open: async () => subject,
        async close(left) {
          subject = left;
        },
      });
    } finally {
      await subject.store.close();
      await dropSchemas(url, [schema]);
    }
  },
);
