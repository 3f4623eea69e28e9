import type { ServerResponse } from "node:http";
import onHeaders from "on-headers";
import { warnOfIgnoredRefusal } from "../guards/handler-warnings.js";
import { isSafe } from "../http/methods.js";
import type { RequestFacts } from "../http/request.js";

/** Responses to requests that the last `check` has refused. */
const refused = new WeakSet<ServerResponse>();
const watched = new WeakSet<ServerResponse>();

/** A check has refused a write: what it throws must end the handler. Warns of a success that is sent all the same. */
export function watchRefused(facts: RequestFacts, response: ServerResponse): void {
  if (isSafe(facts.method)) return;
  refused.add(response);
  const warnOfSuccess = (status: number): void => {
    if (status < 300 && refused.has(response)) warnOfIgnoredRefusal(facts);
  };
  if (response.headersSent) {
    warnOfSuccess(response.statusCode);
    return;
  }
  if (watched.has(response)) return;
  watched.add(response);
  onHeaders(response, function () {
    warnOfSuccess(this.statusCode);
  });
}

/** A later check of the same request, on a state that was loaded again, has let it pass. */
export function passAfterAll(response: ServerResponse): void {
  refused.delete(response);
}
