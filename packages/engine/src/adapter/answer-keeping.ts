import { isUtf8 } from "node:buffer";
import type { ServerResponse } from "node:http";
import type { GuardedResponse } from "../guards/guarded-response.js";
import type { KeyRun } from "../idempotency/as-lease.js";
import { endOfRun } from "../idempotency/as-lease.js";
import type { KeptAnswer } from "../idempotency/record.js";

/** What watches a response whose answer is to be kept. */
export interface AnswerKeeping {
  /** The head is about to be sent: its headers are what they will be. */
  headersAreOut(): void;
}

/** The headers that were set before the guard, by lower-case name. */
export type HeadersBefore = Readonly<Record<string, unknown>>;

/**
 * Reads along with a response, and keeps it for repeats of its request. Content goes out as it is written; only the end
 * waits until the store has the answer, so that whoever has seen it all has an answer that a repeat gets too.
 */
export function keepAnswer(
  response: ServerResponse,
  guardedResponse: GuardedResponse,
  run: KeyRun,
  headersBefore: HeadersBefore = response.getHeaders(),
): AnswerKeeping {
  const { write, end } = response;
  let content = new KeptContent(run.answerBytesMax);
  let headers: KeptAnswer["headers"] = {};
  let hasEnded = false;

  response.write = function (this: ServerResponse, ...given: unknown[]): boolean {
    if (hasEnded) return false;
    content.add(given[0], given[1]);
    return Reflect.apply(write, this, given);
  };
  response.end = function (this: ServerResponse, ...given: unknown[]): ServerResponse {
    // Something that ends a response twice would otherwise do so while the first end waits for the store.
    if (hasEnded) return this;
    // What can't be sent is the handler's fault, and thrown at it: its framework answers, and ends this once more.
    if (!isContent(given[0])) return Reflect.apply(end, this, given);
    const length = content.isEmpty ? lengthOf(given[0], given[1]) : undefined;
    if (!this.headersSent) sendHead(this, length);
    hasEnded = true;
    content.add(given[0], given[1]);
    const { statusCode: status } = this;
    run
      .settle(endOfRun(guardedResponse, run, answerOf(status, headers, content)))
      .then(() => endWith(this, given))
      .catch((error: Error) => this.destroy(error));
    return this;
  };
  Object.defineProperty(response, "writableEnded", { configurable: true, get: () => hasEnded });

  /**
   * HTTP/2, and responses that are only objects, write what they are ended with by their own `write`, whoever has
   * replaced it.
   */
  function endWith(ended: ServerResponse, given: unknown[]): void {
    const replaced = ended.write;
    ended.write = write;
    try {
      Reflect.apply(end, ended, given);
    } finally {
      ended.write = replaced;
    }
  }

  /**
   * Makes the head final, so that nothing takes the response for one that has not begun; Node sends it with the
   * content.
   */
  function sendHead(head: ServerResponse, length: number | undefined): void {
    const hasContent = head.statusCode !== 204 && head.statusCode !== 304;
    const isFramed = head.hasHeader("content-length") || head.hasHeader("transfer-encoding");
    const setsLength = length !== undefined && hasContent && !isFramed;
    if (setsLength) head.setHeader("content-length", length);
    try {
      head.writeHead(head.statusCode);
    } catch (thrown) {
      if (setsLength && !head.headersSent) head.removeHeader("content-length");
      content = new KeptContent(run.answerBytesMax);
      throw thrown;
    }
  }

  return {
    headersAreOut() {
      headers = changedHeaders(headersBefore, response.getHeaders());
    },
  };
}

function answerOf(status: number, headers: KeptAnswer["headers"], content: KeptContent): KeptAnswer {
  if (content.isTooLarge) return { status, headers, body: null, withoutBody: true };
  return { status, headers, body: content.body };
}

/** Whether `end` takes something: content, a callback in its place, or nothing. */
function isContent(given: unknown): boolean {
  const isNothing = given === undefined || given === null || typeof given === "function";
  return isNothing || typeof given === "string" || given instanceof Uint8Array;
}
/** Headers of one client, one connection or one origin: a repeat gets its own. */
const notKept: ReadonlySet<string> = new Set(["set-cookie", "transfer-encoding", "connection", "keep-alive", "date"]);

/** The headers that the handler, and all behind the guard, have put on the response; those before it do so again. */
function changedHeaders(
  before: HeadersBefore,
  after: Readonly<Record<string, number | string | string[] | undefined>>,
): KeptAnswer["headers"] {
  const changed = Object.entries(after).flatMap(([name, value]) => {
    if (value === undefined || notKept.has(name) || name.startsWith("access-control-")) return [];
    if (String(before[name]) === String(value)) return [];
    return [[name, Array.isArray(value) ? value : String(value)] as const];
  });
  return Object.fromEntries(changed);
}

/** The content of a response, as far as it is to be kept. */
class KeptContent {
  readonly #bytesMax: number;
  readonly #chunks: Buffer[] = [];
  length = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  get isTooLarge(): boolean {
    return this.length > this.#bytesMax;
  }

  /** Takes what `write` and `end` are given: text with its encoding, bytes, or, in place of content, a callback. */
  add(chunk: unknown, encoding: unknown): void {
    const bytes = bytesOf(chunk, encoding);
    if (bytes === undefined) return;
    this.length += bytes.byteLength;
    if (this.isTooLarge) this.#chunks.length = 0;
    else this.#chunks.push(Buffer.from(bytes));
  }

  get body(): KeptAnswer["body"] {
    if (this.isEmpty) return null;
    const bytes = Buffer.concat(this.#chunks);
    // A store keeps text without U+0000; anything else goes as base64.
    return isUtf8(bytes) && !bytes.includes(0) ? bytes.toString("utf8") : bytes;
  }
}

function lengthOf(chunk: unknown, encoding: unknown): number {
  return bytesOf(chunk, encoding)?.byteLength ?? 0;
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array | undefined {
  if (typeof chunk === "string") {
    return Buffer.from(chunk, typeof encoding === "string" && Buffer.isEncoding(encoding) ? encoding : "utf8");
  }
  return chunk instanceof Uint8Array ? chunk : undefined;
}
