import type { FastifyReply, FastifyRequest } from "fastify";
import type { ContextOf, GuardOptions, Loaded, Unloaded } from "unclash";
import {
  assertCalledBy,
  assertHandler,
  assertNotServed,
  createGuard,
  handlerIsOver,
  isGuardError,
  markGuarding,
  runHandler,
} from "unclash/adapter";
import { isCall } from "./facts.js";
import { enter, type GuardedRequest } from "./guard.js";
import { sendAnswer } from "./send-reply.js";

/** What a guarded handler gets: Fastify's request and reply, and what its guard has for it. */
export type GuardedContext<
  State extends Loaded,
  Creates extends boolean = false,
  Native extends FastifyRequest = GuardedRequest,
> = ContextOf<State, Creates> & { readonly request: Native; readonly reply: FastifyReply };

/**
 * A guarded handler as a route's. It resolves with what Fastify sends; its type says nothing of that, as any schema
 * may.
 */
export type GuardedHandler<Native> = (request: Native, reply: FastifyReply) => Promise<void>;

/**
 * Guards one handler: `app.put("/articles/:id", guarded({ load }, async ({ request, expected, outcome }) => …))`. What
 * the handler returns is sent as Fastify does; one that returns nothing, nor a promise, sends by `reply`. What it
 * throws is answered, where it is a guard's, or goes to the app's error handler.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 */
export function guarded<
  State extends Loaded = Unloaded,
  const Creates extends boolean = false,
  Native extends FastifyRequest = GuardedRequest,
>(
  options: GuardOptions<Native, State, Creates>,
  handler: (context: GuardedContext<State, Creates, Native>) => unknown,
): GuardedHandler<Native>;
export function guarded<State extends Loaded, Native extends FastifyRequest>(
  options: GuardOptions<Native, State>,
  handler: (context: GuardedContext<State, false, Native>) => unknown,
): (request: Native, reply: FastifyReply) => Promise<unknown> {
  assertNotServed("guarded", options);
  assertHandler("guarded", options, handler);
  const engine = createGuard<FastifyRequest, State>(options);
  const run = async (request: Native, reply: FastifyReply): Promise<unknown> => {
    const admitted = await enter(engine, request, reply);
    if (admitted === undefined) return reply;
    const { passage } = admitted;
    try {
      const result = runHandler(admitted, reply.raw, (context) => handler({ request, reply, ...context }));
      // Its answer comes by a callback: Fastify is to wait for it, and to send nothing itself.
      if (result === undefined) return reply;
      const content = await result;
      // Fastify sends an answer without content to nobody once the client is gone; a repeat wants it still.
      if (content === undefined && request.raw.destroyed && !isSent(reply)) return reply.send();
      return content;
    } catch (thrown) {
      // Once the head is out, Fastify has to break the connection off: half an answer must not look whole.
      if (!isGuardError(thrown) || engine.handsOn || reply.raw.headersSent) throw thrown;
      return sendAnswer(reply, thrown.answer);
    } finally {
      handlerIsOver(passage, reply.raw);
    }
  };
  const guardedHandler = (request: Native, reply: FastifyReply): Promise<unknown> => {
    assertCalledBy("guarded", "Fastify", isCall(request), request);
    return run(request, reply);
  };
  return markGuarding(guardedHandler, "itself", engine);
}

function isSent(reply: FastifyReply): boolean {
  return reply.sent || reply.raw.headersSent;
}
