import type { FastifyError, FastifyReply, FastifyRequest, FastifyServerOptions } from "fastify";
import type { Unclash } from "unclash";
import {
  assertEngine,
  checkOptions,
  findMount,
  isBoolean,
  isFunction,
  isPrefix,
  nodeFacts,
  normalizePrefix,
  type OptionRules,
} from "unclash/adapter";
import { sendReply } from "./send-reply.js";

export interface FrameworkErrorsOptions {
  /** The prefix with which `mount` is registered. @default "" */
  readonly prefix?: string;
  /** As `mount` has it: `false` answers also those below the prefix that no collection owns. @default true */
  readonly fallthrough?: boolean;
  /** Answers all the others. @default Fastify's error handling */
  readonly otherwise?: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => void;
}

/**
 * Makes the server option `frameworkErrors`. Fastify's router refuses URLs with broken percent-encoding, such as
 * `/articles/%ff`, before any plugin sees them; with this, those that a collection owns get unclash's own problem:
 * `Fastify({ frameworkErrors: frameworkErrors(unclash, { prefix: "/api" }) })`. The app's hooks don't run for them.
 */
export function frameworkErrors(
  unclash: Unclash<FastifyRequest>,
  options: FrameworkErrorsOptions = {},
): NonNullable<FastifyServerOptions["frameworkErrors"]> {
  assertEngine("frameworkErrors", unclash);
  checkOptions<FrameworkErrorsOptions>("", options, rules);
  const { prefix = "", fallthrough = true, otherwise = sendError } = options;
  const normalized = normalizePrefix(prefix);
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    const point = findMount(request.raw.url ?? "/", normalized);
    if (point === undefined) return otherwise(error, request, reply);
    const facts = nodeFacts(request.raw, { response: reply.raw, ...point, native: request });
    // No hook has run, one that checks credentials neither: what could name a resource must not get through here.
    if (isDecodable(facts.path) || (fallthrough && !unclash.owns(facts.path))) return otherwise(error, request, reply);
    unclash
      .handle(facts)
      .then((plan) => sendReply(reply, plan))
      .catch((thrown: unknown) => sendError(thrown, request, reply));
  };
}

const rules: OptionRules<FrameworkErrorsOptions> = {
  prefix: isPrefix,
  fallthrough: isBoolean,
  otherwise: isFunction,
};

function isDecodable(path: string): boolean {
  try {
    decodeURI(path);
    return true;
  } catch {
    return false;
  }
}

function sendError(error: unknown, _request: FastifyRequest, reply: FastifyReply): void {
  reply.send(error);
}
