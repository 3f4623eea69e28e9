import type {
  ContextConfigDefault,
  FastifyBaseLogger,
  FastifyReply,
  FastifyRequest,
  FastifySchema,
  FastifyTypeProvider,
  FastifyTypeProviderDefault,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
  RouteGenericInterface,
} from "fastify";
import type { ContextOf, GuardOptions, Loaded, Unloaded } from "unclash";
import {
  assertCalledBy,
  assertHandler,
  assertNotServed,
  createGuard,
  handlerIsOver,
  isAnsweredHere,
  markGuarding,
  runHandler,
} from "unclash/adapter";
import { isCall, routeOf } from "./facts.js";
import { enter } from "./guard.js";
import { sendAnswer } from "./send-reply.js";

/** The types of a route where nobody says them: parameters are strings by any name, if no schema is for them. */
export type RouteOf<Schema> = Schema extends { readonly params: unknown }
  ? RouteGenericInterface
  : { Params: Readonly<Record<string, string>> };

/** A request as Fastify types it, by the schema of its route and the type provider of the app. */
type RequestOf<
  Schema extends FastifySchema,
  Provider extends FastifyTypeProvider,
  Route extends RouteGenericInterface,
> = FastifyRequest<Route, RawServerDefault, RawRequestDefaultExpression, Schema, Provider>;

/** The reply to it, which takes what the schema of its response allows. */
type ReplyOf<
  Schema extends FastifySchema,
  Provider extends FastifyTypeProvider,
  Route extends RouteGenericInterface,
> = FastifyReply<
  Route,
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  ContextConfigDefault,
  Schema,
  Provider
>;

/**
 * The same request for the options, from which TypeScript must not infer the schema and the provider: a `load` that
 * declares the parameters alone knows of neither.
 */
type OptionsRequestOf<
  Schema extends FastifySchema,
  Provider extends FastifyTypeProvider,
  Route extends RouteGenericInterface,
> = FastifyRequest<
  Route,
  RawServerDefault,
  RawRequestDefaultExpression,
  FastifySchema,
  FastifyTypeProviderDefault,
  ContextConfigDefault,
  FastifyBaseLogger,
  {
    params: RequestOf<Schema, Provider, Route>["params"];
    query: RequestOf<Schema, Provider, Route>["query"];
    headers: RequestOf<Schema, Provider, Route>["headers"];
    body: RequestOf<Schema, Provider, Route>["body"];
  }
>;

/** What a guarded handler gets: Fastify's request and reply, and what its guard has for it. */
export type GuardedContext<
  State extends Loaded,
  Creates extends boolean = false,
  Schema extends FastifySchema = FastifySchema,
  Provider extends FastifyTypeProvider = FastifyTypeProviderDefault,
  Route extends RouteGenericInterface = RouteOf<Schema>,
> = ContextOf<State, Creates> & {
  readonly request: RequestOf<Schema, Provider, Route>;
  readonly reply: ReplyOf<Schema, Provider, Route>;
};

/**
 * Guards one handler: `app.put("/articles/:id", guarded({ load }, async ({ request, expected, outcome }) => …))`. What
 * the handler returns is sent as Fastify does; one that returns nothing, nor a promise, sends by `reply`. What it
 * throws is answered, where it is a guard's, or goes to the app's error handler. `request` and `reply` have the types
 * that the route gives them: by its schema and the app's type provider, by `app.put<{ Body: … }>(…)`, or by the request
 * that `load` declares.
 *
 * @throws ConfigurationError where an option can't be; its message names the option
 * @example app.put(url, { schema: { params, body } }, guarded({ load }, async ({ request }) => save(request.body)));
 */
export function guarded<
  State extends Loaded = Unloaded,
  const Creates extends boolean = false,
  Schema extends FastifySchema = FastifySchema,
  Provider extends FastifyTypeProvider = FastifyTypeProviderDefault,
  Route extends RouteGenericInterface = RouteOf<Schema>,
  Result = unknown,
>(
  options: GuardOptions<OptionsRequestOf<Schema, Provider, Route>, State, Creates>,
  handler: (context: GuardedContext<State, Creates, Schema, Provider, Route>) => Result | Promise<Result>,
): (request: RequestOf<Schema, Provider, Route>, reply: ReplyOf<Schema, Provider, Route>) => Promise<Result>;
export function guarded<State extends Loaded>(
  options: GuardOptions<FastifyRequest, State>,
  handler: (context: ContextOf<State, false> & { request: FastifyRequest; reply: FastifyReply }) => unknown,
): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  assertNotServed("guarded", options);
  assertHandler("guarded", options, handler);
  const engine = createGuard<FastifyRequest, State>(options, routeOf);
  const run = async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const admitted = await enter(engine, request, reply);
    if (admitted === undefined) return reply;
    const { guardedResponse } = admitted;
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
      if (!isAnsweredHere(engine, thrown) || reply.raw.headersSent) throw thrown;
      return sendAnswer(reply, thrown.answer);
    } finally {
      handlerIsOver(guardedResponse, reply.raw);
    }
  };
  const guardedHandler = (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    assertCalledBy("guarded", "Fastify", isCall(request), request);
    return run(request, reply);
  };
  return markGuarding(guardedHandler, "itself", engine);
}

function isSent(reply: FastifyReply): boolean {
  return reply.sent || reply.raw.headersSent;
}
