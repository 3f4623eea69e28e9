import { Agent, type IncomingMessage, request } from "node:http";
import type { Json } from "@unclash/core/json";
import type { Answer } from "./answer.js";
import { contentOf, headersOf, type Message } from "./message.js";

/** A client that shows what came over the socket, header line by header line. */
export interface Client {
  send(method: string, path: string, message: Message): Promise<Received>;
  close(): void;
}

/** An answer, and its header lines as they were sent: name, value, name, value, … */
export interface Received {
  readonly answer: Answer;
  readonly lines: readonly string[];
}

/** @param patienceMs how long an answer may take; then the request fails. */
export function createClient(origin: string, patienceMs: number): Client {
  const agent = new Agent({ keepAlive: true });
  const single = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    send(method, path, message) {
      return receive(origin, method, path, message, { agent: message.sameConnection ? single : agent, patienceMs });
    },
    close() {
      agent.destroy();
      single.destroy();
    },
  };
}

interface Connecting {
  readonly agent: Agent;
  readonly patienceMs: number;
}

function receive(
  origin: string,
  method: string,
  path: string,
  message: Message,
  connecting: Connecting,
): Promise<Received> {
  const { hostname, port } = new URL(origin);
  const { agent, patienceMs } = connecting;
  const content = contentOf(message);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, agent, signal: AbortSignal.timeout(patienceMs) });
    for (const [name, value] of Object.entries(headersOf(message))) sent.setHeader(name, value);
    if (content !== undefined && message.chunked === true) sent.setHeader("transfer-encoding", "chunked");
    else if (content !== undefined) sent.setHeader("content-length", content.bytes.length);
    sent.on("error", reject).on("response", (response) => {
      const chunks: Buffer[] = [];
      response
        .on("error", reject)
        .on("data", (chunk: Buffer) => chunks.push(chunk))
        .on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          const seen = { method, path: path.replace(/\?.*$/s, ""), reused: sent.reusedSocket, text };
          resolve({ answer: answerOf(response, seen), lines: response.rawHeaders });
        });
    });
    if (content !== undefined) sent.write(content.bytes);
    sent.end();
  });
}

type Seen = Pick<Answer, "method" | "path" | "reused" | "text">;

function answerOf(response: IncomingMessage, seen: Seen): Answer {
  const headers: Record<string, string> = {};
  const { rawHeaders } = response;
  for (let at = 0; at < rawHeaders.length; at += 2)
    headers[rawHeaders[at]?.toLowerCase() ?? ""] = rawHeaders[at + 1] ?? "";
  return { ...seen, status: response.statusCode ?? 0, headers, json: parsed(seen.text) };
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
