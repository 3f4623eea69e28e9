// Writers that each write two records in one commit, again and again, and say so once it was acknowledged: a line with
// the commit's tag. They end when the process is killed.
// node write-until-killed.mjs FILE NAME WRITERS
import { writeSync } from "node:fs";
import { createSqliteStore } from "../dist/index.js";

const [file = "", name = "", writers = ""] = process.argv.slice(2);
const store = await createSqliteStore({ file });

async function write(writer) {
  for (let time = 0; ; time++) {
    const keys = [`left/${writer}`, `right/${writer}`];
    const { now, records } = await store.read(keys);
    const tag = `${name}-${writer}-${time}`;
    const result = await store.commit({
      tag,
      at: records.reduce((latest, record) => Math.max(latest, (record?.modifiedAt ?? 0) + 1), now),
      reads: [],
      writes: keys.map((key, at) => ({
        key,
        expect: records[at] === undefined ? "absent" : { tag: records[at].tag },
        put: JSON.stringify({ tag, padding: "x".repeat(500) }),
      })),
      events: keys.map((key) => ({ type: "resource.changed", key })),
      by: name,
      cause: "test",
    });
    if (result.kind === "committed") writeSync(1, `${tag}\n`);
  }
}

await Promise.all(Array.from({ length: Number(writers) }, (_, writer) => write(writer)));
