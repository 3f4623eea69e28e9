import { Claims } from "./claims.js";
import { Cleaning } from "./clean.js";
import { Counter } from "./counter.js";
import type { SqliteDatabase } from "./driver.js";
import { Events } from "./events.js";
import { Heads } from "./head.js";
import { Ranges } from "./list.js";
import { Log } from "./log.js";
import { Transactions } from "./transaction.js";

/** A connection, with all its statements prepared. */
export interface Tables {
  readonly database: SqliteDatabase;
  readonly transactions: Transactions;
  readonly counter: Counter;
  readonly heads: Heads;
  readonly log: Log;
  readonly claims: Claims;
  readonly events: Events;
  readonly ranges: Ranges;
  readonly cleaning: Cleaning;
}

/** Prepares all statements. The file must have the newest schema. */
export function prepareTables(database: SqliteDatabase): Tables {
  const counter = new Counter(database);
  const heads = new Heads(database);
  return {
    database,
    transactions: new Transactions(database),
    counter,
    heads,
    log: new Log(database),
    claims: new Claims(database),
    events: new Events(database, counter),
    ranges: new Ranges(database, heads),
    cleaning: new Cleaning(database),
  };
}
