import { type IncomingHttpHeaders, request } from "node:http";

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Asking {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is text. */
  readonly body?: unknown;
}

/** Sends one request on a connection of its own. It fails where a header comes twice, or the answer breaks off. */
export function ask(method: string, url: string, { headers = {}, body }: Asking = {}): Promise<Answer> {
  const type = body === undefined ? {} : { "content-type": "application/json" };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent: false, headers: { ...type, ...headers } });
    sent.once("error", reject).once("response", async (response) => {
      try {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        const names = response.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
        const twice = names.filter((name, at) => name !== "set-cookie" && names.indexOf(name) !== at);
        if (twice.length > 0) throw new Error(`These headers came twice: ${twice.join(", ")}`);
        const text = Buffer.concat(chunks).toString("latin1");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      } catch (error) {
        reject(error);
      }
    });
    sent.end(typeof body === "string" || body === undefined ? body : JSON.stringify(body));
  });
}

/** Sends a request, and goes away as soon as `when` resolves, without waiting for an answer. */
export async function askAndLeave(method: string, url: string, asking: Asking, when: Promise<unknown>): Promise<void> {
  const { headers = {}, body } = asking;
  const sent = request(url, {
    method,
    agent: false,
    headers: { "content-type": "application/json", ...headers },
  });
  const gone = new Promise((resolve) => sent.once("close", resolve));
  sent.on("error", () => {});
  sent.end(JSON.stringify(body));
  await when;
  sent.destroy();
  await gone;
}
