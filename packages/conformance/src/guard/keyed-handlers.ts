import { Readable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import type { Method, PlainAnswer, PlainContext, PlainHandler } from "./app.js";
import { articleHandlers } from "./article-handlers.js";
import type { Gates } from "./gates.js";
import type { Table } from "./table.js";

/** Bytes that are no UTF-8. */
export const someBytes: Uint8Array = Uint8Array.from([0, 1, 254, 255, 10, 0xc3, 0x28]);

/** What a stream of the suite's gives, chunk by chunk. */
export const chunks: readonly string[] = ["one ", "zwei \u00e9", " \u{1f600}three"];

/** POST ends as its content says in `do`, and counts how often it ran; the other methods are the usual ones. */
export function keyedHandlers(
  table: Table,
  gates: Gates,
  ran: (id: string) => void,
): Partial<Record<Method, PlainHandler>> {
  const usual = articleHandlers(table);
  const text = { "content-type": "text/plain; charset=utf-8" };
  const ends: Readonly<Record<string, (context: PlainContext) => Promise<PlainAnswer> | PlainAnswer>> = {
    async wait(context) {
      await gates.pass(context.id ?? "");
      return usual.POST(context);
    },
    status: ({ body }) => ({ status: Number(Object(body).status), headers: text, body: "so it is" }),
    fail() {
      throw new Error("The handler has failed.");
    },
    rollBack({ outcome }) {
      outcome.notApplied();
      throw new Error("The transaction is rolled back.");
    },
    unavailable: ({ outcome }) => outcome.refuse("store-unavailable", "The database is down."),
    lockExpired: ({ outcome }) => outcome.refuse("idempotency-in-progress", "Another service has it."),
    badStatus: () => ({ status: 1000, headers: text, body: "never sent" }),
    bytes: () => ({
      status: 200,
      headers: { "content-type": "application/octet-stream", "x-more": "a" },
      body: someBytes,
    }),
    coded: () => ({ status: 200, headers: { ...text, "content-encoding": "gzip" }, body: gzipSync("so it is") }),
    stream: () => ({ status: 200, headers: text, body: Readable.from(chunks) }),
    broken: () => ({ status: 200, headers: text, body: Readable.from(breakingOff()) }),
    text: ({ body }) => ({
      status: 201,
      headers: { ...text, location: "/made" },
      body: "x".repeat(Number(Object(body).length)),
    }),
    nothing: () => ({ status: 204, headers: { "x-more": "a" } }),
    scope: ({ idempotencyKey }) => ({ status: 200, body: { key: idempotencyKey ?? null } }),
    refuse: ({ outcome }) => outcome.refuse("duplicate", "The email is taken.", { field: "/email" }),
    try({ prefers }) {
      prefers("dry-run");
      return { status: 200, body: { would: "work" } };
    },
  };
  const counted = (handler: PlainHandler): PlainHandler => {
    return (context) => {
      ran(context.id ?? "");
      return handler(context);
    };
  };
  return {
    GET: usual.GET,
    PUT: counted(usual.PUT),
    PATCH: counted(usual.PATCH),
    DELETE: counted(usual.DELETE),
    POST: counted((context) => (ends[String(Object(context.body).do)] ?? usual.POST)(context)),
  };
}

async function* breakingOff(): AsyncGenerator<string> {
  yield chunks[0] ?? "";
  await turn();
  throw new Error("The stream breaks off.");
}
