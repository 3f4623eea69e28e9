import {
  type Client,
  checkOptions,
  contentOf,
  createHttp2Client,
  type GuardedResource,
  type GuardSuiteOptions,
  guardSuite,
  guardTransportSuite,
  headersOf,
  nativeFormat,
  nativeOptions,
  noGuard,
  type PlainAnswer,
  type PlainGuard,
  type PlainHandler,
  type PlainRequest,
  receivedOf,
  type StartGuarded,
  splitOptions,
} from "@unclash/conformance/guard";
import { createMemoryStore } from "@unclash/memory";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { describe, test } from "vitest";
import { asFastify } from "./as-fastify.test-support.js";
import { createGuards } from "./guards.js";

function plain({ method, params, headers, body }: FastifyRequest): PlainRequest {
  const id = typeof params === "object" && params !== null && "id" in params ? params.id : undefined;
  return { method, id: typeof id === "string" ? id : undefined, headers, body };
}

function answer(reply: FastifyReply, { status, headers = {}, body }: PlainAnswer): FastifyReply {
  reply.code(status).headers(headers);
  return body === undefined ? reply.send() : reply.send(body);
}

async function run(handler: PlainHandler, request: FastifyRequest, reply: FastifyReply, context: PlainGuard) {
  return answer(reply, await handler({ ...plain(request), ...context }));
}

function addResource(app: FastifyInstance, { form, options, outer, routes, reports }: GuardedResource): void {
  const native = nativeOptions(options, plain);
  const { shared, own } = splitOptions(native);
  const { guard, guarded, check } = createGuards(form === "check" ? checkOptions(shared) : shared);
  const article = guard(own);
  if (outer !== undefined) app.register(createGuards({}).guard(nativeOptions(outer, plain)));
  if (form === "guard") {
    app.register(article);
    reports?.(article.report);
  }
  const inForm = (handler: PlainHandler) => {
    switch (form) {
      case "guarded":
        return guarded(own, ({ request, reply, ...context }) => run(handler, request, reply, context));
      case "guard":
        return (request: FastifyRequest, reply: FastifyReply) => run(handler, request, reply, article.of(request));
      case "check":
        return async (request: FastifyRequest, reply: FastifyReply) =>
          run(handler, request, reply, await check(request, await native.load?.(request), own));
      case "none":
        return (request: FastifyRequest, reply: FastifyReply) => run(handler, request, reply, noGuard);
    }
  };
  for (const { method, path, handler } of routes) app.route({ method, url: path, handler: inForm(handler) });
}

type AppOf = Parameters<StartGuarded>[0];

function prepare(app: FastifyInstance, { resources, onError, problem }: AppOf): FastifyInstance {
  const parser = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser(/^application\/[^;]+\+json/, { parseAs: "string" }, parser);
  app.register(createGuards(nativeFormat(problem, plain)).problems());
  app.register(async (inside) => {
    inside.setErrorHandler((error, _request, reply) => {
      const answered = onError?.(error);
      if (answered === undefined) throw error;
      return answer(reply, answered);
    });
    for (const resource of resources) inside.register(async (context) => addResource(context, resource));
  });
  return app;
}

const store: GuardSuiteOptions["store"] = ({ clock }) => createMemoryStore({ clock: clock.now });

const start: StartGuarded = async (given) => {
  const app = prepare(Fastify(), given);
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const close = async (): Promise<void> => {
    app.server.closeAllConnections();
    await app.close();
  };
  return { url, close };
};

guardSuite({ test, start, store });

describe("over HTTP/2", () => {
  const startHttp2: StartGuarded = async (given) => {
    const http2 = Fastify({ http2: true, http2SessionTimeout: 60_000 });
    const app = prepare(asFastify(http2), given);
    const url = await app.listen({ host: "127.0.0.1", port: 0 });
    return { url, close: () => app.close() };
  };
  guardTransportSuite({ test, start: startHttp2, store, form: "guard", client: createHttp2Client });
});

describe("by inject", () => {
  const apps = new Map<string, FastifyInstance>();
  const startInjected: StartGuarded = async (given) => {
    const app = prepare(Fastify(), given);
    const url = `http://inject-${apps.size}`;
    apps.set(url, app);
    await app.ready();
    return { url, close: () => app.close() };
  };
  const inject = (url: string): Client => ({
    async send(method, path, message) {
      const content = contentOf(message);
      const sent = Object.entries(headersOf(message)).map(([name, value]) => [
        name,
        typeof value === "string" ? value : value.join(", "),
      ]);
      const request = { method: methodOf(method), url: path, headers: Object.fromEntries(sent) };
      const app = apps.get(url);
      if (app === undefined) throw new TypeError(`Nothing is served at ${url}.`);
      const { statusCode, headers, body } = await app.inject({
        ...request,
        ...(content && { payload: content.bytes }),
      });
      return receivedOf(method, path, statusCode, headers, body);
    },
    close: () => {},
  });
  guardTransportSuite({ test, start: startInjected, store, form: "guarded", client: inject });
});

function methodOf(method: string): "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" {
  const known = (["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] as const).find((each) => each === method);
  if (known === undefined) throw new TypeError(`inject() is not asked for ${method} here.`);
  return known;
}
