// Opens an SQLite file where `@photostructure/sqlite` is not installed: Node 20 has no SQLite of its own, later
// releases do without.
const { existsSync } = require("node:fs");
const { createSqliteStore } = require("@unclash/sqlite");

const isNeeded = process.version.startsWith("v20.");

createSqliteStore({ file: `new-${process.pid}/app.db` })
  .then(
    (store) => store.close().then(() => !isNeeded),
    ({ code, message }) => {
      const isNamed = code === "ERR_UNCLASH_CONFIGURATION" && message.includes("`npm install @photostructure/sqlite`");
      return isNeeded && isNamed && !existsSync(`new-${process.pid}`);
    },
  )
  .then((isRight) => {
    if (!isRight) throw new Error(`SQLite without its package is not as the README says on Node ${process.version}.`);
  });
