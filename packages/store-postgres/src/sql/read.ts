import { joinSettingsSql, nowSql, stateSql } from "./fragments.js";
import { functionNames } from "./names.js";

/** The records under some keys, and the time: one view, that of the statement that calls it. */
export function readSql(s: string): string {
  return `
CREATE FUNCTION ${s}.${functionNames.read}(p_keys text[]) RETURNS SETOF ${s}.answer
LANGUAGE plpgsql STABLE ${joinSettingsSql} AS $function$
DECLARE
  v_now bigint := ${nowSql};
  o ${s}.answer;
BEGIN
  RETURN QUERY SELECT 'record', k.n::integer, ${stateSql("h", "CASE WHEN h.logged THEN l.body ELSE h.body END")}
    FROM unnest(p_keys) WITH ORDINALITY AS k (key, n)
    JOIN ${s}.head AS h ON h.key = k.key
    LEFT JOIN ${s}.log AS l ON h.logged AND l.id = h.id AND l.version = h.version;
  GET DIAGNOSTICS o.version = ROW_COUNT;
  o.kind := current_setting('client_encoding');
  o.created_at := v_now;
  RETURN NEXT o;
END
$function$;
`;
}
