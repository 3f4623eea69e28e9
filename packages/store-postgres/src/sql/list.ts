import { joinSettingsSql, nowSql, settingsSql, stateSql } from "./fragments.js";
import { functionNames } from "./names.js";

/*
 * Pages of the three kinds of ranges, those that can be read backwards in a function for each direction. Each looks for
 * `p_limit` records, gives those whose texts fit, and says how many there were by the `n` of each. The size of a text
 * is known without reading it.
 */

/** A page of the children of a prefix. */
export function listChildrenSql(s: string): string {
  return childrenSql(s, functionNames.listChildren, "");
}

/** A page of the children of a prefix, by falling key. */
export function listChildrenDownSql(s: string): string {
  return childrenSql(s, functionNames.listChildrenDown, " DESC");
}

function childrenSql(s: string, name: string, direction: Direction): string {
  return page(
    s,
    `${name}(p_depth integer, p_after text, p_end text, p_limit integer, p_bytes bigint)`,
    "h.key AS place",
    `FROM ${s}.head AS h
      WHERE NOT h.deleted AND h.depth = p_depth AND h.key > p_after AND h.key < p_end
      ORDER BY h.key${direction} LIMIT p_limit`,
    `r.key${direction}`,
  );
}

/** A page of an index, up to the value `p_to`. */
export function listIndexSql(s: string): string {
  return indexSql(s, `${functionNames.listIndex}(p_name text, p_value text, p_key text, p_to text,`, "");
}

/** A page of an index, down to the value `p_from`. */
export function listIndexDownSql(s: string): string {
  return indexSql(s, `${functionNames.listIndexDown}(p_name text, p_value text, p_key text, p_from text,`, " DESC");
}

function indexSql(s: string, signature: string, direction: Direction): string {
  const bounds =
    direction === ""
      ? "(c.value, c.key) > (p_value, p_key) AND c.value <= p_to"
      : "(c.value, c.key) < (p_value, p_key) AND c.value >= p_from";
  return page(
    s,
    `${signature} p_limit integer, p_bytes bigint)`,
    "a.value AS place",
    // A claim has its head: as many as are asked for are taken first, and then looked up.
    `FROM (
        SELECT c.value, c.key FROM ${s}.claim AS c
        WHERE c.name = p_name AND ${bounds}
        ORDER BY c.value${direction}, c.key${direction} LIMIT p_limit
      ) AS a JOIN ${s}.head AS h ON h.key = a.key`,
    `r.place${direction}, r.key${direction}`,
  );
}

/** A page of what has lapsed. */
export function listLapsedSql(s: string): string {
  return page(
    s,
    `${functionNames.listLapsed}(p_from bigint, p_key text, p_before bigint, p_limit integer, p_bytes bigint)`,
    "h.lapses_at::text AS place",
    `FROM ${s}.head AS h
      WHERE h.lapses_at IS NOT NULL AND (h.lapses_at, h.key) > (p_from, p_key)
        AND h.lapses_at < least(p_before, v_now + 1)
      ORDER BY h.lapses_at, h.key LIMIT p_limit`,
    "r.lapses_at, r.key",
  );
}

type Direction = "" | " DESC";

/** Where `p_bytes` is `NULL`, texts are not asked for. The place by which the next page begins stands in `kind`. */
function page(s: string, signature: string, place: string, from: string, order: string): string {
  return `
CREATE FUNCTION ${s}.${signature} RETURNS SETOF ${s}.answer
LANGUAGE plpgsql STABLE ${joinSettingsSql} AS $function$
DECLARE
  v_now bigint := ${nowSql};
  o ${s}.answer;
BEGIN
  IF p_bytes IS NULL THEN
    RETURN QUERY SELECT r.place, (count(*) OVER ())::integer, ${stateSql("r", "NULL::text")}
      FROM (SELECT h.*, ${place} ${from}) AS r
      ORDER BY ${order};
  ELSE
    RETURN QUERY SELECT r.place, r.found::integer, ${stateSql("r", "r.text")} FROM (
      SELECT r.*, count(*) OVER () AS found, CASE WHEN r.logged THEN l.body ELSE r.body END AS text,
        sum(octet_length(CASE WHEN r.logged THEN l.body ELSE r.body END)) OVER (
          ORDER BY ${order} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes
      FROM (SELECT h.*, ${place} ${from}) AS r
      LEFT JOIN ${s}.log AS l ON r.logged AND l.id = r.id AND l.version = r.version
    ) AS r
    WHERE coalesce(r.bytes, 0) < p_bytes
    ORDER BY ${order};
  END IF;
  GET DIAGNOSTICS o.version = ROW_COUNT;
  o.kind := current_setting('client_encoding');
  o.created_at := v_now;
  RETURN NEXT o;
END
$function$;
`;
}

/**
 * The states of a key, newest first: the current one too, which stands in `log` as well where its past is kept. Both
 * versions and times grow, so that the state at a moment is searched for by halves, by the index of versions.
 */
export function historySql(s: string): string {
  const current = "h.version < v_high";
  return `
CREATE FUNCTION ${s}.${functionNames.history}(p_key text, p_before bigint, p_at bigint, p_limit integer, p_bytes bigint)
RETURNS SETOF ${s}.answer LANGUAGE plpgsql STABLE ${settingsSql} AS $function$
DECLARE
  v_now bigint := ${nowSql};
  h ${s}.head;
  o ${s}.answer;
  -- All states below v_low were there at the moment, and none from v_high on is asked for.
  v_low bigint := 0;
  v_high bigint := p_before;
  v_middle bigint;
  v_version bigint;
  v_modified_at bigint;
BEGIN
  SELECT * INTO h FROM ${s}.head AS c WHERE c.key = p_key;
  IF FOUND THEN
    IF h.modified_at > p_at THEN
      v_high := least(p_before, h.version);
      WHILE v_high - v_low > 1 LOOP
        v_middle := v_low + (v_high - v_low) / 2;
        SELECT l.version, l.modified_at INTO v_version, v_modified_at FROM ${s}.log AS l
          WHERE l.id = h.id AND l.version >= v_middle AND l.version < v_high ORDER BY l.version LIMIT 1;
        IF FOUND AND v_modified_at <= p_at THEN
          v_low := v_version;
        ELSE
          v_high := v_middle;
        END IF;
      END LOOP;
    END IF;
    RETURN QUERY SELECT 'state', r.found::integer, p_key, r.version, r.revision, r.tag, r.deleted,
        r.version = h.version AND r.lapses_at <= v_now, r.created_at, r.modified_at, r.lapses_at, r.actor, r.cause,
        CASE WHEN p_bytes IS NOT NULL THEN r.body END
      FROM (
        SELECT r.*, count(*) OVER () AS found,
          sum(octet_length(r.body)) OVER (
            ORDER BY r.version DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes
        FROM (
          SELECT * FROM (
            SELECT h.version, h.revision, h.tag, h.deleted, h.created_at, h.modified_at, h.lapses_at, h.actor, h.cause,
              h.body WHERE NOT h.logged AND ${current}
            UNION ALL
            (SELECT l.version, l.revision, l.tag, l.deleted, l.created_at, l.modified_at, l.lapses_at, l.actor, l.cause,
              l.body FROM ${s}.log AS l WHERE l.id = h.id AND l.version < v_high
              ORDER BY l.version DESC LIMIT p_limit)
          ) AS both_places ORDER BY version DESC LIMIT p_limit
        ) AS r
      ) AS r
      WHERE p_bytes IS NULL OR coalesce(r.bytes, 0) < p_bytes
      ORDER BY r.version DESC;
    GET DIAGNOSTICS o.version = ROW_COUNT;
  ELSE
    o.version := 0;
  END IF;
  o.kind := current_setting('client_encoding');
  o.created_at := v_now;
  RETURN NEXT o;
END
$function$;
`;
}
