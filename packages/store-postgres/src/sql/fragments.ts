/** The server's time in whole milliseconds, as it is when the expression is evaluated. */
export const nowSql: string = "floor(date_part('epoch', clock_timestamp()) * 1000)::bigint";

/**
 * How each function is made: its plans are kept for whatever arguments come, and go along indexes in their order, also
 * where they were made while the tables were empty. A plan that reads whole tables, or all of a range to sort it for
 * its first row, would stay until the next ANALYZE. And the names in it mean
 * PostgreSQL's own, whatever the session's search_path: in a schema on it, such as `public` before PostgreSQL 15, any
 * role could make a function that fits better and runs with the rights of the app's.
 */
export const settingsSql: string =
  "SET search_path = pg_catalog, pg_temp SET plan_cache_mode = force_generic_plan SET enable_seqscan = off " +
  "SET enable_bitmapscan = off";

/** The same where tables are joined. */
export const joinSettingsSql: string = `${settingsSql}
  SET enable_hashjoin = off SET enable_mergejoin = off SET jit = off`;

/** Whether a row of `head`, or none, is what a commit expects. `NULL` where it is not. `v_now` is the time. */
export function isMetSql(expect: string, tag: string, head: string): string {
  const alive = `(NOT ${head}.deleted AND (${head}.lapses_at IS NULL OR ${head}.lapses_at > v_now))`;
  return `CASE ${expect}
      WHEN 'any' THEN true
      WHEN 'absent' THEN ${head}.key IS NULL
      WHEN 'present' THEN ${alive}
      WHEN 'tag' THEN ${head}.tag = ${tag} AND ${alive}
      WHEN 'gone' THEN ${head}.tag = ${tag} AND ${head}.deleted
      WHEN 'lapsed' THEN ${head}.tag = ${tag} AND ${head}.lapses_at <= v_now
    END`;
}

/** The columns of an answer that tell of a row of `head`; `v_now` is the time. */
export function stateSql(head: string, body: string): string {
  return `${head}.key, ${head}.version, ${head}.revision, ${head}.tag, ${head}.deleted, ${head}.lapses_at <= v_now,
    ${head}.created_at, ${head}.modified_at, ${head}.lapses_at, ${head}.actor, ${head}.cause, ${body}`;
}

/**
 * Whether the session would take texts for those of another encoding, and store or send others than it was given. What
 * only reads sends the encoding with its last row: PL/pgSQL prepares each expression, and each cast, anew in each
 * transaction, which is most of what a check costs.
 */
const hasOtherEncoding = "current_setting('client_encoding') <> 'UTF8'";

/** Whether the statements of a function would all see what the first one saw, and so what was there before a wait. */
const hasOtherIsolation = "current_setting('transaction_isolation') <> 'read committed'";

const refuseSql: string = `IF ${hasOtherEncoding} THEN
      RAISE EXCEPTION 'unclash needs sessions whose client_encoding is UTF8' USING ERRCODE = '25001';
    END IF;
    IF ${hasOtherIsolation} THEN
      RAISE EXCEPTION 'unclash needs sessions whose transactions are "read committed"' USING ERRCODE = '25001';
    END IF;`;

/** Refuses sessions that have other settings than were met when the store was opened. */
export const sessionSql: string = `IF ${hasOtherEncoding} OR ${hasOtherIsolation} THEN
    ${refuseSql}
  END IF;`;

/**
 * The same, and as durable as `p_sync`, the setting that the store was opened with, whatever the session has been set
 * to since.
 */
const durableSessionSql: string = `IF ${hasOtherEncoding} OR ${hasOtherIsolation}
      OR current_setting('synchronous_commit') <> p_sync THEN
    ${refuseSql}
    IF array_position(ARRAY['off', 'local', 'remote_write', 'on', 'remote_apply'],
        current_setting('synchronous_commit'))
        < array_position(ARRAY['off', 'local', 'remote_write', 'on', 'remote_apply'], p_sync) THEN
      PERFORM set_config('synchronous_commit', p_sync, true);
    END IF;
  END IF;`;

/** Takes the locks that a commit needs, in the order of `p_locks`. The lowest bit tells which are for itself alone. */
export const lockSql: string = `${durableSessionSql}
  PERFORM set_config('lock_timeout', p_wait_ms::text, true);
  PERFORM CASE WHEN a.number & 1 = 1 THEN pg_advisory_xact_lock(a.number - 1)
    ELSE pg_advisory_xact_lock_shared(a.number) END
    FROM unnest(p_locks) AS a (number);`;
