import {
  checkOptions,
  type GuardedResource,
  guardSuite,
  nativeOptions,
  noGuard,
  type PlainAnswer,
  type PlainContext,
  type PlainHandler,
  type PlainRequest,
  type StartGuarded,
} from "@unclash/conformance/guard";
import { createMemoryStore } from "@unclash/memory";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { test } from "vitest";
import { check, guard } from "./guard.js";
import { guarded } from "./guarded.js";
import { problems } from "./problems.js";

function plain({ method, params, headers, body }: FastifyRequest): PlainRequest {
  const id = typeof params === "object" && params !== null && "id" in params ? params.id : undefined;
  return { method, id: typeof id === "string" ? id : undefined, headers, body };
}

function answer(reply: FastifyReply, { status, headers = {}, body }: PlainAnswer): FastifyReply {
  reply.code(status).headers(headers);
  return body === undefined ? reply.send() : reply.send(body);
}

type Passed = Pick<PlainContext, "current" | "expected" | "guard">;

async function run(handler: PlainHandler, request: FastifyRequest, reply: FastifyReply, passed: Passed) {
  const { current, expected, guard } = passed;
  return answer(reply, await handler({ ...plain(request), current, expected, guard }));
}

function addResource(app: FastifyInstance, { form, options, outer, routes, reports }: GuardedResource): void {
  const native = nativeOptions(options, plain);
  const article = guard(native);
  if (outer !== undefined) app.register(guard(nativeOptions(outer, plain)));
  if (form === "guard") {
    app.register(article);
    reports?.(article.report);
  }
  const inForm = (handler: PlainHandler) => {
    switch (form) {
      case "guarded":
        return guarded(native, ({ request, reply, current, expected, guard }) =>
          run(handler, request, reply, { current, expected, guard }),
        );
      case "guard":
        return (request: FastifyRequest, reply: FastifyReply) =>
          run(handler, request, reply, forHandler(article.of(request)));
      case "check":
        return async (request: FastifyRequest, reply: FastifyReply) =>
          run(
            handler,
            request,
            reply,
            forHandler(await check(request, await native.load?.(request), checkOptions(native))),
          );
      case "none":
        return (request: FastifyRequest, reply: FastifyReply) => run(handler, request, reply, forHandler(noGuard));
    }
  };
  for (const { method, path, handler } of routes) app.route({ method, url: path, handler: inForm(handler) });
}

function forHandler(found: Passed["guard"]): Passed {
  return { current: found.current, expected: found.expected, guard: found };
}

const start: StartGuarded = async ({ resources, onError }) => {
  const app = Fastify();
  const parser = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser(/^application\/[^;]+\+json/, { parseAs: "string" }, parser);
  app.register(problems());
  app.register(async (inside) => {
    inside.setErrorHandler((error, _request, reply) => {
      const answered = onError?.(error);
      if (answered === undefined) throw error;
      return answer(reply, answered);
    });
    for (const resource of resources) inside.register(async (context) => addResource(context, resource));
  });
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const close = async (): Promise<void> => {
    app.server.closeAllConnections();
    await app.close();
  };
  return { url, close };
};

guardSuite({ test, start, store: ({ clock }) => createMemoryStore({ clock: clock.now }) });
