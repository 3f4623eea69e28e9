import { readFileSync } from "node:fs";
import { createHttpClient } from "../black-box/http-client.js";

export interface Probe {
  /** 0 where there was no answer. */
  readonly status: number;
  readonly retryAfter?: string;
  readonly tookMs: number;
}

/**
 * One request to an article, on a connection of its own. The write is stale: where the store answers, it is refused.
 */
export async function probe(origin: string, method: "GET" | "PUT", timeoutMs: number): Promise<Probe> {
  const http = createHttpClient();
  const startedAtMs = performance.now();
  const stale = {
    headers: { "content-type": "application/json", "if-match": '"1-AAAAAAAAAAAAAAAA"' },
    body: JSON.stringify({ title: "", body: "" }),
  };
  const answer = await http.send(origin, { method, path: "/articles/1", ...(method === "PUT" && stale) }, timeoutMs);
  const tookMs = performance.now() - startedAtMs;
  http.close();
  if (!("status" in answer)) return { status: 0, tookMs };
  const retryAfter = answer.headers["retry-after"];
  return { status: answer.status, tookMs, ...(typeof retryAfter === "string" && { retryAfter }) };
}

/** What a process holds in memory; 0 where the system does not tell (it is Linux's `/proc` that does). */
export function residentBytes(pid: number): number {
  try {
    return 1_024 * Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return 0;
  }
}
