import { graceMs, runShop } from "@unclash/app-shop";
import { clientErrorHandler, frameworkErrors, guarded, mount, problems } from "@unclash/fastify";
import Fastify, { type FastifyError, type FastifyReply, type FastifyRequest } from "fastify";

await runShop(async (unclash, customers) => {
  const answerError = frameworkErrors(unclash, { fallthrough: false });
  const app = Fastify({
    clientErrorHandler,
    frameworkErrors: (error, request: FastifyRequest, reply: FastifyReply) => {
      if (!customers.owns(request.url)) return answerError(error, request, reply);
      customers.take(request.raw).then((taken) => taken.kind === "answered" && send(reply, taken.plan), reply.send);
    },
  });
  await app.register(problems());

  // The app's own table, bound by a guard.
  app.register(
    async (routes) => {
      // The shop reads bodies itself, so that all samples answer alike.
      routes.removeAllContentTypeParsers();
      routes.addContentTypeParser("*", (_request, _payload, done) => done(null));
      const contents = new WeakMap<FastifyRequest, unknown>();
      routes.addHook("onRequest", async (request, reply) => {
        const taken = await customers.take(request.raw);
        if (taken.kind === "answered") return send(reply, taken.plan);
        contents.set(request, taken.content);
        return undefined;
      });
      routes.addHook("preHandler", async (request) => {
        request.body = contents.get(request);
      });
      const guarding = customers.guarding((request: FastifyRequest) => request.raw);
      const answerGuarded = guarded(guarding, async ({ request, reply, ...context }) =>
        send(reply, await customers.answer(request.raw, context)),
      );
      routes.all("", answerGuarded);
      routes.all("/*", answerGuarded);
      routes.setNotFoundHandler(answerGuarded);
      // What is no media type at all Fastify would refuse by itself: the guard does it as in all samples.
      routes.setErrorHandler(async (error: FastifyError, request, reply) => {
        if (error.code !== "FST_ERR_CTP_INVALID_MEDIA_TYPE") throw error;
        return answerGuarded.call(routes, request, reply);
      });
    },
    { prefix: "/customers" },
  );

  app.register(mount(unclash, { fallthrough: false }));
  await app.ready();
  const { server } = app;
  return {
    server,
    shutdown() {
      setTimeout(() => server.closeAllConnections(), graceMs).unref();
      return app.close();
    },
  };
});

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

function send(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  reply.code(status).headers(headers);
  return body === null ? reply.send() : reply.serializer((text: string) => text).send(body);
}
