import { Readable } from "node:stream";
import Router from "@koa/router";
import { createMemoryStore } from "@unclash/memory";
import { Articles, ask, askAndLeave } from "@unclash/test-articles";
import Koa, { type Context, type Middleware } from "koa";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { guard, guarded } from "./guard.js";
import { type App, serve } from "./serve-app.test-support.js";

function appOf(...middleware: readonly Middleware[]): App {
  const app = new Koa();
  app.silent = true;
  for (const each of middleware) app.use(each);
  return app;
}

/** All the kinds of body that Koa sends. */
const bodies: Readonly<Record<string, readonly [body: () => unknown, text: string, status?: number]>> = {
  JSON: [() => ({ a: "1" }), '{"a":"1"}'],
  "a list": [() => [1, 2], "[1,2]"],
  text: [() => "text", "text"],
  "empty text": [() => "", ""],
  "a Buffer": [() => Buffer.from("bytes"), "bytes"],
  "a stream": [() => Readable.from(["one", "two"]), "onetwo"],
  "a web stream": [() => new Blob(["web"]).stream(), "web"],
  "a Blob": [() => new Blob(["blob"]), "blob"],
  "a Response": [() => new Response("fetched"), "fetched"],
  null: [() => null, "", 204],
};

const onFirst = { headers: { "if-match": '"1"' } };

describe.each(Object.entries(bodies))("ctx.body = %s", (_kind, [body, text, status = 200]) => {
  function routed(): App {
    const articles = new Articles();
    const load = (context: Context) => articles.load(context["params"]?.id);
    const answer = (context: Context): void => {
      context.body = body();
    };
    const read = guarded({ load }, ({ ctx }) => answer(ctx));
    const idempotency = { store: createMemoryStore(), anonymous: "address" } as const;
    const write = guarded({ load, idempotency }, ({ ctx, outcome }) => {
      if (ctx.query["updated"] !== undefined) outcome.updated(2);
      answer(ctx);
    });
    return new Koa().use(new Router().get("/articles/:id", read).put("/articles/:id", write).routes());
  }

  test("after an unsafe method an entity-tag is sent where the guard was told of a state, or none", async () => {
    const url = await serve(routed());
    const told = await ask("PUT", `${url}/articles/1?updated`, onFirst);
    expect([told.status, told.headers.etag, told.text]).toEqual([status, '"2"', text]);
    const untold = await ask("PUT", `${url}/articles/1`, onFirst);
    expect([untold.status, untold.headers.etag, untold.text]).toEqual([status, undefined, text]);
  });

  test("a read has the guard's entity-tag, HEAD too, and is not sent again", async () => {
    const url = await serve(routed());
    const read = await ask("GET", `${url}/articles/1`);
    expect([read.status, read.headers.etag, read.text]).toEqual([status, '"1"', text]);
    const head = await ask("HEAD", `${url}/articles/1`);
    expect([head.status, head.headers.etag, head.text]).toEqual([status, '"1"', ""]);
    const again = await ask("GET", `${url}/articles/1`, { headers: { "if-none-match": '"1"' } });
    expect([again.status, again.headers.etag, again.headers["content-type"]]).toEqual([304, '"1"', undefined]);
  });

  test("a repeat with the same key gets the same answer", async () => {
    const url = await serve(routed());
    const keyed = { headers: { ...onFirst.headers, "idempotency-key": "0123456789abcdef" } };
    const first = await ask("PUT", `${url}/articles/1?updated`, keyed);
    const second = await ask("PUT", `${url}/articles/1?updated`, keyed);
    expect([first.status, first.headers.etag, first.text]).toEqual([status, '"2"', text]);
    expect([second.status, second.headers.etag, second.text]).toEqual([status, '"2"', text]);
    expect(second.headers["content-type"]).toBe(first.headers["content-type"]);
    expect(second.headers["idempotency-replayed"]).toBe("true");
  });
});

test("a handler that sets no body is Koa's 404, as without a guard", async () => {
  const url = await serve(
    appOf(guarded({ preconditions: { required: false } }, ({ outcome }) => void outcome.updated(2))),
  );
  const answer = await ask("PUT", `${url}/`);
  expect([answer.status, answer.headers.etag, answer.text]).toEqual([404, undefined, "Not Found"]);
});

test("an entity-tag that middleware before the guard makes of every body, as koa-etag, stays off writes", async () => {
  const tagging: Middleware = async (context, next) => {
    await next();
    if (context.response.get("etag") === "") context.set("etag", 'W/"made"');
  };
  const article = guard({ load: () => ({ version: 1 }) });
  const url = await serve(
    appOf(tagging, article, (context) => {
      context.body = "done";
    }),
  );
  expect((await ask("PUT", `${url}/`, onFirst)).headers.etag).toBeUndefined();
  expect((await ask("GET", `${url}/`)).headers.etag).toBe('"1"');
});

/** A promise, and what resolves it. */
function signal(): { readonly given: Promise<void>; readonly give: () => void } {
  let give = (): void => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

describe("a client that goes away while the handler runs", () => {
  const key = { headers: { "idempotency-key": "0123456789abcdef" }, body: {} };

  test.each<readonly [string, unknown, string]>([
    ["JSON", { a: 1 }, '{"a":1}'],
    ["text", "text", "text"],
    ["a Buffer", Buffer.from("bytes"), "bytes"],
  ])("gets the whole first answer when asking again: %s", async (_kind, body, text) => {
    const arrived = signal();
    const answered = signal();
    let runs = 0;
    const url = await serve(
      appOf(
        async (_context, next) => {
          await next();
          answered.give();
        },
        guarded({ idempotency: { store: createMemoryStore(), anonymous: "address" } }, async ({ ctx, outcome }) => {
          runs += 1;
          arrived.give();
          await new Promise((resolve) => ctx.res.once("close", resolve));
          outcome.updated(1);
          ctx.status = 201;
          ctx.body = body;
        }),
      ),
    );
    await askAndLeave("POST", `${url}/`, key, arrived.given);
    await answered.given;
    const again = await ask("POST", `${url}/`, key);
    expect([again.status, again.headers.etag, again.text, again.headers["idempotency-replayed"], runs]).toEqual([
      201,
      '"1"',
      text,
      "true",
      1,
    ]);
  });

  test("leaves a stream that nobody can read any more unknown: its key lapses, and gets no empty answer", async () => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    onTestFinished(() => void vi.useRealTimers());
    let now = Date.UTC(2026, 0, 1);
    const store = createMemoryStore({ clock: () => now });
    const arrived = signal();
    const answered = signal();
    let runs = 0;
    const url = await serve(
      appOf(
        async (_context, next) => {
          await next();
          answered.give();
        },
        guarded({ idempotency: { store, rerun: true, anonymous: "address" } }, async ({ ctx }) => {
          runs += 1;
          arrived.give();
          if (runs === 1) await new Promise((resolve) => ctx.res.once("close", resolve));
          ctx.body = Readable.from(["streamed"]);
        }),
      ),
    );
    await askAndLeave("POST", `${url}/`, key, arrived.given);
    await answered.given;
    // Nothing renews the lease any more.
    await expect.poll(() => vi.getTimerCount(), { timeout: 10_000 }).toBe(0);
    const early = await ask("POST", `${url}/`, key);
    expect([early.status, runs]).toEqual([409, 1]);
    now += 15_001;
    const later = await ask("POST", `${url}/`, key);
    expect([later.status, later.text, runs]).toEqual([200, "streamed", 2]);
  });
});

test("a stream that fails breaks the answer off, and nobody is given half of it again", async () => {
  let now = Date.UTC(2026, 0, 1);
  const store = createMemoryStore({ clock: () => now });
  const broken = async function* () {
    yield "half";
    throw new Error("broken");
  };
  const url = await serve(
    appOf(
      guarded({ idempotency: { store, anonymous: "address" } }, ({ ctx }) => {
        ctx.body = Readable.from(broken());
      }),
    ),
  );
  const keyed = { headers: { "idempotency-key": "0123456789abcdef" } };
  await expect(ask("POST", `${url}/`, keyed)).rejects.toThrow(/aborted|socket hang up/);
  now += 15_001;
  const again = await ask("POST", `${url}/`, keyed);
  expect([again.status, JSON.parse(again.text).outcome]).toEqual([409, "unknown"]);
});
