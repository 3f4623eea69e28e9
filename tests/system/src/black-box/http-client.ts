import { Agent, request } from "node:http";
import type { Outcome } from "./history.js";

export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What came of a request without an answer. */
export type NoAnswer = Exclude<Outcome, { readonly kind: "answered" }>;

/** A client with a connection of its own to each server. */
export interface HttpClient {
  readonly send: (origin: string, message: HttpRequest, timeoutMs: number) => Promise<HttpAnswer | NoAnswer>;
  readonly close: () => void;
}

export function createHttpClient(): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    send: (origin, message, timeoutMs) => send(agent, origin, message, timeoutMs),
    close: () => agent.destroy(),
  };
}

function send(agent: Agent, origin: string, message: HttpRequest, timeoutMs: number): Promise<HttpAnswer | NoAnswer> {
  return new Promise((resolve) => {
    const { method, path, headers = {}, body } = message;
    const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
    const outgoing = request(`${origin}${path}`, { agent, method, headers: { ...headers, ...length } });
    const settle = (answer: HttpAnswer | NoAnswer): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    const fail = (error: NodeJS.ErrnoException): void =>
      settle(error.code === "ECONNREFUSED" ? { kind: "not-sent" } : { kind: "unknown", why: error.message });
    const timer = setTimeout(() => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    outgoing.on("error", fail).on("response", (incoming) => {
      let text = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (chunk: string) => {
        text += chunk;
      });
      incoming.on("error", fail);
      incoming.on("end", () => settle({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: text }));
    });
    outgoing.end(body);
  });
}
