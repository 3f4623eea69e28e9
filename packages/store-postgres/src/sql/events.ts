import { joinSettingsSql, sessionSql } from "./fragments.js";
import { horizonSql } from "./horizon.js";
import { functionNames } from "./names.js";

/**
 * The next events behind a place, or, where that is none of this log, or events behind it were cleaned away, one row
 * `reset`: the place of the newest event that can be seen. `p_tag` is `NULL` for `start`, and `p_revision` for `now`.
 *
 * Whether the place is known is asked in the statement that gives the events: asked before, a step of cleaning could
 * come in between, and its events would be missing silently.
 */
export function eventsSql(s: string, events: number): string {
  const isKnown = `EXISTS (
      SELECT FROM ${s}.event AS k WHERE k.revision = p_revision AND k.n = p_n AND left(k.tag, 16) = p_tag
      UNION ALL
      SELECT FROM ${s}.removed AS k WHERE k.one AND k.revision = p_revision AND k.n = p_n AND left(k.tag, 16) = p_tag
    )`;
  return `
CREATE FUNCTION ${s}.${functionNames.events}(p_revision bigint, p_n integer, p_tag text, p_limit integer)
RETURNS TABLE (kind text, o_revision bigint, o_n integer, o_tag text, o_at bigint, o_type text, o_key text,
  o_version bigint, o_data text)
LANGUAGE plpgsql VOLATILE ${joinSettingsSql} AS $function$
DECLARE
  v_last bigint;
  v_horizon bigint;
BEGIN
  ${sessionSql}
  ${horizonSql(s, events)}

  IF p_revision IS NOT NULL THEN
    RETURN QUERY SELECT 'event', e.revision, e.n, e.tag, e.at, e.type, e.key, e.version, e.data
      FROM ${s}.event AS e
      WHERE (e.revision, e.n) > (p_revision, p_n) AND e.revision <= v_horizon AND (p_tag IS NULL OR ${isKnown})
      ORDER BY e.revision, e.n LIMIT p_limit;
    IF FOUND OR p_tag IS NULL OR ${isKnown} THEN
      RETURN;
    END IF;
  END IF;

  RETURN QUERY SELECT 'reset', p.revision, p.n, p.tag, NULL::bigint, NULL::text, NULL::text, NULL::bigint, NULL::text
    FROM (
      (SELECT e.revision, e.n, e.tag FROM ${s}.event AS e WHERE e.revision <= v_horizon
        ORDER BY e.revision DESC, e.n DESC LIMIT 1)
      UNION ALL
      SELECT m.revision, m.n, m.tag FROM ${s}.removed AS m WHERE m.one
    ) AS p ORDER BY p.revision DESC, p.n DESC LIMIT 1;
END
$function$;
`;
}
