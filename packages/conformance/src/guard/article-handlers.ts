import { setImmediate as turn } from "node:timers/promises";
import { isJsonObject, type Json, type JsonObject } from "@unclash/core/json";
import type { Method, PlainContext, PlainHandler } from "./app.js";
import { type Row, shown, type Table } from "./table.js";

/** What people write around a table: reads what is there, compares and sets, and tells the guard of the new state. */
export function articleHandlers(table: Table): Record<Method, PlainHandler> {
  const write = async (context: PlainContext, fields: JsonObject) => {
    const { id, expected, outcome } = context;
    // A database takes its time: others write meanwhile.
    await turn();
    const row = await outcome.expectRow(table.update(id, expected, fields));
    outcome.updated(toldOf(table, row));
    return { status: 200, body: shown(row) };
  };
  return {
    GET: ({ id, current }) => ({ status: 200, body: shown(rowIn(current) ?? rowIn(table.find(id)) ?? noRow()) }),
    PUT: (context) => write(context, fieldsIn(context.body)),
    PATCH: (context) => write(context, { ...rowIn(context.current)?.fields, ...fieldsIn(context.body) }),
    POST: (context) => write(context, { ...rowIn(context.current)?.fields, touched: true }),
    async DELETE({ id, expected, outcome }) {
      await turn();
      await outcome.expectAffected(table.remove(id, expected));
      return { status: 204 };
    },
  };
}

/** What a handler tells `updated` of a row that it has written: what `load` would give as its version. */
export function toldOf(table: Table, { id }: Row): object | number | bigint | string {
  const state = table.load(id);
  if (state === undefined) return noRow();
  return state.etag === undefined && state.modifiedAt === undefined ? state.version : state;
}

/** The fields that a request's content holds; neither `id` nor `version` is one. */
export function fieldsIn(body: unknown): JsonObject {
  if (!isJson(body) || !isJsonObject(body)) return {};
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== "id" && name !== "version"));
}

/** What a JSON parser has made is JSON. */
function isJson(body: unknown): body is Json {
  return body !== undefined;
}

export function rowIn(value: unknown): Row | undefined {
  return isRow(value) ? value : undefined;
}

function isRow(value: unknown): value is Row {
  return (
    typeof value === "object" && value !== null && "fields" in value && "version" in value && "modifiedAt" in value
  );
}

function noRow(): never {
  throw new TypeError("There is no row.");
}
