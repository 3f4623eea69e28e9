// Patterns of "file: name of the test", for each promise, fault and row of hostile input. See promise-tests.mjs.

/** Cases of the store suite, wherever it runs. */
const store = (name) => new RegExp(`store-(memory|sqlite|postgres|redis)/.*: .*${name}`);
const system = (folder, name = "") => new RegExp(`^tests/system/src/${folder}.*: .*${name}`);

export const promises = [
  {
    id: "P1",
    what: "no lost update",
    shown: [
      store("50 increments at once"),
      system("black-box/black-box", "lose nothing"),
      system("model/(memory|sqlite|postgres|redis)"),
      system("races/races"),
      system("customers/customers", "lose no update"),
      /clients that read, change and write at the same time lose no update/,
      /a write in an earlier API version is answered in it, and keeps what that does not show/,
      system("api-versions/races", "loses what it does not see"),
      system("collaboration/collaboration", "every edit in it"),
      system("contention/merging", "lose no edit"),
    ],
  },
  {
    id: "P2",
    what: "an accepted conditional write replaced the version that it named; no two share a base",
    shown: [
      store("of 50 commits over the same tag at once, one wins"),
      /of 8 writes of one state exactly one is acknowledged/,
      system("black-box/black-box", "lose nothing"),
      system("races/races"),
      system("api-versions/races", "meet the same conflicts"),
    ],
  },
  {
    id: "P3",
    what: "refused means no effect",
    shown: [
      store("a commit that clashes leaves no event"),
      store("a commit whose (last|first) expectation fails"),
      system("black-box/black-box", "lose nothing"),
      system("races/races"),
    ],
  },
  {
    id: "P4",
    what: "reads and writes of one resource are linearizable",
    shown: [
      store("what was committed is in every read that begins afterwards"),
      store("a read and a list never show half of a commit"),
      system("black-box/black-box", "lose nothing"),
      system("races/races"),
    ],
  },
  {
    id: "P5",
    what: "versions grow by 1, past deletions too",
    shown: [store("versions count the puts and deletions of a key"), system("black-box/black-box", "lose nothing")],
  },
  {
    id: "P6",
    what: "one entity-tag never names two contents",
    shown: [
      store("every record of a commit has the commit's tag"),
      system("black-box/black-box", "lose nothing"),
      system("faults/failover"),
    ],
  },
  {
    id: "P7",
    what: "transactions are all or nothing",
    shown: [
      store("transfers between accounts at once"),
      store("a commit whose last expectation fails leaves all keys"),
    ],
  },
  { id: "P8", what: "a write under a lock needs the current lock", later: "locks" },
  { id: "P9", what: "a lock's queue is first come, first served", later: "locks" },
  { id: "P10", what: "a limiter's bounds", later: "rate limits" },
  {
    id: "P11",
    what: "events: at least once, in the order of versions, none for a refused write",
    shown: [
      store("of 200 commits at once, every follower is given each event once"),
      store("events come in the order of the commits"),
      system("races/races"),
      system("model/(memory|sqlite|postgres|redis)"),
      system("notifications/streams", "tell each version once"),
      system("webhooks/deliverers"),
      /engine\/src\/notifications\/webhooks\/delivery-checker/,
    ],
  },
  {
    id: "P12",
    what: "one Idempotency-Key: one effect, one answer",
    shown: [
      system("idempotency/idempotency", "have one effect and one answer a key"),
      /of 8 requests with one key at the same time exactly one runs/,
      /engine\/src\/idempotency\/keyed-races/,
    ],
  },
  {
    id: "P13",
    what: "history is append-only within its retention",
    shown: [
      store("a history has every state as it was committed"),
      store("a past state is not changed by what comes later"),
      system("histories/histories", "read back as it was served"),
      system("model/(memory|sqlite|postgres|redis)"),
    ],
  },
  {
    id: "P14",
    what: "no hostile request yields 5xx or a hang",
    shown: [
      /^packages\/(express|koa|fastify|node)\/.*\brow \d+/,
      /engine\/src\/pipeline\/hostile/,
      /core\/src\/.*(10,000|linear|hostile)/,
    ],
  },
];

export const faults = [
  {
    id: "kill",
    what: "kill -9 of the app",
    shown: [
      system("faults/app-faults", "kill -9"),
      system("customers/customers", "killed"),
      system("api-versions/rolling", "loses nothing"),
      system("idempotency/idempotency", "one effect"),
      /store-sqlite\/src\/processes/,
    ],
  },
  {
    id: "sleep",
    what: "the app sleeps past its lease (SIGSTOP)",
    shown: [system("faults/app-faults", "sleeps in the middle"), system("faults/app-faults", "slept between")],
  },
  {
    id: "crash",
    what: "the store's server crashes",
    shown: [system("faults/server-faults", "crashes under load")],
  },
  { id: "fsync", what: "fsync is really asked for", shown: [system("faults/disk-faults", "was put on the disk")] },
  {
    id: "network",
    what: "answers lost, requests lost, sent twice, half-open, delayed",
    shown: [system("faults/network-faults", "bad network"), system("idempotency/idempotency", "one effect")],
  },
  { id: "away", what: "the store is unreachable", shown: [system("faults/server-faults", "answers 503 while")] },
  { id: "slow", what: "the store is slow", shown: [system("faults/server-faults", "serves, however slowly")] },
  {
    id: "half-open",
    what: "a connection that swallows everything",
    shown: [system("faults/network-faults", "swallows everything")],
  },
  {
    id: "deadlock",
    what: "transactions whose keys come in crossed order",
    shown: [/store-postgres\/src\/races/, store("name the same keys in opposite orders")],
  },
  { id: "disk", what: "the disk is full", shown: [system("faults/disk-faults", "answers 503 to writes")] },
  { id: "clock", what: "the wall clock steps", shown: [system("faults/clock-faults")] },
  { id: "failover", what: "Redis fails over to a replica that lags", shown: [system("faults/failover")] },
  {
    id: "receiver",
    what: "a webhook's receiver fails",
    shown: [/engine\/src\/notifications\/webhooks\/deliver/, system("webhooks/deliverers")],
  },
  {
    id: "reader",
    what: "a stream's client never reads",
    shown: [/engine\/src\/notifications\/event-stream/, /\bnever reads\b/],
  },
];

/** Rows that no test can be named for yet. */
const later = [
  [39, 43, "locks"],
  [45, 46, "transactions"],
  [50, 55, "rate limits"],
];

const newest = 74;

/** "row 12", "rows 9 and 10", "rows 11 to 13", "rows 1, 2 and 5": whether a name has this number. */
function hasRow(number) {
  return {
    test(text) {
      for (const [, list] of text.matchAll(/\brows? ((?:\d+(?:, | and | to )?)+)/g)) {
        for (const [, from, to = from] of list.matchAll(/(\d+)(?: to (\d+))?/g)) {
          if (Number(from) <= number && number <= Number(to)) return true;
        }
      }
      return false;
    },
  };
}

export const hostileRows = Array.from({ length: newest }, (_, index) => index + 1).flatMap((number) => {
  const gap = later.find(([from, to]) => from <= number && number <= to);
  if (gap === undefined) return [{ id: String(number), what: "", shown: [hasRow(number)] }];
  if (number !== gap[0]) return [];
  return [{ id: gap[0] === gap[1] ? String(gap[0]) : `${gap[0]}–${gap[1]}`, what: "", later: gap[2] }];
});
