import assert from "node:assert/strict";
import { type IncomingMessage, request } from "node:http";
import { isJsonObject, type Json, type JsonObject } from "@unclash/core/json";
import { headersOf, type Message } from "./message.js";
import type { Trial } from "./trial.js";

/** A block of a stream, by its fields. */
export type Block = Readonly<Partial<Record<"id" | "event" | "data" | "retry", string>>>;

/** An event, as a client gets it. */
export interface Told {
  readonly id: string;
  readonly type: string;
  /** The CloudEvent. */
  readonly data: JsonObject;
}

/** A stream that a client reads over a connection of its own. */
export interface EventStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** The next block; nothing once the stream has ended. */
  next(): Promise<Block | undefined>;
  /** The next events, as many as are asked for, whatever stands between them. */
  events(count: number): Promise<readonly Told[]>;
  leave(): void;
}

/** Opens a stream at a path below the mount. */
export async function openEvents(trial: Trial, query = "", message: Message = {}, base = ""): Promise<EventStream> {
  const { hostname, port } = new URL(trial.origin);
  const path = `${trial.prefix}${base}/conflict-notifications/stream${query}`;
  const signal = AbortSignal.timeout(trial.patienceMs);
  const sent = request({ hostname, port, path, agent: false, signal, headers: { ...fieldsOf(message) } });
  sent.end();
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on("response", resolve).on("error", reject);
  });
  response.setEncoding("utf8");
  const pieces = response[Symbol.asyncIterator]();
  let text = "";
  const next = async (): Promise<Block | undefined> => {
    for (let end = text.indexOf("\n\n"); ; end = text.indexOf("\n\n")) {
      if (end !== -1) {
        const block = blockOf(text.slice(0, end));
        text = text.slice(end + 2);
        return block;
      }
      const { done, value } = await pieces.next();
      if (done) return undefined;
      text += String(value);
    }
  };
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    next,
    async events(count) {
      const found: Told[] = [];
      while (found.length < count) {
        const block = await next();
        assert(block !== undefined, `the stream tells of ${count} events, and ends after ${found.length}`);
        const { id = "", event, data } = block;
        if (event !== undefined && data !== undefined) found.push({ id, type: event, data: objectIn(data) });
      }
      return found;
    },
    leave: () => sent.destroy(),
  };
}

function fieldsOf(message: Message): Record<string, string> {
  return Object.fromEntries(Object.entries(headersOf(message)).map(([name, value]) => [name, String(value)]));
}

function objectIn(data: string): JsonObject {
  const value: Json = JSON.parse(data);
  assert(isJsonObject(value), `an event is an object: ${data}`);
  return value;
}

/** The fields of a block (WHATWG HTML §9.2.6); a comment is none. */
function blockOf(text: string): Block {
  const fields: Record<string, string> = {};
  for (const line of text.split("\n")) {
    const [, name = "", value = ""] = /^([a-z]+): ?(.*)$/.exec(line) ?? [];
    if (name === "data" && fields["data"] !== undefined) fields["data"] += `\n${value}`;
    else if (name !== "") fields[name] = value;
  }
  return fields;
}
