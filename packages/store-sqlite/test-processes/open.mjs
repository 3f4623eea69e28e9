// Opens a file that may not be there yet, writes one record and closes.
// node open.mjs FILE KEY
import { createSqliteStore } from "../dist/index.js";

const [file = "", key = ""] = process.argv.slice(2);
const store = await createSqliteStore({ file });
const result = await store.commit({
  tag: key.replaceAll("/", "-"),
  at: Date.now(),
  reads: [],
  writes: [{ key, expect: "absent", put: "{}" }],
  events: [],
  by: null,
  cause: "test",
});
await store.close();
process.stdout.write(result.kind);
