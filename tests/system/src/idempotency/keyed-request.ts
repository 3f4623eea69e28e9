import type { HttpRequest } from "../black-box/http-client.js";
import type { Attempt } from "./history.js";

/** A request that has a key, as it can be sent again and again. */
export interface KeyedRequest
  extends Pick<Attempt, "caller" | "method" | "path" | "key" | "said" | "mark" | "dryRun" | "guarded"> {
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a request is made from. */
export interface RequestParts {
  readonly caller: string;
  readonly method: Attempt["method"];
  readonly path: string;
  readonly key: string;
  readonly ifMatch?: string;
  readonly content?: unknown;
  readonly mark?: string;
}

/** Those who have a token, which is their name and `-token`. Anyone else is anonymous. */
export const named: readonly string[] = ["alice", "bob"];

/** `UNCLASH_TOKENS` */
export const tokens: string = named.map((name) => `${name}=${name}-token:client`).join(",");

/** Puts a request together. */
export function keyedRequest({ caller, method, path, key, ifMatch, content, mark }: RequestParts): KeyedRequest {
  const body = content === undefined ? undefined : JSON.stringify(content);
  const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  return {
    ...{ caller, method, path, key, dryRun: false, guarded: path.startsWith("/customers") },
    said: `${ifMatch ?? ""} ${body ?? ""}`,
    headers: {
      "idempotency-key": key,
      ...(named.includes(caller) && { authorization: `Bearer ${caller}-token` }),
      ...(body !== undefined && { "content-type": type }),
      ...(ifMatch !== undefined && { "if-match": ifMatch }),
    },
    ...(body !== undefined && { body }),
    ...(mark !== undefined && { mark }),
  };
}

/** The same, only tried out. */
export function dryRun(request: KeyedRequest): KeyedRequest {
  return { ...request, dryRun: true, headers: { ...request.headers, prefer: "dry-run" } };
}

/** The request as it is sent. */
export function messageOf({ method, path, headers, body }: KeyedRequest): HttpRequest {
  return { method, path, headers, ...(body !== undefined && { body }) };
}
