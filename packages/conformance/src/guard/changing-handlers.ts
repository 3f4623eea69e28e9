import type { JsonObject } from "@unclash/core/json";
import type { Schema } from "unclash";
import type { Method, PlainHandler } from "./app.js";
import { type Row, shown, type Table } from "./table.js";

/** A schema by hand, so that the suite brings no library. */
type FieldsSchema = Schema & {
  readonly "~standard": { readonly types?: { readonly input: unknown; readonly output: JsonObject } };
};

/** Fields whose `title` is a text. */
const schema: FieldsSchema = {
  "~standard": {
    version: 1,
    vendor: "unclash-conformance",
    validate(fields: unknown) {
      const isTitled =
        typeof fields === "object" && fields !== null && "title" in fields && typeof fields.title === "string";
      return isTitled ? { value: fieldsOf(fields) } : { issues: [{ message: "A title is a text.", path: ["title"] }] };
    },
  },
};

function fieldsOf(fields: object): JsonObject {
  return JSON.parse(JSON.stringify(fields));
}

/** What is written of one row is what the guard makes of the content. */
export function changingHandlers(table: Table): Partial<Record<Method, PlainHandler>> {
  const write: PlainHandler = async ({ id, expected, applyChange, outcome }) => {
    const fields = await applyChange(undefined, schema);
    const row: Row = await outcome.expectRow(table.update(id, expected, fields));
    outcome.updated(row.version);
    return { status: 200, body: shown(row) };
  };
  return {
    GET: ({ id }) => ({ status: 200, body: shownAt(table, id) }),
    PUT: write,
    PATCH: write,
  };
}

function shownAt(table: Table, id: string | undefined): JsonObject {
  const row = table.find(id);
  return row === undefined ? {} : shown(row);
}

/** The list of the rows, and what is posted to it. */
export function pagedHandlers(table: Table): Partial<Record<Method, PlainHandler>> {
  return {
    GET({ readPage }) {
      const page = readPage({ limitDefault: 2, limitMax: 3 });
      const { items, next } = page.answer(table.list(page));
      return { status: 200, body: { items, next } };
    },
    async POST({ readId, applyChange, outcome }) {
      const id = readId() ?? `made-${table.size + 1}`;
      const row = table.insert(id, await applyChange(undefined, schema));
      outcome.updated(row.version);
      return { status: 201, headers: { location: `/${row.id}` }, body: shown(row) };
    },
  };
}
