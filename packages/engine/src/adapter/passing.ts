import type { ServerResponse } from "node:http";
import onHeaders from "on-headers";
import type { Passage } from "../guard/passage.js";
import { keepAnswer } from "./answer-keeping.js";

/** The responses on which a guard has put the entity-tag of the new state: guards around it have nothing to say of it. */
const tagged = new WeakSet<ServerResponse>();

/**
 * Lets a request pass to its handler: what the guard has to put on the response is put there now, or when its head is sent,
 * however the handler or the framework sends it. All is done on Node's own response, below every framework.
 */
export function passThrough(passage: Passage, response: ServerResponse): void {
  passage.bind((headers) => putHeaders(response, headers));
  const kept = passage.run === undefined ? undefined : keepAnswer(response, passage, passage.run);
  onHeaders(response, function () {
    const { set, remove } = passage.finish(this.statusCode, (name) => this.getHeader(name));
    for (const name of remove) if (name !== "etag" || !tagged.has(this)) this.removeHeader(name);
    for (const [name, value] of Object.entries(set)) this.setHeader(name, value);
    if ("etag" in set) tagged.add(this);
    kept?.headersAreOut();
  });
  response.once("close", () => passage.ended(response.statusCode));
}

/** Sets headers on a response that is still the app's. What was set before it gives way, but `Vary` is added to. */
function putHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  if (response.headersSent) return;
  for (const [name, value] of Object.entries(headers)) {
    const before = name === "vary" ? response.getHeader(name) : undefined;
    response.setHeader(name, before === undefined ? value : `${String(before)}, ${value}`);
  }
}
