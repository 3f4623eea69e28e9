import type { ServerResponse } from "node:http";
import onHeaders from "on-headers";
import type { GuardAnswer } from "../guard/guard-error.js";

/**
 * Sees to it that a guard's answer goes out with its own entity-tag or none, where a framework's hooks still run over it: what
 * makes one of every content would name a problem, and clients would take that for the state's.
 */
export function keepOwnTag({ headers }: GuardAnswer, response: ServerResponse): void {
  const { etag } = headers;
  onHeaders(response, function () {
    if (etag === undefined) this.removeHeader("etag");
    else this.setHeader("etag", etag);
  });
}
