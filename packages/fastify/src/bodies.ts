import type { FastifyInstance, FastifyRequest } from "fastify";

/** Makes Fastify leave the bodies of a context's requests unread; parsers outside of it stay as they are. */
export function leaveBodiesUnread(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", (request, payload, done) => {
    // A hook of the app's may have put another stream before the request, to decode it or to count its bytes.
    done(null, payload === request.raw ? undefined : payload);
  });
  app.addHook("preParsing", (request, _reply, payload, done) => {
    // Unclash itself looks at the type as it was sent, and answers it only after all hooks have run.
    if (isRefused(request)) request.headers = { ...request.headers, "content-type": "application/octet-stream" };
    done(null, payload);
  });
}

const mediaType = /^\s*[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+\s*(?:;|$)/;

/** Whether Fastify would answer the request itself, for its `Content-Type`. */
function isRefused(request: FastifyRequest): boolean {
  const type = request.headers["content-type"];
  return type === undefined ? request.method === "QUERY" : !mediaType.test(type);
}
