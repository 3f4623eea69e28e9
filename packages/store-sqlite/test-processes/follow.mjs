// Follows from the start until so many events came, and prints their cursors. Without a number of events it only
// watches: that keeps no process alive.
// node follow.mjs FILE [EVENTS]
import { createSqliteStore } from "../dist/index.js";

const [file = "", count] = process.argv.slice(2);
const store = await createSqliteStore({ file });
store.watch(() => {});

const cursors = [];
if (count !== undefined) {
  for await (const event of store.follow("start", new AbortController().signal)) {
    cursors.push(event.cursor);
    if (cursors.length === Number(count)) break;
  }
}
process.stdout.write(JSON.stringify(cursors));
