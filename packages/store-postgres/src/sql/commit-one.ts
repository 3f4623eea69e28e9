import { cleanAtSql, unmetSql } from "./commit.js";
import { lockSql, nowSql, settingsSql, stateSql } from "./fragments.js";
import { announceSql } from "./horizon.js";
import { functionNames } from "./names.js";

/**
 * The commonest commit: one text put over a tag, with at most one event, that relies on some keys, such as those of
 * locks. It takes scalars in place of arrays and runs half as many statements. It answers version, revision,
 * createdAt, modifiedAt and, if there is one, lapsesAt, with blanks between; or, as JSON, the rows of `commit_instead`.
 * One text costs server and client a good deal less than a row of many columns.
 */
export function commitOneSql(s: string, events: number): string {
  return `
CREATE FUNCTION ${s}.${functionNames.commitOne}(${parameters})
RETURNS text LANGUAGE plpgsql VOLATILE ${settingsSql} AS $function$
DECLARE
  v_now bigint;
  v_logged boolean := (p_keep_count = 0 AND p_keep_age_ms IS NULL) IS NOT TRUE;
  h ${s}.head;
BEGIN
  ${lockSql}
  v_now := ${nowSql};

  IF r_keys IS NULL OR NOT EXISTS (${unmetSql(s, "")}) THEN
    IF e_type IS NOT NULL THEN
      ${announceSql(s, events)}
    END IF;
    UPDATE ${s}.head AS c SET version = c.version + 1, revision = nextval('${s}.revisions'::regclass), tag = p_tag,
        modified_at = greatest(p_at, c.modified_at + 1), lapses_at = v_now + p_ttl_ms, actor = p_actor, cause = p_cause,
        keep_count = p_keep_count, keep_age_ms = p_keep_age_ms,
        clean_at = ${cleanAtSql("p_keep_count", "p_keep_age_ms", "v_logged", "c")},
        body = CASE WHEN v_logged THEN NULL ELSE p_text END
      WHERE c.key = p_key AND c.tag = p_expect AND NOT c.deleted AND (c.lapses_at IS NULL OR c.lapses_at > v_now)
        AND c.claims IS NOT DISTINCT FROM p_claims AND c.logged = v_logged
      RETURNING c.* INTO h;
    IF FOUND THEN
      IF v_logged THEN
        INSERT INTO ${s}.log
          (id, version, revision, tag, deleted, created_at, modified_at, lapses_at, actor, cause, body)
          VALUES (h.id, h.version, h.revision, p_tag, false, h.created_at, h.modified_at, h.lapses_at, p_actor, p_cause,
            p_text);
      END IF;
      IF e_type IS NOT NULL THEN
        INSERT INTO ${s}.event (revision, n, tag, at, type, key, version, data)
          VALUES (h.revision, 0, p_tag, p_at, e_type, e_key, e_version, e_data);
      END IF;
      RETURN h.version || ' ' || h.revision || ' ' || h.created_at || ' ' || h.modified_at
        || coalesce(' ' || h.lapses_at, '');
    END IF;
  END IF;

  RETURN (SELECT json_agg(json_build_array(a.kind, a.n::text, a.key, a.version::text, a.revision::text, a.tag,
      CASE a.deleted WHEN true THEN 't' WHEN false THEN 'f' END,
      CASE a.lapsed WHEN true THEN 't' WHEN false THEN 'f' END,
      a.created_at::text, a.modified_at::text, a.lapses_at::text, a.actor, a.cause, a.body))
    FROM ${s}.${functionNames.commitInstead}(${names}) AS a);
END
$function$;
`;
}

/**
 * What `commit_one` cannot carry out: where it clashes, it says so; new index values, and a change between keeping a
 * past and keeping none, it hands on to `commit`. All of it under the locks of `commit_one`.
 */
export function commitInsteadSql(s: string): string {
  const none = "ARRAY[]::text[]";
  return `
CREATE FUNCTION ${s}.${functionNames.commitInstead}(${parameters})
RETURNS SETOF ${s}.answer LANGUAGE plpgsql VOLATILE ${settingsSql} AS $function$
DECLARE
  v_now bigint := ${nowSql};
  v_clashes integer := 0;
  h ${s}.head;
  o ${s}.answer;
BEGIN
  IF r_keys IS NOT NULL THEN
    RETURN QUERY ${unmetSql(s, `'reading', r.n::integer, ${stateSql("c", "NULL::text")}`)};
    GET DIAGNOSTICS v_clashes = ROW_COUNT;
  END IF;

  SELECT * INTO h FROM ${s}.head AS c WHERE c.key = p_key;
  IF (h.tag = p_expect AND NOT h.deleted AND (h.lapses_at IS NULL OR h.lapses_at > v_now)) IS NOT TRUE THEN
    o := ROW('write', 1, ${stateSql("h", "NULL::text")})::${s}.answer;
    RETURN NEXT o;
    v_clashes := v_clashes + 1;
  END IF;
  IF v_clashes > 0 THEN
    o := NULL;
    o.kind := 'clash';
    o.n := v_clashes;
    RETURN NEXT o;
    RETURN;
  END IF;

  RETURN QUERY SELECT * FROM ${s}.${functionNames.commit}(
    ARRAY[]::bigint[], p_wait_ms, p_sync, p_tag, p_at, p_actor, p_cause, false,
    ${none}, ${none}, ${none},
    ARRAY[]::integer[], ${none}, ${none}, ARRAY[]::boolean[], ARRAY[]::integer[], ${none},
    ARRAY[p_key], ARRAY[h.depth], ARRAY['tag'], ARRAY[p_expect], ARRAY['put'], ARRAY[p_text], ARRAY[p_ttl_ms],
    ARRAY[p_keep_count], ARRAY[p_keep_age_ms], ARRAY[NULL]::bigint[], ARRAY[p_claims],
    u_names, u_values,
    CASE WHEN e_type IS NULL THEN ${none} ELSE ARRAY[e_type] END,
    CASE WHEN e_type IS NULL THEN ${none} ELSE ARRAY[e_key] END,
    CASE WHEN e_type IS NULL THEN ARRAY[]::bigint[] ELSE ARRAY[e_version] END,
    CASE WHEN e_type IS NULL THEN ${none} ELSE ARRAY[e_data] END);
END
$function$;
`;
}

const parameterList = [
  "p_locks bigint[]",
  "p_wait_ms integer",
  "p_sync text",
  "p_tag text",
  "p_at bigint",
  "p_actor text",
  "p_cause text",
  "p_key text",
  "p_expect text",
  "p_text text",
  "p_ttl_ms bigint",
  "p_keep_count bigint",
  "p_keep_age_ms bigint",
  "p_claims text",
  "r_keys text[]",
  "r_expects text[]",
  "r_tags text[]",
  "u_names text[]",
  "u_values text[]",
  "e_type text",
  "e_key text",
  "e_version bigint",
  "e_data text",
];
const parameters = parameterList.join(", ");
const names = parameterList.map((parameter) => parameter.split(" ", 1).join("")).join(", ");
