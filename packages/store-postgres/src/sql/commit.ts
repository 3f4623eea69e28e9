import { isMetSql, lockSql, nowSql, settingsSql, stateSql } from "./fragments.js";
import { announceSql } from "./horizon.js";
import { functionNames } from "./names.js";

/**
 * Any commit, in one call. Its answer has a row for each clash, or else one for each write, and a last row `clash` or
 * `committed` that has their number.
 *
 * The locks are taken by statements that read nothing: a statement sees the tables as they were when it began, so that
 * one that waited for a lock and then read would read what was there before its wait.
 */
export function commitSql(s: string, events: number): string {
  return `
CREATE FUNCTION ${s}.${functionNames.commit}(
  p_locks bigint[], p_wait_ms integer, p_sync text, p_tag text, p_at bigint, p_actor text, p_cause text,
  p_refused boolean,
  r_keys text[], r_expects text[], r_tags text[],
  g_depths integer[], g_afters text[], g_ends text[], g_descending boolean[], g_limits integer[], g_seen text[],
  w_keys text[], w_depths integer[], w_expects text[], w_tags text[], w_actions text[], w_texts text[], w_ms bigint[],
  w_keep_counts bigint[], w_keep_ages bigint[], w_versions bigint[], w_claims text[],
  u_names text[], u_values text[],
  e_types text[], e_keys text[], e_versions bigint[], e_data text[]
) RETURNS SETOF ${s}.answer LANGUAGE plpgsql VOLATILE ${settingsSql} AS $function$
DECLARE
  v_now bigint;
  v_clashes integer := 0;
  v_revision bigint;
  v_count integer := cardinality(w_keys);
  v_seen text;
  v_key text;
  v_claim json;
  v_logged boolean;
  h ${s}.head;
  n ${s}.head;
  v_state ${s}.log;
  o ${s}.answer;
BEGIN
  ${lockSql}
  v_now := ${nowSql};
  IF NOT current_setting('array_nulls')::boolean THEN
    RAISE EXCEPTION 'unclash needs sessions whose array_nulls is on' USING ERRCODE = '25001';
  END IF;

  IF cardinality(r_keys) > 0 THEN
    RETURN QUERY ${unmetSql(s, `'reading', r.n::integer, ${stateSql("c", "NULL::text")}`)};
    GET DIAGNOSTICS v_clashes = ROW_COUNT;
  END IF;

  FOR i IN 1 .. cardinality(g_seen) LOOP
    IF g_descending[i] THEN
      ${seenSql(s, " DESC")}
    ELSE
      ${seenSql(s, "")}
    END IF;
    IF v_seen <> g_seen[i] THEN
      o.kind := 'range';
      o.n := i;
      RETURN NEXT o;
      v_clashes := v_clashes + 1;
    END IF;
  END LOOP;

  FOR i IN 1 .. v_count LOOP
    SELECT * INTO h FROM ${s}.head AS c WHERE c.key = w_keys[i];
    o := NULL;
    IF (${isMetSql("w_expects[i]", "w_tags[i]", "h")}) IS NOT TRUE
      OR w_actions[i] = 'extend' AND h.deleted IS NOT FALSE THEN
      o.kind := 'write';
    ELSIF w_actions[i] = 'redact' AND (
      h.version = w_versions[i] AND NOT h.deleted
      OR EXISTS (SELECT FROM ${s}.log AS c WHERE c.id = h.id AND c.version = w_versions[i] AND NOT c.deleted)
    ) IS NOT TRUE THEN
      o.kind := 'version';
    END IF;
    IF o.kind IS NOT NULL THEN
      o := ROW(o.kind, i, ${stateSql("h", "NULL::text")})::${s}.answer;
      RETURN NEXT o;
      v_clashes := v_clashes + 1;
    END IF;
  END LOOP;

  FOR i IN 1 .. cardinality(u_names) LOOP
    SELECT c.key INTO v_key FROM ${s}.claim AS c
      WHERE c.name = u_names[i] AND c.value = u_values[i] AND NOT EXISTS (
        SELECT FROM unnest(w_keys, w_actions) AS w (key, action)
        WHERE w.key = c.key AND w.action IN ('put', 'bury', 'forget')
      )
      ORDER BY c.key LIMIT 1;
    IF FOUND THEN
      o := NULL;
      o.kind := 'value';
      o.n := i;
      o.key := v_key;
      RETURN NEXT o;
      v_clashes := v_clashes + 1;
    END IF;
  END LOOP;

  IF p_refused OR v_clashes > 0 OR v_count = 0 AND cardinality(e_types) = 0 THEN
    o := NULL;
    o.kind := CASE WHEN p_refused OR v_clashes > 0 THEN 'clash' ELSE 'committed' END;
    o.n := v_clashes;
    RETURN NEXT o;
    RETURN;
  END IF;

  IF cardinality(e_types) > 0 THEN
    ${announceSql(s, events)}
  END IF;
  v_revision := nextval('${s}.revisions'::regclass);
  IF cardinality(e_types) > 0 THEN
    INSERT INTO ${s}.event (revision, n, tag, at, type, key, version, data)
      SELECT v_revision, e.n - 1, p_tag, p_at, e.type, e.key, e.version, e.data
      FROM unnest(e_types, e_keys, e_versions, e_data) WITH ORDINALITY AS e (type, key, version, data, n);
  END IF;

  FOR i IN 1 .. v_count LOOP
    SELECT * INTO h FROM ${s}.head AS c WHERE c.key = w_keys[i];
    o := NULL;
    o.n := i;
    o.kind := 'written';

    IF w_actions[i] = 'put' OR w_actions[i] = 'bury' AND h.key IS NOT NULL THEN
      n := h;
      IF w_actions[i] = 'put' THEN
        n.keep_count := w_keep_counts[i];
        n.keep_age_ms := w_keep_ages[i];
        n.claims := w_claims[i];
        n.lapses_at := v_now + w_ms[i];
        n.deleted := false;
        IF h.deleted IS NOT FALSE THEN
          n.created_at := p_at;
        END IF;
      ELSE
        n.claims := NULL;
        n.lapses_at := NULL;
        n.deleted := true;
      END IF;
      n.logged := (n.keep_count = 0 AND n.keep_age_ms IS NULL) IS NOT TRUE;
      n.key := w_keys[i];
      n.version := coalesce(h.version, 0) + 1;
      n.revision := v_revision;
      n.tag := p_tag;
      n.modified_at := greatest(p_at, h.modified_at + 1);
      n.actor := p_actor;
      n.cause := p_cause;
      n.body := CASE WHEN n.logged THEN NULL ELSE w_texts[i] END;

      IF h.key IS NULL THEN
        n.id := nextval('${s}.ids'::regclass);
        INSERT INTO ${s}.head (key, id, depth, version, revision, tag, deleted, logged, created_at, modified_at,
          lapses_at,
            actor, cause, keep_count, keep_age_ms, clean_at, claims, body)
          VALUES (w_keys[i], n.id, w_depths[i], n.version, n.revision, n.tag, n.deleted, n.logged, n.created_at,
            n.modified_at, n.lapses_at, n.actor, n.cause, n.keep_count, n.keep_age_ms, NULL, n.claims, n.body);
      ELSE
        n.clean_at := ${cleanAtSql("n.keep_count", "n.keep_age_ms", "n.logged", "h")};
        UPDATE ${s}.head AS c SET version = n.version, revision = n.revision, tag = n.tag, deleted = n.deleted,
            logged = n.logged, created_at = n.created_at, modified_at = n.modified_at, lapses_at = n.lapses_at,
            actor = n.actor, cause = n.cause, keep_count = n.keep_count, keep_age_ms = n.keep_age_ms,
            clean_at = n.clean_at, claims = n.claims, body = n.body
          WHERE c.key = w_keys[i];
        IF n.logged AND NOT h.logged THEN
          -- Until now no past was kept. From now on it is, and what was current becomes the first of it.
          INSERT INTO ${s}.log
            (id, version, revision, tag, deleted, created_at, modified_at, lapses_at, actor, cause, body)
            VALUES (h.id, h.version, h.revision, h.tag, h.deleted, h.created_at, h.modified_at, h.lapses_at, h.actor,
              h.cause, h.body);
        END IF;
      END IF;
      IF n.logged THEN
        INSERT INTO ${s}.log
          (id, version, revision, tag, deleted, created_at, modified_at, lapses_at, actor, cause, body)
          VALUES (n.id, n.version, n.revision, n.tag, n.deleted, n.created_at, n.modified_at, n.lapses_at, n.actor,
            n.cause, w_texts[i]);
      END IF;
      o := ROW(o.kind, o.n, ${stateSql("n", "NULL::text")})::${s}.answer;

    ELSIF h.key IS NULL THEN
      NULL;

    ELSIF w_actions[i] = 'forget' THEN
      DELETE FROM ${s}.head AS c WHERE c.key = w_keys[i];
      IF h.logged OR h.clean_at IS NOT NULL THEN
        INSERT INTO ${s}.forgotten (id) VALUES (h.id);
      END IF;

    ELSIF w_actions[i] = 'extend' THEN
      h.lapses_at := v_now + w_ms[i];
      UPDATE ${s}.head AS c SET lapses_at = h.lapses_at WHERE c.key = w_keys[i];
      IF h.logged THEN
        UPDATE ${s}.log AS c SET lapses_at = h.lapses_at WHERE c.id = h.id AND c.version = h.version
          RETURNING c.body INTO h.body;
      END IF;
      o := ROW(o.kind, o.n, ${stateSql("h", "h.body")})::${s}.answer;

    ELSE
      UPDATE ${s}.log AS c SET body = w_texts[i], tag = p_tag WHERE c.id = h.id AND c.version = w_versions[i]
        RETURNING c.* INTO v_state;
      IF h.version = w_versions[i] THEN
        UPDATE ${s}.head AS c SET tag = p_tag, body = CASE WHEN c.logged THEN NULL ELSE w_texts[i] END
          WHERE c.key = w_keys[i];
        h.tag := p_tag;
        o := ROW(o.kind, o.n, ${stateSql("h", "NULL::text")})::${s}.answer;
      ELSE
        o := ROW(o.kind, o.n, h.key, v_state.version, v_state.revision, v_state.tag, v_state.deleted, NULL::boolean,
          v_state.created_at, v_state.modified_at, v_state.lapses_at, v_state.actor, v_state.cause,
          NULL::text)::${s}.answer;
      END IF;
    END IF;

    IF w_actions[i] IN ('put', 'bury', 'forget') AND h.claims IS NOT NULL
      AND (w_actions[i] <> 'put' OR h.claims IS DISTINCT FROM w_claims[i]) THEN
      -- One by one: as a join, its plan may read all claims, and stay like that.
      FOR v_claim IN SELECT a.value FROM json_array_elements(h.claims::json) AS a (value) LOOP
        DELETE FROM ${s}.claim AS c
          WHERE c.name = v_claim ->> 0 AND c.value = v_claim ->> 1 AND c.key = w_keys[i];
      END LOOP;
    END IF;
    IF w_actions[i] = 'put' AND w_claims[i] IS NOT NULL AND h.claims IS DISTINCT FROM w_claims[i] THEN
      INSERT INTO ${s}.claim (name, value, key)
        SELECT a ->> 0, a ->> 1, w_keys[i] FROM json_array_elements(w_claims[i]::json) AS a;
    END IF;
    RETURN NEXT o;
  END LOOP;
  o := NULL;
  o.kind := 'committed';
  o.n := v_count;
  RETURN NEXT o;
END
$function$;
`;
}

/** The readings of keys that do not hold. `v_now` is the time. */
export function unmetSql(s: string, columns: string): string {
  return `SELECT ${columns}
      FROM unnest(r_keys, r_expects, r_tags) WITH ORDINALITY AS r (key, expect, tag, n)
      LEFT JOIN ${s}.head AS c ON c.key = r.key
      WHERE (${isMetSql("r.expect", "r.tag", "c")}) IS NOT TRUE`;
}

/** Puts what a page of keys holds at this moment into `v_seen`, as the one who read it writes it down. */
function seenSql(s: string, direction: "" | " DESC"): string {
  return `SELECT coalesce(string_agg(p.key || ' ' || p.tag, E'\\n'), '') INTO v_seen FROM (
        SELECT c.key, c.tag FROM ${s}.head AS c
        WHERE NOT c.deleted AND c.depth = g_depths[i] AND c.key > g_afters[i] AND c.key < g_ends[i]
        ORDER BY c.key${direction} LIMIT g_limits[i]
      ) AS p;`;
}

/**
 * When `clean` should look at a key again once its state in `head` is followed by another. Where it has to look at all,
 * it finds out by itself what may go, and when the rest may.
 */
export function cleanAtSql(keepCount: string, keepAgeMs: string, logged: string, head: string): string {
  return `CASE
      WHEN ${keepCount} IS NULL THEN ${head}.clean_at
      WHEN (${keepCount} IS DISTINCT FROM ${head}.keep_count OR ${keepAgeMs} IS DISTINCT FROM ${head}.keep_age_ms)
        AND (${logged} OR ${head}.logged) THEN 0
      WHEN ${head}.clean_at IS NULL AND (${logged} OR ${head}.logged) AND ${head}.version > ${keepCount} THEN 0
      ELSE ${head}.clean_at
    END`;
}
