import type { LockNumbers } from "../locks.js";
import { nowSql, sessionSql, settingsSql } from "./fragments.js";
import { horizonSql } from "./horizon.js";
import { functionNames } from "./names.js";

/** The keys that have something to clean, those that were due first come first. */
export function dueSql(s: string): string {
  return `
CREATE FUNCTION ${s}.${functionNames.due}(p_limit integer)
RETURNS SETOF text LANGUAGE plpgsql STABLE ${settingsSql} AS $function$
BEGIN
  RETURN QUERY SELECT c.key FROM ${s}.head AS c WHERE c.clean_at <= ${nowSql} ORDER BY c.clean_at LIMIT p_limit;
END
$function$;
`;
}

/**
 * One step of cleaning. `p_keys` are some that were due a moment ago, with their locks: none is waited for, so that a
 * commit's key is left for a later step; and since the step doesn't wait for the disk either, a commit that meets it
 * waits for some milliseconds at most. Should the machine lose it, it is done again.
 *
 * The answer is how many rows were removed, and whether there are more.
 */
export function cleanSql(s: string, { store, cleaning, events }: LockNumbers): string {
  return `
CREATE FUNCTION ${s}.${functionNames.clean}(
  p_keys text[], p_locks bigint[], p_budget integer, p_event_age_ms bigint, p_step_ms integer,
  OUT removed integer, OUT more boolean
) LANGUAGE plpgsql VOLATILE ${settingsSql} AS $function$
DECLARE
  v_now bigint := ${nowSql};
  v_ends_at bigint;
  v_last bigint;
  v_horizon bigint;
  v_found integer;
  v_old ${s}.removed;
  v_id bigint;
  h ${s}.head;
BEGIN
  ${sessionSql}
  removed := 0;
  more := false;
  IF NOT pg_try_advisory_xact_lock(${cleaning}) OR NOT pg_try_advisory_xact_lock_shared(${store}) THEN
    RETURN;
  END IF;
  PERFORM set_config('synchronous_commit', 'off', true);
  ${horizonSql(s, events)}

  SELECT * INTO v_old FROM ${s}.removed AS c WHERE c.one;
  WITH old AS (
    SELECT e.revision, e.n, e.tag, bool_and(e.at < v_now - p_event_age_ms) OVER (ORDER BY e.revision, e.n) AS is_old
    FROM (
      SELECT * FROM ${s}.event AS c
      WHERE (c.revision, c.n) > (v_old.revision, v_old.n) AND c.revision <= v_horizon
      ORDER BY c.revision, c.n LIMIT p_budget
    ) AS e
  ), gone AS (
    DELETE FROM ${s}.event AS c USING old WHERE old.is_old AND c.revision = old.revision AND c.n = old.n
    RETURNING c.revision, c.n, c.tag
  ), noted AS (
    UPDATE ${s}.removed AS c SET revision = newest.revision, n = newest.n, tag = newest.tag
    FROM (SELECT * FROM gone ORDER BY gone.revision DESC, gone.n DESC LIMIT 1) AS newest WHERE c.one
  )
  SELECT count(*) INTO removed FROM gone;

  v_ends_at := ${nowSql} + p_step_ms;
  FOR i IN 1 .. cardinality(p_keys) LOOP
    EXIT WHEN removed >= p_budget OR i > 1 AND ${nowSql} >= v_ends_at;
    CONTINUE WHEN NOT pg_try_advisory_xact_lock(p_locks[i]);
    SELECT * INTO h FROM ${s}.head AS c WHERE c.key = p_keys[i] AND c.clean_at <= v_now;
    CONTINUE WHEN NOT FOUND;
    ${dropPastSql(s)}
    removed := removed + v_found;
  END LOOP;

  WHILE removed < p_budget AND (removed = 0 OR ${nowSql} < v_ends_at) LOOP
    SELECT c.id INTO v_id FROM ${s}.forgotten AS c ORDER BY c.id LIMIT 1;
    EXIT WHEN NOT FOUND;
    DELETE FROM ${s}.log AS c WHERE c.id = v_id AND c.version IN (
      SELECT d.version FROM ${s}.log AS d WHERE d.id = v_id ORDER BY d.version LIMIT least(p_budget - removed, 100)
    );
    GET DIAGNOSTICS v_found = ROW_COUNT;
    IF v_found < least(p_budget - removed, 100) THEN
      DELETE FROM ${s}.forgotten AS c WHERE c.id = v_id;
    END IF;
    removed := removed + v_found;
  END LOOP;

  SELECT * INTO v_old FROM ${s}.removed AS c WHERE c.one;
  more := coalesce((
      SELECT c.at < v_now - p_event_age_ms FROM ${s}.event AS c
      WHERE (c.revision, c.n) > (v_old.revision, v_old.n) AND c.revision <= v_horizon
      ORDER BY c.revision, c.n LIMIT 1), false)
    OR EXISTS (SELECT FROM ${s}.head AS c WHERE c.clean_at <= v_now)
    OR EXISTS (SELECT FROM ${s}.forgotten AS c ORDER BY c.id LIMIT 1);
END
$function$;
`;
}

// The past states of `h` beyond its retention, the oldest first. A state was current until the next one was written.
function dropPastSql(s: string): string {
  return `v_found := 0;
    h.clean_at := NULL;
    IF h.keep_count IS NOT NULL THEN
      WITH past AS (
        SELECT c.version, c.modified_at FROM ${s}.log AS c WHERE c.id = h.id AND c.version < h.version
          ORDER BY c.version LIMIT least(p_budget - removed, 100) + 1
      ), beyond AS (
        SELECT c.version FROM ${s}.log AS c WHERE c.id = h.id AND c.version < h.version
          ORDER BY c.version DESC OFFSET h.keep_count LIMIT 1
      ), ended AS (
        SELECT past.version, row_number() OVER (ORDER BY past.version) AS place,
          coalesce(lead(past.modified_at) OVER (ORDER BY past.version), h.modified_at)
            + coalesce(h.keep_age_ms, 0) AS at
        FROM past
      ), due AS (
        SELECT * FROM ended WHERE ended.version <= (SELECT beyond.version FROM beyond)
      ), gone AS (
        DELETE FROM ${s}.log AS c USING due
          WHERE c.id = h.id AND c.version = due.version AND due.place <= least(p_budget - removed, 100)
            AND (h.keep_age_ms IS NULL OR due.at <= v_now)
          RETURNING 1
      )
      SELECT (SELECT count(*) FROM gone),
        (SELECT CASE WHEN due.place > least(p_budget - removed, 100) THEN 0 ELSE due.at END FROM due
          WHERE due.place > least(p_budget - removed, 100) OR h.keep_age_ms IS NOT NULL AND due.at > v_now
          ORDER BY due.place LIMIT 1)
        INTO v_found, h.clean_at;
    END IF;
    UPDATE ${s}.head AS c SET clean_at = h.clean_at WHERE c.key = h.key;`;
}
