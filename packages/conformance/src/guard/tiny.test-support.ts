import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { GuardOptions, LoadedState, RequestFacts } from "unclash";
import {
  checkRequest,
  createGuard,
  type Entered,
  type GuardAnswer,
  type GuardedResponse,
  guardFacts,
  httpErrorPlan,
  inTurn,
  isGuardError,
  prepareResponse,
  problemSources,
  type Runnable,
  runHandler,
  sendAnswer,
} from "unclash/adapter";
import { listen } from "../adapter/listen.js";
import { parseJsonBody } from "../adapter/tiny.test-support.js";
import type { GuardedResource, PlainAnswer, PlainGuard, PlainHandler, PlainRequest } from "./app.js";
import { checkOptions, nativeFormat, nativeOptions } from "./native-options.js";
import { noGuard } from "./no-guard.js";
import type { StartGuarded } from "./suite-options.js";

/** A request as the tiny framework has it. */
export interface TinyRequest extends PlainRequest {
  readonly message: IncomingMessage;
}

export type Options = GuardOptions<TinyRequest, LoadedState>;
export type Facts = RequestFacts<TinyRequest>;

/** What a twisted adapter does otherwise than a sound one. */
export interface Twist {
  readonly options?: (options: Options) => Options;
  /** It works on a request before the earlier ones of its connection have been answered. */
  readonly atOnce?: boolean;
  readonly facts?: (facts: Facts) => Facts;
  readonly entered?: (entered: Entered<LoadedState>, facts: Facts) => Entered<LoadedState>;
  readonly pass?: (guardedResponse: GuardedResponse, response: ServerResponse, request: TinyRequest) => void;
  readonly context?: (context: PlainGuard, request: TinyRequest) => PlainGuard;
  readonly send?: (answer: GuardAnswer, response: ServerResponse, request: TinyRequest) => void;
  readonly answer?: (answer: PlainAnswer, request: TinyRequest) => PlainAnswer;
  /** What parsers refuse is no problem in the app's own format. */
  readonly errorFormat?: false;
  /** What is thrown never gets to the error handlers where this takes it. */
  readonly caught?: (error: unknown, response: ServerResponse) => boolean;
}

/** The context of a request; what a handler may run with again comes whole. */
type Found = Runnable<LoadedState> | { readonly context: PlainGuard };

type Handle = (request: TinyRequest, response: ServerResponse) => Promise<void>;

function answerWith(response: ServerResponse, { status, headers = {}, body }: PlainAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body instanceof Readable) {
    body.on("error", (error) => response.destroy(error)).pipe(response);
    return;
  }
  const isJson = body !== undefined && typeof body !== "string" && !(body instanceof Uint8Array);
  const content = isJson ? JSON.stringify(body) : body;
  if (isJson) response.setHeader("content-type", "application/json; charset=utf-8");
  if (content !== undefined) response.setHeader("content-length", Buffer.byteLength(content));
  response.end(content);
}

/**
 * The routes of a resource in the form that it is guarded in: a handler for a request that has come to one of its
 * paths.
 */
function inForm({ form, options, outer, reports }: GuardedResource, twist: Twist): (handler: PlainHandler) => Handle {
  const { context: twisted = (context: PlainGuard) => context, answer = (given: PlainAnswer) => given } = twist;
  const {
    pass = (guardedResponse: GuardedResponse, response: ServerResponse) => prepareResponse(guardedResponse, response),
  } = twist;
  const { send = (given: GuardAnswer, response: ServerResponse) => sendAnswer(given, response) } = twist;
  const native = twistedOptions(options, twist);
  const engine = createGuard(native);
  const before = outer && createGuard(twistedOptions(outer, twist));
  if (form === "guard") reports?.(engine.report);
  const enter = async (by: typeof engine, request: TinyRequest, response: ServerResponse) => {
    const turn = twist.atOnce ? undefined : inTurn(request.message, response);
    if (turn !== undefined && !(await turn)) return undefined;
    const facts = factsOf(request, response, twist);
    const entered = await by.enter(facts);
    const { kind, ...rest } = twist.entered?.(entered, facts) ?? entered;
    if (kind === "pass" && "guardedResponse" in rest) {
      pass(rest.guardedResponse, response, request);
      return rest;
    }
    if (!("error" in rest)) throw new TypeError("Neither passed nor answered.");
    if (by.forwardsErrors && rest.error.problem !== undefined) throw rest.error;
    send(rest.error.answer, response, request);
    return undefined;
  };
  const contextOf: (request: TinyRequest, response: ServerResponse) => Promise<Found | undefined> = {
    guarded: (request: TinyRequest, response: ServerResponse) => enter(engine, request, response),
    async guard(request: TinyRequest, response: ServerResponse) {
      const entered = await enter(engine, request, response);
      return entered && { context: entered.context };
    },
    none: async () => ({ context: noGuard }),
    async check(request: TinyRequest, response: ServerResponse) {
      const facts = factsOf(request, response, twist);
      const checked = await checkRequest(facts, await native.load?.(request), checkOptions(native));
      if (checked.isNew) pass(checked.guardedResponse, response, request);
      return { context: checked.context };
    },
  }[form];
  return (handler) => async (request, response) => {
    if (before !== undefined && (await enter(before, request, response)) === undefined) return;
    const found = await contextOf(request, response);
    if (found === undefined) return;
    const run = async (plain: PlainGuard): Promise<void> => {
      answerWith(response, answer(await handler({ ...request, ...twisted(plain, request) }), request));
    };
    await ("guardedResponse" in found ? runHandler(found, response, run) : run(found.context));
  };
}

function twistedOptions(options: GuardedResource["options"], twist: Twist): Options {
  const native = nativeOptions(options, (request: TinyRequest) => request);
  return twist.options?.(native) ?? native;
}

function factsOf(request: TinyRequest, response: ServerResponse, { facts = (given: Facts) => given }: Twist): Facts {
  const { message, body: parsed } = request;
  return facts(guardFacts(message, { response, url: message.url ?? "/", parsed, native: request }));
}

/** A request of which only Node's own is left. */
function plainMessage({ method = "GET", headers }: IncomingMessage): PlainRequest {
  return { method, id: undefined, headers, body: undefined };
}

/** The smallest framework that there can be, with guards, or one that is twisted in a single place. */
export function tinyStart(twist: Twist = {}): StartGuarded {
  return ({ resources, onError, problem }) => {
    const sourceOf = problemSources(twist.errorFormat === false ? {} : nativeFormat(problem, plainMessage));
    const routes = new Map<string, Handle>();
    for (const resource of resources) {
      const wrap = inForm(resource, twist);
      for (const { method, path, handler } of resource.routes) routes.set(`${method} ${path}`, wrap(handler));
      for (const { path } of resource.form === "guard" ? resource.routes : [])
        routes.set(
          `* ${path}`,
          wrap(() => ({ status: 405 })),
        );
    }
    const handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
      const { method = "GET", url = "/", headers } = message;
      const path = (url.split("?", 1)[0] ?? "").split("/");
      const id = path.length > 3 ? decodeURIComponent(path[3] ?? "") : undefined;
      const place = `/${path[1]}/${path[2]}${id === undefined ? "" : "/:id"}`;
      const known = routes.get(`${method === "HEAD" ? "GET" : method} ${place}`) ?? routes.get(`* ${place}`);
      if (known === undefined) return answerWith(response, { status: 404 });
      const body = await parseJsonBody(message);
      if (body instanceof Error) throw Object.assign(body, { status: 400 });
      await known({ message, method, id, headers, body }, response);
    };
    const fail = (error: unknown, message: IncomingMessage, response: ServerResponse): void => {
      if (twist.caught?.(error, response) === true) return;
      if (response.headersSent) {
        response.destroy();
        return;
      }
      const { url = "/" } = message;
      const own = onError?.(error);
      const plan = isGuardError(error) ? error.answer : httpErrorPlan(error, sourceOf(url, message));
      // That of an answer that could not be sent.
      response.removeHeader("content-length");
      if (own !== undefined || plan === undefined) answerWith(response, own ?? { status: 500 });
      else sendAnswer(plan, response);
    };
    return listen(
      createServer((message, response) => {
        handle(message, response).catch((error: unknown) => fail(error, message, response));
      }),
    );
  };
}
