/**
 * The tables.
 *
 * - `head` has the current state of each key, without its text, so that an update rewrites few bytes, on the same page
 *   (`fillfactor`). The text stands in `log`. Where no past state is kept (`keep: "none"`: locks, idempotency records)
 *   `logged` is false, the text stands in `body`, and the log is not touched at all.
 * - `log` is the history of all keys: each text is written once. Only `clean`, a redaction and a renewal change what is
 *   in it.
 * - `event` is what others may follow, in the order of `revision` and `n`; how they do so without missing a late commit
 *   stands in horizon.ts.
 * - `removed` is the place of the newest event that was cleaned away.
 * - `claim` has the values of indexes. A head has its own as JSON too, so that an unchanged set costs nothing.
 * - `forgotten` names heads that are gone while their log still waits for `clean`.
 *
 * `depth` counts the slashes of the key: the keys of one depth that begin with a prefix are exactly its children, in a
 * row. `clean_at` is when `clean` should look at the key again, 0 as soon as it can. Texts are `text`, not `jsonb`,
 * which reorders members and refuses `\u0000`; keys and values compare as bytes (`COLLATE "C"`).
 *
 * The sequence of revisions has given out its 0 already, so that its `last_value` always is one that was given out.
 */
export function tablesSql(s: string): string {
  return `
CREATE SEQUENCE ${s}.revisions MINVALUE 0 START WITH 0;
SELECT nextval('${s}.revisions');
CREATE SEQUENCE ${s}.ids;

CREATE TABLE ${s}.head (
  key text COLLATE "C" PRIMARY KEY,
  id bigint NOT NULL,
  depth integer NOT NULL,
  version bigint NOT NULL,
  revision bigint NOT NULL,
  tag text COLLATE "C" NOT NULL,
  deleted boolean NOT NULL,
  logged boolean NOT NULL,
  created_at bigint NOT NULL,
  modified_at bigint NOT NULL,
  lapses_at bigint,
  actor text COLLATE "C",
  cause text COLLATE "C" NOT NULL,
  keep_count bigint,
  keep_age_ms bigint,
  clean_at bigint,
  claims text COLLATE "C",
  body text COLLATE "C"
) WITH (fillfactor = 70);
CREATE INDEX head_living ON ${s}.head (depth, key) WHERE NOT deleted;
CREATE INDEX head_lapsing ON ${s}.head (lapses_at, key) WHERE lapses_at IS NOT NULL;
CREATE INDEX head_cleaning ON ${s}.head (clean_at) WHERE clean_at IS NOT NULL;

CREATE TABLE ${s}.log (
  id bigint NOT NULL,
  version bigint NOT NULL,
  revision bigint NOT NULL,
  tag text COLLATE "C" NOT NULL,
  deleted boolean NOT NULL,
  created_at bigint NOT NULL,
  modified_at bigint NOT NULL,
  lapses_at bigint,
  actor text COLLATE "C",
  cause text COLLATE "C" NOT NULL,
  body text COLLATE "C",
  PRIMARY KEY (id, version)
);

CREATE TABLE ${s}.event (
  revision bigint NOT NULL,
  n integer NOT NULL,
  tag text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  type text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  version bigint,
  data text COLLATE "C",
  PRIMARY KEY (revision, n)
);

CREATE TABLE ${s}.removed (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  revision bigint NOT NULL,
  n integer NOT NULL,
  tag text COLLATE "C" NOT NULL
);
INSERT INTO ${s}.removed (revision, n, tag) VALUES (0, 0, '');

CREATE TABLE ${s}.claim (
  name text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  PRIMARY KEY (name, value, key)
);

CREATE TABLE ${s}.forgotten (id bigint PRIMARY KEY);

CREATE TYPE ${s}.answer AS (
  kind text,
  n integer,
  key text,
  version bigint,
  revision bigint,
  tag text,
  deleted boolean,
  lapsed boolean,
  created_at bigint,
  modified_at bigint,
  lapses_at bigint,
  actor text,
  cause text,
  body text
);
`;
}
