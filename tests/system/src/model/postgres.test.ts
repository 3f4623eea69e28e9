import { randomBytes } from "node:crypto";
import { createPostgresStore } from "@unclash/postgres";
import { postgresUrl } from "@unclash/test-servers";
import { test } from "vitest";
import { dropSchemas } from "../leftovers.js";
import { holdAgainstModel, modelRuns, modelTimeoutMs } from "./run.js";
import { serverPlace } from "./server-place.js";

// What a crash of the server would lose is not looked at here, and the time of an fsync is better spent on runs.
const options = `options=${encodeURIComponent("-c synchronous_commit=off")}`;
const url = `${postgresUrl}${postgresUrl?.includes("?") ? "&" : "?"}${options}`;

test.skipIf(postgresUrl === undefined)(
  "whatever is done to it, the store in PostgreSQL is what the model says",
  { timeout: modelTimeoutMs },
  async () => {
    const schemas = [1, 2, 3, 4].map(() => `model_${randomBytes(6).toString("hex")}`);
    const places = await Promise.all(
      schemas.map((schema) => serverPlace(() => createPostgresStore({ url, schema, poolSize: 4 }), 1)),
    );
    try {
      await holdAgainstModel(places, modelRuns.server);
    } finally {
      await Promise.all(places.map((place) => place.end()));
      await dropSchemas(url, schemas);
    }
  },
);
