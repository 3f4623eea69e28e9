import assert from "node:assert/strict";
import { connect } from "node:net";
import type { Trial } from "./trial.js";

/** One answer as bytes: its status, its head's lines, and what came after. Text is one character for each byte. */
export interface RawAnswer {
  readonly status: number;
  readonly lines: readonly string[];
  readonly body: string;
}

/**
 * The head of a request, with `lines` as its header lines and nothing corrected about them; `Host` is there already.
 */
export function head(method: string, target: string, lines: readonly string[]): string {
  return `${[`${method} ${target} HTTP/1.1`, "Host: unclash", ...lines].join("\r\n")}\r\n\r\n`;
}

/** Sends bytes as they are, and gives all that comes until the server closes the connection. */
export function exchange(trial: Trial, bytes: string | Buffer): Promise<string> {
  const { hostname, port } = new URL(trial.origin);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port) });
    const timer = setTimeout(
      () => socket.destroy(new Error("The server does not close the connection.")),
      trial.patienceMs,
    );
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    socket.on("error", reject);
    socket.on("close", () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString("latin1"));
    });
    socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  });
}

/** Bytes that are sent on a connection which stays open: what is answered first, and how to end it. */
export interface Part {
  readonly answer: Promise<string>;
  leave(): void;
}

/** Sends a part of a request, and no more. */
export function sendPart(trial: Trial, bytes: string): Part {
  const { hostname, port } = new URL(trial.origin);
  const socket = connect({ host: hostname, port: Number(port) });
  const answer = new Promise<string>((resolve, reject) => {
    socket.once("data", (chunk: Buffer) => resolve(chunk.toString("latin1")));
    socket.on("error", reject);
  });
  socket.write(bytes, "latin1");
  return { answer, leave: () => socket.destroy() };
}

/** Sends one request as bytes, on a connection that it asks to close, and gives the one answer to it. */
export async function exchangeOne(
  trial: Trial,
  method: string,
  target: string,
  { lines = [], body = "" }: { readonly lines?: readonly string[]; readonly body?: string } = {},
): Promise<RawAnswer> {
  const request = head(method, target, ["Connection: close", ...lines]) + body;
  const answers = readAnswers(await exchange(trial, request), [method]);
  const [answer] = answers;
  assert(answer !== undefined, `${method} ${target} is answered`);
  return answer;
}

/**
 * Takes apart what came over a connection, by the lengths that the answers themselves name: for each of the methods one
 * answer, and nothing after the last.
 */
export function readAnswers(text: string, methods: readonly string[]): readonly RawAnswer[] {
  let rest = text;
  const answers = methods.map((method) => {
    const end = rest.indexOf("\r\n\r\n");
    assert(end >= 0, `an answer to ${method} begins here: ${JSON.stringify(rest.slice(0, 200))}`);
    const [statusLine = "", ...lines] = rest.slice(0, end).split("\r\n");
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(statusLine)?.[1]);
    assert(Number.isInteger(status), `a status line: ${JSON.stringify(statusLine)}`);
    const hasBody = method !== "HEAD" && status !== 204 && status !== 304;
    const length = hasBody ? lengthOf(lines) : 0;
    const body = rest.slice(end + 4, end + 4 + length);
    assert.equal(body.length, length, "the answer is as long as it says");
    rest = rest.slice(end + 4 + length);
    return { status, lines, body };
  });
  assert.equal(rest, "", "nothing comes after the last answer");
  return answers;
}

function lengthOf(lines: readonly string[]): number {
  const line = lines.find((each) => /^content-length:/i.test(each));
  return line === undefined ? 0 : Number(line.slice(line.indexOf(":") + 1));
}
