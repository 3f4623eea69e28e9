import { once } from "node:events";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, onTestFinished } from "vitest";
import type { Ending, Sample } from "./sample.test-support.js";

/**
 * Tells a sample to stop while a request runs, expects it to finish that one and to take no other, and gives its end.
 */
export async function stopWhileWriting({ origin, kill, ended }: Sample, signal: NodeJS.Signals): Promise<Ending> {
  const idle = await openIdleConnection(origin);
  const running = await beginPut(`${origin}/notes/late`);
  kill(signal);
  await idle.closed;
  await untilRefused(origin);
  running.end('{"text":"in time"}');
  const [response]: IncomingMessage[] = await once(running, "response");
  expect(response?.statusCode).toBe(201);
  expect(response?.headers.connection).toBe("close");
  expect(response && JSON.parse(await text(response))).toEqual({ id: "late", version: 1, text: "in time" });
  return ended;
}

/** Opens so many waits of a sample that was started `withWaits`, and as many streams. */
export async function openMany({ origin }: Sample, each: number): Promise<Many> {
  const numbers = Array.from({ length: each }, (_, n) => n);
  const answers = Promise.all(numbers.map((n) => fetch(`${origin}/waits/${n}`).then(({ status }) => status)));
  const streams = await Promise.all(numbers.map((n) => fetch(`${origin}/streams/${n}`)));
  const texts = Promise.all(streams.map((stream) => stream.text()));
  // They are waited for only after the sample was told to stop.
  for (const promise of [answers, texts]) promise.catch(() => {});
  await expect
    .poll(async () => (await fetch(`${origin}/waits`)).json())
    .toMatchObject({ waiters: each, streams: each });
  return { answers, texts };
}

/** Waits and streams that are open until the sample ends them. */
export interface Many {
  /** The statuses that those who wait get. */
  readonly answers: Promise<readonly number[]>;
  /** The streams, each whole. */
  readonly texts: Promise<readonly string[]>;
}

/** Begins a PUT, and waits until the server waits for its content. */
export async function beginPut(url: string): Promise<ClientRequest> {
  const headers = { "content-type": "application/json", expect: "100-continue" };
  const begun = request(url, { method: "PUT", headers, agent: new Agent({ keepAlive: true }) });
  begun.flushHeaders();
  await once(begun, "continue");
  return begun;
}

/** Waits until nobody listens any more: what the system had already queued is still let in, and dropped. */
async function untilRefused(origin: string): Promise<void> {
  for (let code: unknown; code !== "ECONNREFUSED"; ) {
    code = await new Promise((resolve) => {
      const socket = connect(Number(new URL(origin).port), "127.0.0.1", () => resolve(undefined));
      socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code)).on("connect", () => socket.destroy());
    });
  }
}

/** A connection that has been used, and is kept for more. */
async function openIdleConnection(origin: string): Promise<{ readonly closed: Promise<unknown> }> {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const sent = request(`${origin}/articles/1`, { agent }).end();
  const [response]: IncomingMessage[] = await once(sent, "response");
  if (response === undefined) throw new TypeError("There is no response.");
  const closed = once(response.socket, "close");
  await text(response);
  return { closed };
}
