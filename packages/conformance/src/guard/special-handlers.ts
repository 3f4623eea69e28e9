import { Readable } from "node:stream";
import { setTimeout as pause, setImmediate as turn } from "node:timers/promises";
import { isGuardError } from "unclash";
import type { Method, PlainAnswer, PlainContext, PlainHandler } from "./app.js";
import { articleHandlers, fieldsIn, rowIn } from "./article-handlers.js";
import { type Row, shown, type Table } from "./table.js";

type Handlers = Partial<Record<Method, PlainHandler>>;

/** PUT makes what is not there, unless someone else was faster. */
export function creatingHandlers(table: Table): Handlers {
  const usual = articleHandlers(table);
  return {
    ...usual,
    PUT(context) {
      const { id = "", expected, outcome, body } = context;
      if (expected !== undefined) return usual.PUT(context);
      if (table.find(id) !== undefined) return outcome.conflict(table.load(id));
      const row = table.insert(id, fieldsIn(body));
      outcome.updated(row.version);
      return { status: 201, headers: { location: `/elsewhere/${id}` }, body: shown(row) };
    },
  };
}

/** What they answer shows the version that `load` gives, as JSON has it. */
export function showingHandlers(table: Table, version: (row: Row) => string | bigint | Date): Handlers {
  const usual = articleHandlers(table);
  const showing = (handler: PlainHandler): PlainHandler => {
    return async (context) => {
      const row = table.find(context.id);
      const answer = await handler(context);
      const now = table.find(context.id) ?? row;
      if (now === undefined) return answer;
      const text = version(now);
      return { ...answer, body: { ...shown(now), version: text instanceof Date ? text.toISOString() : String(text) } };
    };
  };
  return { ...usual, GET: showing(usual.GET), PUT: showing(usual.PUT), PATCH: showing(usual.PATCH) };
}

/**
 * PUT loses as many races, to writes that come in between, as its content says in `lose`; with `vanish` its row is
 * deleted.
 */
export function racingHandlers(table: Table): Handlers {
  const losses = new Map<string, number>();
  return {
    ...articleHandlers(table),
    async PUT({ id = "", current, expected, body, outcome }) {
      const { lose = 0, vanish, title } = fieldsIn(body);
      const lost = losses.get(id) ?? 0;
      if (vanish === true) table.remove(id);
      if (lost < Number(lose)) {
        losses.set(id, lost + 1);
        table.update(id, undefined, { title: `theirs ${lost + 1}` });
      }
      const seen = rowIn(current)?.fields["title"] ?? null;
      const row = await outcome.expectRow(table.update(id, expected, { title: title ?? null, seen }));
      outcome.updated(row.version);
      return { status: 200, body: shown(row) };
    },
  };
}

/** A stale write that is let through is carried out with the value that the strategy gave. */
export function settledHandlers(table: Table): Handlers {
  const usual = articleHandlers(table);
  const settled = (handler: PlainHandler): PlainHandler => {
    return (context) => handler({ ...context, body: context.settled?.value ?? context.body });
  };
  return { ...usual, PUT: settled(usual.PUT), PATCH: settled(usual.PATCH) };
}

/** PUT ends as its content says in `do`; a write by someone else comes in between where that is said too. */
export function outcomeHandlers(table: Table): Handlers {
  const usual = articleHandlers(table);
  const outcomes: Readonly<Record<string, (context: PlainContext) => Promise<PlainAnswer> | PlainAnswer>> = {
    async lose({ id, expected, outcome }) {
      table.update(id, undefined, { title: "theirs" });
      await outcome.expectRow(table.update(id, expected, { title: "mine" }));
      return { status: 200 };
    },
    async loseByCount({ id, outcome }) {
      table.update(id, undefined, { title: "theirs" });
      await outcome.expectAffected(0);
      return { status: 200 };
    },
    async loseByNothing({ id, outcome }) {
      table.update(id, undefined, { title: "theirs" });
      await outcome.expectRow(undefined);
      return { status: 200 };
    },
    async vanish({ id, expected, outcome }) {
      table.remove(id);
      await outcome.expectRow(table.update(id, expected, {}));
      return { status: 200 };
    },
    async several({ id, expected, outcome }) {
      const rows = table.update(id, expected, { title: "twice" });
      await outcome.expectRow([...rows, ...rows]);
      return { status: 200 };
    },
    async result({ outcome }) {
      const result: object = { rowCount: 0, rows: [] };
      await outcome.expectRow(result);
      return { status: 200 };
    },
    async counts({ outcome }) {
      await outcome.expectAffected(2);
      return { status: 200 };
    },
    unwaited({ id, outcome }) {
      table.update(id, undefined, { title: "theirs" });
      outcome.expectAffected(0);
      return { status: 201, headers: { etag: '"mine"' }, body: { done: true } };
    },
    async unwaitedFirst({ id, outcome }) {
      table.update(id, undefined, { title: "theirs" });
      outcome.expectRow([]);
      // What is found out about the loss is there long before the answer.
      for (let turns = 0; turns < 20; turns += 1) await turn();
      return { status: 200, body: { done: true } };
    },
    async unwaitedByHelper({ id, outcome }) {
      table.update(id, undefined, { title: "theirs" });
      outcome.expectRow<Row>(undefined).then(
        (row) => row,
        () => undefined,
      );
      return { status: 204 };
    },
    async caught({ id, outcome }) {
      table.update(id, undefined, { title: "theirs" });
      const error: unknown = await outcome.expectAffected(0).catch((thrown: unknown) => thrown);
      return { status: 422, headers: { "content-type": "text/plain" }, body: isGuardError(error) ? "lost" : "won" };
    },
    async triedAgain({ id, outcome }) {
      const [theirs] = table.update(id, undefined, { title: "theirs" });
      await outcome.expectAffected(0).catch(() => {});
      const row = await outcome.expectRow(table.update(id, theirs?.version, { title: "mine" }));
      outcome.updated(row.version);
      return { status: 200, body: { title: "mine" } };
    },
    onItsWay({ id, outcome }) {
      table.update(id, undefined, { title: "theirs" });
      return { status: 200, headers: { "content-type": "text/plain" }, body: Readable.from(lateLoss(outcome)) };
    },
    conflict: ({ outcome }) => outcome.conflict(),
    conflictFresh: ({ id, outcome }) => outcome.conflict(table.load(id)),
    refuse: ({ outcome }) =>
      outcome.refuse("duplicate", "The email is taken.", { field: "/email", holder: "people/7" }),
    fail() {
      throw new Error("The handler has failed.");
    },
    silent: () => ({ status: 200, headers: { etag: '"handler"' }, body: { done: true } }),
    bare: () => ({ status: 200, body: { done: true } }),
    toldInVain({ outcome }) {
      outcome.updated(9);
      return { status: 422, headers: { "content-type": "text/plain" }, body: "no" };
    },
    toldTwice({ outcome }) {
      outcome.updated(8);
      outcome.updated({ version: 9, modifiedAt: new Date(1_700_000_000_000) });
      return { status: 200, body: { done: true } };
    },
    takenOut({ outcome: { updated }, prefers }) {
      prefers("return=minimal");
      return { status: 200, body: { etag: updated(7) } };
    },
  };
  return {
    ...usual,
    PUT(context) {
      const { body } = context;
      const outcome = typeof body === "object" && body !== null && "do" in body ? outcomes[String(body.do)] : undefined;
      return outcome === undefined ? usual.PUT(context) : outcome(context);
    },
    GET(context) {
      const fails = context.headers["x-fail"] !== undefined;
      return fails ? { status: 422, headers: { "content-type": "text/plain" }, body: "no" } : usual.GET(context);
    },
  };
}

/** Content whose write turns out to have lost once half of it is out. */
async function* lateLoss(outcome: PlainContext["outcome"]): AsyncGenerator<string> {
  yield "half".repeat(30_000);
  await pause(20);
  outcome.expectAffected(0);
  yield "rest";
}

/** PUT asks what the client prefers; PATCH does not care. */
export function preferringHandlers(table: Table): Handlers {
  const usual = articleHandlers(table);
  return {
    ...usual,
    async PUT(context) {
      const { id, expected, body, outcome, prefers } = context;
      if (prefers("dry-run")) {
        outcome.updated(99);
        return { status: 200, body: { would: "work" } };
      }
      const row = await outcome.expectRow(table.update(id, expected, fieldsIn(body)));
      outcome.updated(row.version);
      return prefers("return=minimal") ? { status: 204 } : { status: 200, body: shown(row) };
    },
  };
}
