// Writers that each add 1 to counters, many times: read, commit, and from the beginning where it clashed.
// node increment.mjs FILE WRITERS TIMES
import { createSqliteStore } from "../dist/index.js";

const [file = "", writers = "", times = ""] = process.argv.slice(2);
const store = await createSqliteStore({ file });
let clashes = 0;

async function increment(key, tag) {
  for (;;) {
    const { now, records } = await store.read([key]);
    const [record] = records;
    const result = await store.commit({
      tag,
      at: Math.max(now, (record?.modifiedAt ?? 0) + 1),
      reads: [],
      writes: [
        {
          key,
          expect: record === undefined ? "absent" : { tag: record.tag },
          put: JSON.stringify((record === undefined ? 0 : JSON.parse(record.text)) + 1),
        },
      ],
      events: [],
      by: null,
      cause: "increment",
    });
    if (result.kind === "committed") return;
    clashes++;
  }
}

async function write(writer) {
  for (let time = 0; time < Number(times); time++) {
    await increment(`counter/${time % 2}`, `${process.pid}-${writer}-${time}`);
  }
}

await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));
await store.close();
process.stdout.write(JSON.stringify({ clashes }));
