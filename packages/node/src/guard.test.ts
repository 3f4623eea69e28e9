import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { listen, type Served } from "@unclash/conformance/adapter";
import { createMemoryStore } from "@unclash/memory";
import { Articles, ask, askAndLeave } from "@unclash/test-articles";
import { afterEach, describe, expect, test } from "vitest";
import { check, guard, guarded } from "./guard.js";
import type { Next } from "./mount.js";
import { problems } from "./problems.js";

const served: Served[] = [];

afterEach(async () => {
  await Promise.all(served.splice(0).map((each) => each.close()));
});

async function serve(listener: RequestListener): Promise<string> {
  const started = await listen(createServer(listener));
  served.push(started);
  return started.url;
}

function setUp() {
  const articles = new Articles();
  const load = (request: IncomingMessage) => articles.load(request.url?.split(/[/?]/)[2]);
  return { articles, load };
}

const onFirst = { headers: { "if-match": '"1"' } };

/** The codes of the warnings that the process was given while something ran. */
async function warningsOf(run: () => Promise<unknown>): Promise<readonly (string | undefined)[]> {
  const codes: (string | undefined)[] = [];
  const onWarning = (warning: Error & { readonly code?: string }): void => void codes.push(warning.code);
  process.on("warning", onWarning);
  await run();
  await new Promise((resolve) => setImmediate(resolve));
  process.off("warning", onWarning);
  return codes;
}

test("a guarded handler is a request listener; it gets the row and its version; its write is compared", async () => {
  const { articles, load } = setUp();
  const url = await serve(
    guarded({ load }, async ({ res, current, expected, outcome }) => {
      const row = await outcome.expectRow(articles.update(current.id, expected, `${current.title} and new`));
      outcome.updated(row.version);
      res.setHeader("content-type", "application/json").end(JSON.stringify(row));
    }),
  );
  const done = await ask("PUT", `${url}/articles/1`, onFirst);
  expect([done.status, done.headers.etag, JSON.parse(done.text)]).toEqual([
    200,
    '"2"',
    { id: "1", title: "Old and new", version: 2 },
  ]);
  const late = await ask("PUT", `${url}/articles/1`, onFirst);
  expect([late.status, JSON.parse(late.text)]).toMatchObject([409, { current: { version: 2 } }]);
  const missing = await ask("PUT", `${url}/articles/9?x=1`, onFirst);
  expect([missing.status, JSON.parse(missing.text).instance]).toEqual([404, "/articles/9"]);
});

test("a middleware guards what next leads to, below a mount that has cut its own path off, too", async () => {
  const { articles } = setUp();
  const article = guard({ load: (request) => articles.load(request.url?.slice(1)) });
  const answerProblem = problems();
  const url = await serve((request, response) => {
    const whole = request.url ?? "/";
    Object.assign(request, { originalUrl: whole, url: whole.slice("/articles".length) });
    article(request, response, (error) => {
      if (error !== undefined) return answerProblem(error, request, response);
      if (request.method === "GET") return response.end(JSON.stringify(article.of(request).current));
      article
        .of(request)
        .outcome.expectAffected(0)
        .catch((thrown: unknown) => answerProblem(thrown, request, response));
    });
  });
  const read = await ask("GET", `${url}/articles/1`);
  expect([read.status, read.headers.etag, read.headers["cache-control"]]).toEqual([200, '"1"', "no-cache"]);
  const refused = await ask("PUT", `${url}/articles/1`);
  expect(JSON.parse(refused.text)).toMatchObject({ status: 428, instance: "/articles/1" });
  const lost = await ask("DELETE", `${url}/articles/1`, onFirst);
  expect([lost.status, lost.headers["content-type"]]).toEqual([409, "application/problem+json"]);
  expect(article.report()).toMatchObject({ writes: 2 });
});

describe("check", () => {
  const checking =
    ({ articles, load }: ReturnType<typeof setUp>, options: { readonly withResponse: boolean }) =>
    async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
      const { expected, outcome } = await check(req, load(req), options.withResponse ? { response: res } : {});
      outcome.updated(articles.update("1", expected, "checked")[0]?.version ?? 0);
      res.end("checked");
    };

  test("inside a guarded handler needs nothing but the request and the state", async () => {
    const run = checking(setUp(), { withResponse: false });
    const url = await serve(guarded({}, ({ req, res }) => run(req, res)));
    expect((await ask("PUT", `${url}/articles/1`)).status).toBe(428);
    expect((await ask("PUT", `${url}/articles/1`, onFirst)).headers.etag).toBe('"2"');
    expect((await ask("PUT", `${url}/articles/1`, onFirst)).status).toBe(409);
  });

  test("by itself is given the response, and problems() answers what it throws", async () => {
    const run = checking(setUp(), { withResponse: true });
    const answerProblem = problems();
    const url = await serve((req, res) => {
      run(req, res).catch((thrown: unknown) => answerProblem(thrown, req, res));
    });
    expect((await ask("PUT", `${url}/articles/1`, onFirst)).headers.etag).toBe('"2"');
    const lost = await ask("PUT", `${url}/articles/1`, onFirst);
    expect([lost.status, lost.headers.etag]).toEqual([409, undefined]);
  });

  test("by itself without a response says what is missing", async () => {
    const run = checking(setUp(), { withResponse: false });
    const url = await serve((req, res) => {
      run(req, res).catch((thrown: unknown) => res.end(String(thrown)));
    });
    expect((await ask("PUT", `${url}/articles/1`, onFirst)).text).toContain("check(request, state, { response })");
  });
});

describe("what a handler throws", () => {
  const broken = new Error("broken");

  test("goes to next, where there is one", async () => {
    const told: unknown[] = [];
    const failing = guarded({ preconditions: { required: false }, resource: () => null }, () => Promise.reject(broken));
    const url = await serve((request, response) => {
      const next: Next = (error) => {
        told.push(error);
        response.writeHead(599).end();
      };
      failing(request, response, next);
    });
    expect([(await ask("PUT", url)).status, told]).toEqual([599, [broken]]);
  });

  test("is a bare 500 and a warning of the process, where there is none", async () => {
    const url = await serve(
      guarded({ resource: () => null }, ({ res }) => {
        res.setHeader("content-encoding", "gzip").setHeader("etag", '"own"');
        throw broken;
      }),
    );
    const codes = await warningsOf(async () => {
      const { status, headers, text } = await ask("GET", url);
      expect([status, headers["content-type"], headers["content-encoding"]]).toEqual([
        500,
        "application/problem+json",
        undefined,
      ]);
      expect(text).not.toContain("broken");
    });
    expect(codes).toEqual(["UNCLASH_REQUEST_FAILED"]);
  });

  test("once the head is out breaks the connection off", async () => {
    const { load } = setUp();
    const url = await serve(
      guarded({ load }, ({ res, outcome }) => {
        outcome.updated(2);
        res.write("half");
        outcome.conflict();
      }),
    );
    const codes = await warningsOf(() =>
      expect(ask("PUT", `${url}/articles/1`, onFirst)).rejects.toThrow(/aborted|socket hang up/),
    );
    expect(codes).toEqual(["UNCLASH_REQUEST_FAILED"]);
  });

  test('with onError "next" is handed on, a guard\'s too; where there is no next, it is answered', async () => {
    const { load } = setUp();
    const handed = guarded({ load, onError: "next" }, ({ outcome }) => outcome.conflict());
    const told: unknown[] = [];
    const url = await serve((request, response) => {
      if (request.url?.endsWith("?bare")) return handed(request, response);
      handed(request, response, (error) => {
        told.push(error);
        response.setHeader("etag", '"made of the body"').writeHead(499).end();
      });
    });
    const missing = await ask("PUT", `${url}/articles/1`);
    expect([missing.status, missing.headers.etag]).toEqual([499, undefined]);
    expect((await ask("PUT", `${url}/articles/1`, onFirst)).status).toBe(499);
    expect(told).toMatchObject([{ status: 428 }, { status: 409 }]);
    expect((await ask("PUT", `${url}/articles/1?bare`)).status).toBe(428);
    expect((await ask("PUT", `${url}/articles/1?bare`, onFirst)).status).toBe(409);
  });
});

const ways: Readonly<Record<string, (response: ServerResponse) => unknown>> = {
  end: (response) => response.end("whole"),
  "write and end": (response) => {
    response.write("wri");
    response.end("tten");
  },
  "writeHead with headers": (response) => response.writeHead(200, { "x-own": "yes", etag: 'W/"own"' }).end("head"),
  "writeHead with a list": (response) => response.writeHead(200, "Fine", ["x-own", "yes"]).end("head"),
  "flushHeaders first": (response) => {
    response.flushHeaders();
    response.end("flushed");
  },
  "a stream": (response) => Readable.from(["one", "two"]).pipe(response),
};

describe.each(Object.entries(ways))("%s", (_way, answer) => {
  const serveIt = (): Promise<string> => {
    const { load } = setUp();
    const idempotency = { store: createMemoryStore(), anonymous: "address" } as const;
    return serve(
      guarded({ load, idempotency }, ({ req, res, outcome }) => {
        if (req.url?.endsWith("?updated")) outcome.updated(2);
        answer(res);
      }),
    );
  };

  test("after an unsafe method an entity-tag is sent where the guard was told of a state, or none", async () => {
    const url = await serveIt();
    const told = await ask("PUT", `${url}/articles/1?updated`, onFirst);
    expect([told.status, told.headers.etag, told.text.length > 0]).toEqual([200, '"2"', true]);
    expect((await ask("PUT", `${url}/articles/1`, onFirst)).headers.etag).toBeUndefined();
  });

  test("a repeat with the same key gets the same answer; HEAD is answered without content", async () => {
    const url = await serveIt();
    const keyed = { headers: { ...onFirst.headers, "idempotency-key": "0123456789abcdef" } };
    const first = await ask("PUT", `${url}/articles/1?updated`, keyed);
    const second = await ask("PUT", `${url}/articles/1?updated`, keyed);
    expect([second.status, second.headers.etag, second.text]).toEqual([200, '"2"', first.text]);
    expect(second.headers["idempotency-replayed"]).toBe("true");
    const head = await ask("HEAD", `${url}/articles/1`);
    expect([head.status, head.text]).toEqual([200, ""]);
  });
});

test("who goes away while the handler runs gets the first answer when asking again", async () => {
  let arrived = (): void => {};
  const hasArrived = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  let answered = (): void => {};
  const hasAnswered = new Promise<void>((resolve) => {
    answered = resolve;
  });
  let runs = 0;
  const idempotency = { store: createMemoryStore(), anonymous: "address" } as const;
  const url = await serve(
    guarded({ idempotency, resource: () => null }, async ({ res }) => {
      runs += 1;
      arrived();
      await new Promise((resolve) => res.once("close", resolve));
      res.writeHead(201).end("made");
      answered();
    }),
  );
  const keyed = { headers: { "idempotency-key": "0123456789abcdef" } };
  await askAndLeave("POST", url, { ...keyed, body: {} }, hasArrived);
  await hasAnswered;
  const again = await ask("POST", url, { ...keyed, body: {} });
  expect([again.status, again.text, again.headers["idempotency-replayed"], runs]).toEqual([201, "made", "true", 1]);
});

test("behind two guards, a head that can't be sent is 500, without the state's entity-tag and the reason", async () => {
  const { articles, load } = setUp();
  const inner = guarded({ load }, async ({ res, current, expected, outcome }) => {
    const row = await outcome.expectRow(articles.update(current.id, expected, "new"));
    outcome.updated(row.version);
    res.statusMessage = "two\nlines";
    res.end(JSON.stringify(row));
  });
  const outer = guard({ load });
  const url = await serve((request, response) => outer(request, response, () => inner(request, response)));
  const failed = await ask("PUT", `${url}/articles/1`, onFirst);
  expect([failed.status, failed.headers.etag]).toEqual([500, undefined]);
  const read = await ask("GET", `${url}/articles/1`);
  expect([read.status, read.headers.etag]).toEqual([500, undefined]);
});
