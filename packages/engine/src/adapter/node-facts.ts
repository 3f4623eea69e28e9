import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import type { ContentRoom, ReadBody, RequestBody, RequestFacts } from "../http/request.js";
import { warnOnce } from "../options/warnings.js";
import { disconnectedBy } from "./disconnected.js";
import { type MountPoint, originForm } from "./mount-point.js";
import { withRepeatedLines } from "./repeated-lines.js";

/** What an adapter knows of a request besides what Node knows of it. */
export interface Mounted<Native> extends MountPoint {
  /** The body as something before unclash has parsed it; `undefined` where nothing has. */
  readonly parsed?: unknown;
  /** Where the content is read from, if something has put a stream before the request. @default the request */
  readonly content?: Readable;
  /** The response to it, whose end tells that the client is gone. Without it, nobody sees that. */
  readonly response?: ServerResponse | undefined;
  readonly native: Native;
}

/**
 * Turns a request of Node's into plain data; its body is read when it is asked for.
 */
export function nodeFacts<Native>(request: IncomingMessage, mounted: Mounted<Native>): RequestFacts<Native> {
  const url = originForm(mounted.url);
  const question = url.indexOf("?");
  return {
    method: request.method ?? "GET",
    base: mounted.base,
    path: question === -1 ? url : url.slice(0, question),
    query: question === -1 ? "" : url.slice(question + 1),
    headers: withRepeatedLines(request),
    headersCut: mayBeCut(request),
    address: request.socket.remoteAddress,
    body: bodyOf(request, mounted),
    native: mounted.native,
    disconnected: mounted.response && disconnectedBy(request, mounted.response),
  };
}

/** So many header lines are read where the server has no `maxHeadersCount` of its own. */
const headersReadMax = 1_000;

/**
 * Node's parser reads so many header lines, and passes over all behind them in silence: an `If-Match` too. Over HTTP/2
 * it refuses them.
 */
function mayBeCut({ rawHeaders, httpVersionMajor, socket }: IncomingMessage): boolean {
  if (httpVersionMajor > 1) return false;
  const set: unknown = Reflect.get(Object(Reflect.get(socket, "server")), "maxHeadersCount");
  const linesMax = typeof set === "number" ? set : headersReadMax;
  return linesMax > 0 && rawHeaders.length >= 2 * linesMax;
}

/**
 * What a guard knows of a request: its whole URL, as the client sent it, and what the app's parser has made of the
 * body.
 */
export interface AtGuard<Native> {
  readonly url: string;
  /** `undefined` where nothing has parsed it yet. */
  readonly parsed: unknown;
  /** As `Mounted` has it. */
  readonly response?: ServerResponse | undefined;
  readonly native: Native;
}

/** Turns a request of Node's into plain data for a guard, which never reads the body. */
export function guardFacts<Native>(
  request: IncomingMessage,
  { url, parsed, native, response }: AtGuard<Native>,
): RequestFacts<Native> {
  const facts = nodeFacts(request, { base: "", url, native, response });
  const isParsed = parsed !== undefined && (request.readableDidRead || !isEmpty(parsed));
  return isParsed ? { ...facts, body: { kind: "parsed", value: parsed } } : facts;
}

/** What some parsers leave of a body that they have not looked at. */
function isEmpty(parsed: unknown): boolean {
  return typeof parsed === "object" && parsed !== null && Object.keys(parsed).length === 0;
}

function bodyOf(request: IncomingMessage, { parsed, content = request }: Mounted<unknown>): RequestBody {
  // Some parsers leave an empty object where they parsed nothing: only a body that was read can have been parsed.
  if (parsed !== undefined && request.readableDidRead) {
    warnOfParser();
    return { kind: "parsed", value: parsed };
  }
  return { kind: "unread", read: (bytesMax, room) => readNodeBody(content, bytesMax, room) };
}

/** What a body parser has left on a request whose type says nothing of it. */
export function bodyLeftOn(request: object): unknown {
  return "body" in request ? request.body : undefined;
}

function warnOfParser(): void {
  warnOnce(
    "UNCLASH_PARSED_BODY",
    "any parser",
    "A body parser (such as express.json() or koa-bodyparser) runs before unclash. Its value is taken, but " +
      "broken UTF-8 in it can't be seen any more, and the parser's own limits and answers hold: mount " +
      "unclash before it.",
  );
}

/** Reads a body as bytes, and stops keeping them once there are more than `bytesMax`, or no room for them. */
export function readNodeBody(content: Readable, bytesMax: number, room?: ContentRoom): Promise<ReadBody> {
  if (content.readableDidRead) {
    throw new TypeError(
      "Something before unclash has read the body and left no parsed value: mount unclash before it.",
    );
  }
  // Neither what has ended without a byte nor what was cut off emits anything any more.
  if (content.readableEnded) return Promise.resolve({ kind: "bytes", bytes: Buffer.alloc(0) });
  if (content.destroyed) return Promise.resolve({ kind: "aborted" });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (body: ReadBody): void => {
      room?.end();
      content.off("data", onData).off("end", onEnd).off("error", onAborted).off("close", onAborted);
      // The rest of a body that is too large is read and dropped, so that its sender gets to read the answer.
      content.on("error", ignore).resume();
      resolve(body);
    };
    const onData = (chunk: Buffer | string): void => {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      length += bytes.length;
      if (length > bytesMax) settle({ kind: "too-large" });
      else if (room?.take(bytes.length) === false) settle({ kind: "no-room" });
      else chunks.push(bytes);
    };
    const onEnd = (): void =>
      settle({ kind: "bytes", bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, length) });
    const onAborted = (): void => settle({ kind: "aborted" });
    room?.begin(() => settle({ kind: "no-room" }));
    // Something before the mount may have paused it.
    content.on("data", onData).on("end", onEnd).on("error", onAborted).on("close", onAborted).resume();
  });
}

function ignore(): void {}
