import { isDeepStrictEqual } from "node:util";
import type { JsonObject } from "@unclash/core/json";
import type { LoadedState, StateVersion } from "unclash";

/** A row of the app's own. */
export interface Row {
  readonly id: string;
  readonly fields: JsonObject;
  /** Begins at 1, and grows by 1 with each write. */
  readonly version: number;
  /** Begins at a whole second, and grows by 1 ms with each write. */
  readonly modifiedAt: Date;
}

/** What a table's rows have for a version. */
export type VersionOf = (row: Row) => StateVersion;

/**
 * A table of the app's own: it compares what a write expects with what is there, in one step, and knows nothing of
 * guards.
 */
export interface Table {
  find(id: string | undefined): Row | undefined;
  /** The state that a guard's `load` gives for a row. */
  load(id: string | undefined): LoadedState | undefined;
  /** The row as it was at an earlier version, while it is remembered. */
  past(id: string | undefined, version: number | undefined): Row | undefined;
  /** The states of the first rows behind an id, in the order of their ids. */
  list(page: { readonly after: string | undefined; readonly rowsMax: number }): readonly LoadedState[];
  insert(id: string, fields: JsonObject): Row;
  /** `UPDATE … WHERE id = … AND version = … RETURNING *`; without a version, of whatever is there. */
  update(id: string | undefined, expected: StateVersion | undefined, fields: JsonObject): readonly Row[];
  /** `DELETE … WHERE id = … AND version = …`: the number of rows. */
  remove(id: string | undefined, expected?: StateVersion): number;
  readonly size: number;
}

/**
 * @param versionOf what the rows have for a version; the state holds nothing else but the row, unless `more` adds to it
 */
export function createTable(versionOf: VersionOf, more: (row: Row) => Partial<LoadedState> = () => ({})): Table {
  const rows = new Map<string, Row>();
  const earlier = new Map<string, Row>();
  const isAt = (row: Row, expected: StateVersion | undefined): boolean =>
    expected === undefined || isDeepStrictEqual(versionOf(row), expected);
  const put = (row: Row): Row => {
    rows.set(row.id, row);
    earlier.set(`${row.id}@${row.version}`, row);
    return row;
  };
  const stateOf = (row: Row): LoadedState => ({ version: versionOf(row), value: row, ...more(row) });
  return {
    list({ after = "", rowsMax }) {
      const behind = [...rows.values()].filter(({ id }) => id > after);
      return behind
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, rowsMax)
        .map(stateOf);
    },
    find: (id) => rows.get(id ?? ""),
    load(id) {
      const row = rows.get(id ?? "");
      return row && stateOf(row);
    },
    past: (id, version) => earlier.get(`${id}@${version}`),
    insert: (id, fields) => put({ id, fields, version: 1, modifiedAt: new Date(1_700_000_000_000) }),
    update(id, expected, fields) {
      const row = rows.get(id ?? "");
      if (row === undefined || !isAt(row, expected)) return [];
      return [put({ ...row, fields, version: row.version + 1, modifiedAt: new Date(row.modifiedAt.getTime() + 1) })];
    },
    remove(id, expected) {
      const row = rows.get(id ?? "");
      return row !== undefined && isAt(row, expected) && rows.delete(row.id) ? 1 : 0;
    },
    get size() {
      return rows.size;
    },
  };
}

/** The row as clients see it. */
export function shown({ id, fields, version }: Row): JsonObject {
  return { id, version, ...fields };
}
