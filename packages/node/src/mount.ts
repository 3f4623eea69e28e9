import type { IncomingMessage, ServerResponse } from "node:http";
import type { Unclash } from "unclash";
import {
  assertCalledBy,
  assertEngine,
  bodyLeftOn,
  checkOptions,
  errorOf,
  findMount,
  isBoolean,
  isFunction,
  isPrefix,
  type MountPoint,
  markGuarding,
  nodeFacts,
  normalizePrefix,
  type OptionRules,
  sendPlan,
  whenInTurn,
} from "unclash/adapter";
import { isCall, originalUrl } from "./facts.js";
import { answerFailure, tellFailure, warnOfFailure } from "./failure.js";

export interface MountOptions {
  /** The path under which the collections are: `/api`. @default "" */
  readonly prefix?: string;
  /**
   * Whether paths that no collection owns go on to `next`. Else those below the prefix are answered 404 with a problem;
   * where there is no `next`, all are.
   * @default true
   */
  readonly fallthrough?: boolean;
  /**
   * Where there is no `next` to tell: is told what the app's own functions threw, and faults of unclash itself. The
   * client gets a bare 500.
   * @default a warning of the process, with the stack
   */
  readonly onError?: (error: object, request: IncomingMessage) => void;
}

/** A request listener of `node:http`; and a middleware, for those that call it with `next` as connect does. */
export type MountedHandler = (request: IncomingMessage, response: ServerResponse, next?: Next) => void;

/** Takes a request on, or, called with an error, ends it. */
export type Next = (error?: unknown) => void;

/**
 * Mounts an engine in a server of `node:http`: `createServer(mount(unclash, { prefix: "/api" }))`, or in whatever calls
 * `(request, response, next)`.
 *
 * The native request, which `identify` sees, is Node's `IncomingMessage`.
 *
 * @throws ConfigurationError where an option can't be, and UsageError where this is no engine
 */
export function mount(unclash: Unclash<IncomingMessage>, options: MountOptions = {}): MountedHandler {
  assertEngine("mount", unclash);
  checkOptions<MountOptions>("", options, rules);
  const { prefix = "", fallthrough = true, onError = warnOfFailure } = options;
  const normalized = normalizePrefix(prefix);
  return markGuarding((request, response, next) => {
    assertCalledBy("mount", "node:http", isCall(request, response), request);
    const { url = "/" } = request;
    const point = findMount(url, normalized, originalUrl(request));
    if (point === undefined && next !== undefined) return next();
    const facts = nodeFacts(request, {
      response,
      ...(point ?? nowhere(url)),
      parsed: bodyLeftOn(request),
      native: request,
    });
    if (fallthrough && next !== undefined && !unclash.owns(facts.path)) return next();
    whenInTurn(request, response, () => unclash.handle(facts))
      .then((plan) => plan && sendPlan(plan, response))
      .catch((thrown: unknown) => {
        const error = errorOf(thrown);
        if (next !== undefined) return next(error);
        answerFailure(request, response);
        tellFailure(onError, error, request);
      });
  });
}

const rules: OptionRules<MountOptions> = { prefix: isPrefix, fallthrough: isBoolean, onError: isFunction };

/** A request outside the mount: all of its path is above, so that no collection owns it. */
function nowhere(url: string): MountPoint {
  return { base: url.split("?", 1)[0] ?? "", url: "" };
}
