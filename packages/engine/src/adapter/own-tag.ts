import { randomBytes } from "node:crypto";
import type { ServerResponse } from "node:http";
import onHeaders from "on-headers";
import { isSafe } from "../http/methods.js";

interface Tagged {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/**
 * What stands in `ETag` while a framework's hooks run over an answer that has none: they would make one of its content,
 * and answer 304 to who has seen it before. It never goes out, and nobody can guess it.
 */
export const noTag: string = `"${randomBytes(18).toString("base64url")}"`;

/**
 * Whether an answer must not get an entity-tag from anyone: a problem's would be taken for the state's, and so would
 * that of the answer to a write.
 */
export function staysUntagged({ status, headers }: Tagged, method: string | undefined): boolean {
  return headers["etag"] === undefined && (status >= 300 || !isSafe(method ?? "GET"));
}

/**
 * Sees to it that an answer goes out with its own entity-tag or none, where a framework's hooks still run over it: what
 * makes one of every content would name a problem, and clients would take that for the state's.
 */
export function keepOwnTag({ headers }: Pick<Tagged, "headers">, response: ServerResponse): void {
  const { etag } = headers;
  onHeaders(response, function () {
    if (typeof etag === "string") this.setHeader("etag", etag);
    else this.removeHeader("etag");
  });
}
