/** Stands in the header of each file of ours (`PRAGMA application_id`): "uncl" in ASCII. */
export const applicationId = 0x756e636c;

/**
 * What brings a file from one version of the schema (`PRAGMA user_version`) to the next. Never edit one that was
 * released: add another.
 *
 * - `head` has the current state of each key, without its text, so that an update rewrites few bytes and lists stay
 *   dense. The text stands in `log`, at `position`. Where no past state is kept (`keep: "none"`: locks, idempotency
 *   records) there is nothing for the log to keep, and the text stands in `body`; the log is not touched at all.
 * - `log` is the history of all keys, in the order of their commits, and only appended to. Only `clean`, a redaction
 *   and a renewal change what is in it.
 * - `event` is what others may follow, in the order of `position`. Positions are taken inside the write lock, so one
 *   that is visible is never followed by a smaller one. `tag` is that of its commit: a file that was taken back, from a
 *   backup, gives the same positions to other events. A table of its own, and not a column of `log`, since events go
 *   after a day where most histories stay; as a column it was measured to be as fast.
 * - `claim` has the values of indexes. A head has its own as JSON too, so that an unchanged set costs nothing.
 * - `counter` gives ids, positions and revisions. Nothing else could: what was deleted last must not be counted again.
 *   It also has the place of the newest event that was removed; before the first one, a tag that no other file has.
 * - `forgotten` names heads that are gone while their log still waits for `clean`.
 *
 * `depth` counts the slashes of the key: the keys of one depth that begin with a prefix are exactly its children, in a
 * row. `cleanAt` is when `clean` should look at the key again, 0 as soon as it can.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE counter (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    last INTEGER NOT NULL,
    eventsRemoved INTEGER NOT NULL
  ) STRICT;
  INSERT INTO counter (id, last, eventsRemoved) VALUES (1, 0, 0);

  CREATE TABLE head (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    depth INTEGER NOT NULL,
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER,
    tag TEXT NOT NULL,
    deleted INTEGER NOT NULL,
    createdAt INTEGER NOT NULL,
    modifiedAt INTEGER NOT NULL,
    lapsesAt INTEGER,
    actor TEXT,
    cause TEXT NOT NULL,
    keepCount INTEGER,
    keepAgeMs INTEGER,
    cleanAt INTEGER,
    claims TEXT,
    body TEXT
  ) STRICT;
  CREATE INDEX headLiving ON head (depth, key) WHERE deleted = 0;
  CREATE INDEX headLapsing ON head (lapsesAt, key) WHERE lapsesAt IS NOT NULL;
  CREATE INDEX headCleaning ON head (cleanAt) WHERE cleanAt IS NOT NULL;

  CREATE TABLE log (
    position INTEGER PRIMARY KEY,
    id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    tag TEXT NOT NULL,
    deleted INTEGER NOT NULL,
    createdAt INTEGER NOT NULL,
    modifiedAt INTEGER NOT NULL,
    lapsesAt INTEGER,
    actor TEXT,
    cause TEXT NOT NULL,
    text TEXT
  ) STRICT;
  CREATE UNIQUE INDEX logVersion ON log (id, version);

  CREATE TABLE event (
    position INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER,
    data TEXT
  ) STRICT;

  CREATE TABLE claim (
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    key TEXT NOT NULL,
    id INTEGER NOT NULL,
    sole INTEGER NOT NULL,
    PRIMARY KEY (name, value, key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE forgotten (id INTEGER PRIMARY KEY) STRICT;
  `,
  // Events from before get the tag of the state that they tell of, where that is still there. Nobody has followed one
  // yet, so that for the others any will do.
  `
  ALTER TABLE event ADD COLUMN tag TEXT NOT NULL DEFAULT '';
  UPDATE event SET tag = coalesce(
    (SELECT log.tag FROM head JOIN log ON log.id = head.id AND log.version = event.version
      WHERE head.key = event.key AND log.revision = event.revision),
    (SELECT head.tag FROM head WHERE head.key = event.key AND head.revision = event.revision),
    lower(hex(randomblob(8)))
  );
  ALTER TABLE counter ADD COLUMN eventsRemovedTag TEXT NOT NULL DEFAULT '';
  UPDATE counter SET eventsRemovedTag = lower(hex(randomblob(8)));
  `,
];
