import { problemTypePrefix, type ResponsePlan } from "@unclash/core";
import { refusalResponse } from "unclash/adapter";

type Fields = Readonly<Record<string, string>>;

/** What a problem says. */
export type Refusal = Parameters<typeof refusalResponse>[1];

/** An answer with JSON content. */
export function contentReply(status: number, outcome: string, content: unknown, headers: Fields = {}): ResponsePlan {
  const body = JSON.stringify(content);
  const type = { "content-type": "application/json; charset=utf-8", "content-length": String(Buffer.byteLength(body)) };
  return { status, headers: { ...type, ...headers }, body, outcome };
}

/** An answer without content. */
export function emptyReply(status: number, outcome: string, headers: Fields = {}): ResponsePlan {
  return { status, headers, body: null, outcome };
}

/** An answer that says what went wrong (RFC 9457), met at the path `instance`. */
export function problemReply(instance: string, refusal: Refusal): ResponsePlan {
  return refusalResponse({ instance, settings: { problemTypePrefix } }, refusal);
}
