import { createHttpClient, type HttpAnswer, type HttpClient, type NoAnswer } from "../black-box/http-client.js";
import type { Attempt } from "./history.js";
import { type KeyedRequest, messageOf } from "./keyed-request.js";

/** Sends requests with keys, and records what came of them. */
export interface Sender {
  /** The nth of those that are sent at once has the nth connection. */
  readonly send: (origin: string, request: KeyedRequest, connection?: number) => Promise<Attempt>;
  readonly get: (origin: string, path: string) => Promise<HttpAnswer | NoAnswer>;
  readonly close: () => void;
}

export interface SenderOptions {
  /** Numbers the attempts of all senders. */
  readonly nextNumber: () => number;
  readonly record: (attempt: Attempt) => void;
  readonly timeoutMs: number;
}

export function createSender({ nextNumber, record, timeoutMs }: SenderOptions): Sender {
  const connections: HttpClient[] = [];
  const connectionOf = (index: number): HttpClient => (connections[index] ??= createHttpClient());
  return {
    async send(origin, request, connection = 0) {
      const { headers: _headers, body: _body, ...told } = request;
      const number = nextNumber();
      const message = messageOf(request);
      const headers = { ...message.headers, "x-operation": String(number) };
      const startedAtMs = performance.now();
      const answer = await connectionOf(connection).send(origin, { ...message, headers }, timeoutMs);
      const endedAtMs = performance.now();
      const attempt: Attempt = { ...told, number, startedAtMs, endedAtMs, outcome: outcomeOf(answer) };
      record(attempt);
      return attempt;
    },
    get: (origin, path) => connectionOf(0).send(origin, { method: "GET", path }, timeoutMs),
    close() {
      for (const connection of connections) connection.close();
    },
  };
}

function outcomeOf(answer: HttpAnswer | NoAnswer): Attempt["outcome"] {
  if (!("status" in answer)) return answer;
  const { status, headers, body } = answer;
  const { etag, location } = headers;
  return {
    kind: "answered",
    status,
    ...(typeof etag === "string" && { etag }),
    ...(typeof location === "string" && { location }),
    replayed: headers["idempotency-replayed"] === "true",
    body,
  };
}
