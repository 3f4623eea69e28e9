// Commits that each write a record and tell of it in two events, one after another by several writers at once.
// node tell.mjs FILE NAME WRITERS TIMES
import { createSqliteStore } from "../dist/index.js";

const [file = "", name = "", writers = "", times = ""] = process.argv.slice(2);
const store = await createSqliteStore({ file });

async function write(writer) {
  for (let time = 0; time < Number(times); time++) {
    const key = `told/${time % 3}`;
    await store.commit({
      tag: `${name}-${writer}-${time}`,
      at: Date.now(),
      reads: [],
      writes: [{ key, expect: "any", put: "{}" }],
      events: ["first", "second"].map((type) => ({ type, key, data: JSON.stringify({ name, writer, time }) })),
      by: null,
      cause: "test",
    });
  }
}

await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));
await store.close();
