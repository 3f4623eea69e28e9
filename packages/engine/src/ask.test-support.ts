import { type ResponsePlan, type StreamPlan, textPlan } from "@unclash/core";
import type { RequestFacts } from "./http/request.js";
import type { Unclash } from "./unclash.js";

export interface Asked {
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  /** @default 127.0.0.1 */
  readonly address?: string;
  readonly disconnected?: () => AbortSignal;
}

/** Sends a request straight to an engine, as an adapter would. */
export async function ask(
  unclash: Unclash,
  line: string,
  { headers = {}, json, address = "127.0.0.1", disconnected }: Asked = {},
): Promise<ResponsePlan> {
  const [method = "GET", url = "/"] = line.split(" ", 2);
  const [path = "/", query = ""] = url.split("?", 2);
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const facts: RequestFacts = {
    method,
    base: "",
    path,
    query,
    headers: { ...(json !== undefined && { "content-type": type }), ...headers },
    address,
    body: {
      kind: "unread",
      async read(_bytesMax, room) {
        const bytes = Buffer.from(json === undefined ? "" : JSON.stringify(json));
        return room?.take(bytes.length) === false ? { kind: "no-room" } : { kind: "bytes", bytes };
      },
    },
    native: undefined,
    ...(disconnected && { disconnected }),
  };
  return textPlan(await unclash.handle(facts));
}

/** The body of an answer, parsed. */
export function bodyOf(plan: ResponsePlan | StreamPlan): Record<string, unknown> {
  return JSON.parse(textPlan(plan).body ?? "null");
}
