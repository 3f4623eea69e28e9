import { createHttpClient, type HttpAnswer, type NoAnswer } from "../black-box/http-client.js";

/** Changes an article of the shop over and over, one change after the other. */
export interface Writer {
  /** Reads the article and changes it. */
  readonly write: () => Promise<HttpAnswer | NoAnswer>;
  readonly read: () => Promise<HttpAnswer | NoAnswer>;
  readonly close: () => void;
}

const timeoutMs = 15_000;

export function createWriter(origin: string, path = "/articles/2"): Writer {
  const http = createHttpClient();
  let written = 0;
  const read: Writer["read"] = () => http.send(origin, { method: "GET", path }, timeoutMs);
  return {
    read,
    async write() {
      const now = await read();
      if (!("status" in now) || now.status !== 200) return now;
      const headers = { "content-type": "application/merge-patch+json", "if-match": String(now.headers["etag"]) };
      const body = JSON.stringify({ title: `change ${++written}` });
      return http.send(origin, { method: "PATCH", path, headers, body }, timeoutMs);
    },
    close: () => http.close(),
  };
}

/** The status of an answer; 0 where there is none. */
export function statusOf(answer: HttpAnswer | NoAnswer): number {
  return "status" in answer ? answer.status : 0;
}
