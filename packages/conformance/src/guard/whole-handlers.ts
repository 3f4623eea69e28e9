import type { Method, PlainHandler } from "./app.js";
import { fieldsIn } from "./article-handlers.js";
import { shown, type Table } from "./table.js";

/** What a list offers: all rows, and a new one. */
export function listHandlers(table: Table): Partial<Record<Method, PlainHandler>> {
  return {
    GET: ({ expected }) => ({ status: 200, body: { size: table.size, expected: expected === undefined } }),
    POST({ body, outcome }) {
      const row = table.insert(`made-${table.size + 1}`, fieldsIn(body));
      outcome.updated(row.version);
      return { status: 201, headers: { location: `/${row.id}` }, body: shown(row) };
    },
  };
}
