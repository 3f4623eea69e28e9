import { connect as open, type Socket } from "node:net";

/** An answer, as far as the load looks at it. */
export interface Answer {
  readonly status: number;
  readonly etag: string | undefined;
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

const headEnd = Buffer.from("\r\n\r\n");

/**
 * A connection that is kept alive, with one request in flight. It understands of HTTP/1.1 what these servers send and
 * no more, so that it costs a fraction of any server: one that waits for its client is measured asleep.
 */
export class Connection {
  readonly #socket: Socket;
  #waiting: Waiting | undefined;
  #answer: Answer | undefined;
  /** The head as far as it has come, where it came in pieces. */
  #head: Buffer | undefined;
  #bodyLeft = 0;
  #error: Error | undefined;

  constructor(port: number) {
    this.#socket = open({ port, host: "127.0.0.1", noDelay: true });
    this.#socket.on("data", (chunk) => this.#take(chunk));
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("close", () => this.#fail(new Error("A server closed its connection.")));
  }

  /** @param head all that comes before the body, with its empty line */
  ask(head: string, body: Buffer | undefined): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#error !== undefined) return reject(this.#error);
      this.#waiting = { resolve, reject };
      this.#socket.cork();
      this.#socket.write(head, "latin1");
      if (body !== undefined) this.#socket.write(body);
      this.#socket.uncork();
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    if (this.#answer !== undefined) {
      this.#bodyLeft -= chunk.length;
    } else {
      const bytes = this.#head === undefined ? chunk : Buffer.concat([this.#head, chunk]);
      const end = bytes.indexOf(headEnd);
      this.#head = end === -1 ? bytes : undefined;
      if (end === -1) return;
      this.#readHead(bytes.toString("latin1", 0, end + 2), bytes.length - end - headEnd.length);
    }
    if (this.#bodyLeft <= 0) this.#finish();
  }

  #readHead(head: string, bodyBytes: number): void {
    const status = Number(head.slice(9, 12));
    this.#answer = { status, etag: fieldOf(head, "\r\netag: ") };
    const length = status === 304 ? "0" : fieldOf(head, "\r\ncontent-length: ");
    if (length === undefined) this.#fail(new Error(`An answer without a content-length:\n${head}`));
    this.#bodyLeft = Number(length) - bodyBytes;
  }

  #finish(): void {
    const answer = this.#answer;
    this.#answer = undefined;
    if (answer === undefined || this.#bodyLeft < 0) this.#fail(new Error("A server sent more than it had announced."));
    else this.#waiting?.resolve(answer);
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#waiting?.reject(error);
  }
}

/** A header's value; its name in lower case or as Node's servers write it. */
function fieldOf(head: string, start: string): string | undefined {
  const at = head.toLowerCase().indexOf(start);
  if (at === -1) return undefined;
  return head.slice(at + start.length, head.indexOf("\r\n", at + 2));
}
