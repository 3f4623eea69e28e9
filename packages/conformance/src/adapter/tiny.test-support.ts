import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { RequestFacts } from "unclash";
import {
  belowPrefix,
  inTurn,
  isStreamPlan,
  nodeFacts,
  originForm,
  type ResponsePlan,
  type StreamPlan,
  sendPlan,
} from "unclash/adapter";
import { listen } from "./listen.js";
import type { Start } from "./suite-options.js";

export type Facts = RequestFacts<IncomingMessage>;

/** What a twisted adapter does otherwise than a sound one. */
export interface Twist {
  readonly url?: (url: string) => string;
  readonly base?: (base: string) => string;
  readonly owns?: boolean;
  /** It works on a request before the earlier ones of its connection have been answered. */
  readonly atOnce?: boolean;
  readonly parsed?: (value: unknown) => unknown;
  readonly facts?: (facts: Facts) => Facts | Promise<Facts>;
  readonly plan?: (plan: ResponsePlan, facts: Facts) => ResponsePlan;
  readonly send?: (plan: ResponsePlan, response: ServerResponse) => void;
  readonly stream?: (plan: StreamPlan, response: ServerResponse) => Promise<void> | undefined;
  readonly fail?: (response: ServerResponse) => void;
}

function answerText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain", "content-length": text.length }).end(text);
}

function answerFailure(response: ServerResponse): void {
  if (!response.headersSent) answerText(response, 500, "It failed.");
}

/** The smallest adapter that there can be, over Node's own server, or one that is twisted in a single place. */
export function tinyStart(twist: Twist = {}, parse?: (request: IncomingMessage) => Promise<unknown>): Start {
  const { url: twistUrl = String, base: twistBase = String, facts: twistFacts = (facts: Facts) => facts } = twist;
  const { plan: twistPlan = (plan: ResponsePlan) => plan, send = sendPlan, stream = sendPlan } = twist;
  const { fail = answerFailure } = twist;
  return (unclash, { prefix, server }) => {
    const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
      const turn = twist.atOnce ? undefined : inTurn(request, response);
      if (turn !== undefined && !(await turn)) return;
      const below = belowPrefix(twistUrl(originForm(request.url ?? "/")), prefix);
      const value = await parse?.(request);
      const parsed = twist.parsed === undefined ? value : twist.parsed(value);
      if (parsed instanceof Error) return answerText(response, parsed instanceof RangeError ? 413 : 400, "no body");
      const mounted = { base: twistBase(prefix), url: below ?? "/", response, native: request };
      const facts = nodeFacts(request, parsed === undefined ? mounted : { ...mounted, parsed });
      if (below === undefined || !(twist.owns ?? unclash.owns(facts.path))) {
        const isAppRoute = facts.path === "/app-route";
        return answerText(response, isAppRoute ? 200 : 404, isAppRoute ? "app" : "not found");
      }
      const taken = await twistFacts(facts);
      const plan = await unclash.handle(taken);
      if (isStreamPlan(plan)) await stream(plan, response);
      else send(twistPlan(plan, taken), response);
    };
    return listen(
      createServer(server, (request, response) => void handle(request, response).catch(() => fail(response))),
    );
  };
}

/**
 * A JSON parser that runs before the mount: the value; an error for what is no JSON, a `RangeError` for too much of it.
 */
export async function parseJsonBody(request: IncomingMessage): Promise<unknown> {
  if (!/^application\/([a-z-]+\+)?json/.test(request.headers["content-type"] ?? "")) return undefined;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  if (text.length > 1_048_576) return new RangeError("too much");
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return new SyntaxError("no JSON");
  }
}
