/**
 * Up to which revision all events can be seen. Revisions are taken in one order and become visible in another, so that
 * who reads up to the newest visible one would miss a commit that took an earlier one and ended later.
 *
 * Before a commit with events takes its revision, it locks the number of the last one that was taken (`announceSql`),
 * together with others, until it ends. Who reads (`horizonSql`) looks at the last revision taken, L, then at the lowest
 * number locked, M; then, by a later snapshot, at the events up to the smaller of both. None of these can come later: a
 * commit with such a revision r ≤ L took it before L was looked at, and its lock before that. Were the lock still held
 * when M was looked at, its number, which is smaller than r, would make M < r. So the commit had ended by then, and the
 * snapshot shows it, or it never will be there. No other transaction, however long, delays anybody.
 *
 * The locks have two arguments: one for the schema, and the lower 31 bits of the number, since a commit never lasts for
 * 2^30 others. PostgreSQL ends a transaction before it drops its locks, and shows all locks as of one moment.
 */
export function announceSql(s: string, events: number): string {
  return `PERFORM pg_advisory_xact_lock_shared(${events}, (${lastRevisionSql(s)} & 2147483647)::integer);`;
}

/** Puts it into `v_horizon`. Needs `v_last bigint` as well. What is read after it is read in a statement of its own. */
export function horizonSql(s: string, events: number): string {
  return `v_last := ${lastRevisionSql(s)};
  SELECT v_last - coalesce(max(l.behind), 0) INTO v_horizon
    FROM (
      SELECT (v_last - objid::bigint) & 2147483647 AS behind
      FROM pg_catalog.pg_locks
      WHERE locktype = 'advisory' AND classid = ${events} AND objsubid = 2
        AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
    ) AS l
    WHERE l.behind < 1073741824;`;
}

/** The last revision that was taken. A function, since a sequence can't be read by an index (see `settingsSql`). */
export function lastRevisionSql(s: string): string {
  return `pg_sequence_last_value('${s}.revisions'::regclass)`;
}
