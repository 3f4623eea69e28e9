import { Agent, request } from "node:http";

/** A request as it is crafted. Text and bytes are sent as they are. */
export interface Message {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Answer {
  readonly status: number;
  readonly etag: string | undefined;
  readonly text: string;
}

/** A client of a server, with connections of its own that are kept alive. */
export class Client {
  readonly #agent = new Agent({ keepAlive: true });
  readonly port: number;

  constructor(port: number) {
    this.port = port;
  }

  send(method: string, path: string, { headers = {}, body }: Message = {}): Promise<Answer> {
    const bytes = body === undefined ? undefined : Buffer.from(body);
    return new Promise((resolve, reject) => {
      const sent = request({ host: "127.0.0.1", port: this.port, agent: this.#agent, method, path });
      if (bytes !== undefined) {
        sent.setHeader("content-type", "application/json");
        sent.setHeader("content-length", bytes.length);
      }
      for (const [name, value] of Object.entries(headers)) sent.setHeader(name, value);
      sent.on("error", reject).on("response", (response) => {
        const chunks: Buffer[] = [];
        response
          .on("error", reject)
          .on("data", (chunk: Buffer) => chunks.push(chunk))
          .on("end", () => {
            const { etag } = response.headers;
            resolve({ status: response.statusCode ?? 0, etag, text: Buffer.concat(chunks).toString("utf8") });
          });
      });
      sent.end(bytes);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
