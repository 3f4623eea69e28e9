import { Readable } from "node:stream";
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import type { Unclash } from "unclash";
import {
  assertEngine,
  ConfigurationError,
  checkOptions,
  handedOver,
  isBoolean,
  markGuarding,
  nodeFacts,
  normalizePrefix,
  type OptionRules,
  whenInTurn,
} from "unclash/adapter";
import { leaveBodiesUnread } from "./bodies.js";
import { announceEnd, endWithApp } from "./end-with-app.js";
import { pointBelow } from "./point-below.js";
import { pluginWithContext } from "./register-options.js";
import { sendReply } from "./send-reply.js";

export interface MountOptions {
  /**
   * Whether paths below the prefix that unclash does not own stay the app's; else they are answered 404 with a problem.
   * @default true
   */
  readonly fallthrough?: boolean;
}

/**
 * Makes a plugin of an engine: `app.register(mount(unclash), { prefix: "/api" })`. Inside it, bodies are left for
 * unclash to read; the app's own parsers, and its routes outside, are untouched. The app's hooks run, and its error
 * handler gets what its own functions throw.
 *
 * The engine ends with the app: `app.close()` drains it, and closes it once the server is closed. One that is mounted
 * in several apps ends with the last of them.
 *
 * Fastify answers badly encoded URLs before any plugin sees them: give the server `frameworkErrors` too.
 *
 * The native request, which `identify` sees, is Fastify's.
 *
 * @throws ConfigurationError where an option can't be, and UsageError where this is no engine
 */
export function mount(unclash: Unclash<FastifyRequest>, options?: MountOptions): FastifyPluginAsync;
export function mount(
  unclash: Unclash<FastifyRequest>,
  options: MountOptions = {},
): FastifyPluginAsync | Promise<never> {
  const misuse = handedOver("mount", unclash);
  // Fastify hears of what is thrown by what it takes for a plugin only where that is a promise.
  if (misuse !== undefined) return Promise.reject(misuse);
  assertEngine("mount", unclash);
  checkMountOptions(options);
  const { fallthrough = true } = options;
  return pluginWithContext("mount", "unclash-mount", (app) => {
    const prefix = normalizePrefix(app.prefix);
    const handler = markGuarding(async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      const { raw, body } = request;
      const content = body instanceof Readable ? { content: body } : { parsed: body };
      const facts = nodeFacts(raw, {
        response: reply.raw,
        ...pointBelow(raw.url ?? "/", prefix),
        ...content,
        native: request,
      });
      const plan = await whenInTurn(raw, reply.raw, () => unclash.handle(facts));
      if (unclash.state === "draining") announceEnd(reply);
      return plan === undefined ? reply.hijack() : sendReply(reply, plan);
    });
    // It may have been closed since.
    assertEngine("mount", unclash);
    endWithApp(app, unclash);
    leaveBodiesUnread(app);
    for (const path of unclash.paths) {
      app.register(
        async (below) => {
          below.all("", handler);
          below.all("/*", handler);
          // Methods that Fastify has no routes for.
          below.setNotFoundHandler(handler);
        },
        { prefix: path },
      );
    }
    if (!fallthrough) app.setNotFoundHandler(handler);
  });
}

const rules: OptionRules<MountOptions> = { fallthrough: isBoolean };

function checkMountOptions(options: MountOptions): void {
  if ("prefix" in Object(options)) {
    const instead = 'write app.register(mount(unclash), { prefix: "/api" })';
    throw new ConfigurationError("prefix", `is not an option of mount on Fastify, but of register: ${instead}`);
  }
  checkOptions<MountOptions>("", options, rules);
}
