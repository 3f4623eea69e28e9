import { AsyncResource } from "node:async_hooks";
import type { ServerResponse } from "node:http";
import onHeaders from "on-headers";
import type { GuardedResponse } from "../guards/guarded-response.js";
import { createSlot } from "../guards/slot.js";
import { isSafe } from "../http/methods.js";
import type { RequestFacts } from "../http/request.js";
import { joinedVary } from "../http/vary.js";
import { type HeadersBefore, keepAnswer } from "./answer-keeping.js";
import { isClosed } from "./response-end.js";
import { withhold } from "./withhold.js";

/**
 * The responses on which a guard has put the entity-tag of the new state: guards around it have nothing to say of it.
 */
const tagged = new WeakSet<ServerResponse>();

/**
 * Lets a request pass to its handler: what the guard has to put on the response is put there now, or when its head is
 * sent, however the handler or the framework sends it. All is done on Node's own response, below every framework.
 *
 * @param headersBefore what is set before, where a framework keeps it to itself until the head is sent
 */
export function prepareResponse(
  guardedResponse: GuardedResponse,
  response: ServerResponse,
  headersBefore?: HeadersBefore,
): void {
  if (response.headersSent) guardedResponse.answeredElsewhere();
  guardedResponse.bind({
    put: (headers) => putHeaders(response, headers),
    withhold: () => withhold(response, guardedResponse),
  });
  const kept =
    guardedResponse.run === undefined
      ? undefined
      : keepAnswer(response, guardedResponse, guardedResponse.run, headersBefore);
  let added: readonly string[] = [];
  onHeaders(response, function () {
    const { set, remove } = guardedResponse.finish(this.statusCode, (name) => this.getHeader(name));
    added = Object.keys(set);
    for (const name of remove) if (name !== "etag" || !tagged.has(this)) this.removeHeader(name);
    for (const [name, value] of Object.entries(set)) this.setHeader(name, value);
    if ("etag" in set) tagged.add(this);
    varyBy(this, guardedResponse.headers["vary"]);
    kept?.headersAreOut();
  });
  takeBackOnFailure(response, () => [
    ...added,
    ...guardedResponse.finish(500, (name) => response.getHeader(name)).remove,
  ]);
  if (guardedResponse.isObserved) observeEnd(guardedResponse, response);
}

/**
 * Observers are called while the request's own context is there: whose trace it is, say. A response tells of its end
 * outside of that; and what traces requests ends its span when the response closes, which is later than its end.
 */
function observeEnd(guardedResponse: GuardedResponse, response: ServerResponse): void {
  let isOver = false;
  const end = AsyncResource.bind(() => {
    if (!isOver) guardedResponse.ended(response.statusCode, response.headersSent);
    isOver = true;
  });
  // One that has closed before emits neither any more.
  if (isClosed(response)) end();
  else response.once("finish", end).once("close", end);
}

/** What a guard has put around a response's `writeHead`. */
interface HeadWatch {
  readonly writeHead: ServerResponse["writeHead"];
  /** The names of the headers that it has set for a success. */
  readonly added: () => readonly string[];
  /** That of a guard around this one. */
  readonly around: HeadWatch | undefined;
}

const headWatch = createSlot<HeadWatch>("head-watch");

/**
 * A head that can't be sent (a status that is none, a line break in the status message) throws at whoever sends it.
 * Whatever answers that with 500 finds a response without what made it fail, and without headers that speak of a
 * success.
 */
function takeBackOnFailure(response: ServerResponse, added: () => readonly string[]): void {
  headWatch.put(response, { writeHead: response.writeHead, added, around: headWatch.of(response) });
  response.writeHead = watchedWriteHead;
}

/** One function for all responses: with one for each, dead responses stay until a full garbage collection. */
function watchedWriteHead(this: ServerResponse, ...given: unknown[]): ServerResponse {
  const watch = headWatch.of(this);
  if (watch === undefined) throw new TypeError("This response has come through no guard.");
  // What is below may be this function again, for the guard around.
  if (watch.around !== undefined) headWatch.put(this, watch.around);
  try {
    return Reflect.apply(watch.writeHead, this, given);
  } catch (error) {
    this.statusMessage = "";
    for (const name of watch.added()) this.removeHeader(name);
    throw error;
  } finally {
    headWatch.put(this, watch);
  }
}

/**
 * Keeps the entity-tag that a framework makes of every body off the answer to an unsafe request which a guard refused,
 * and which the app's error handler answers.
 */
export function withholdTag({ method }: RequestFacts, response: ServerResponse): void {
  if (isSafe(method)) return;
  onHeaders(response, function () {
    if (!tagged.has(this)) this.removeHeader("etag");
  });
}

/** Sets headers on a response that is still the app's. What was set before it gives way, but `Vary` is added to. */
function putHeaders(response: ServerResponse, headers: Readonly<Record<string, string>>): void {
  if (response.headersSent) return;
  for (const [name, value] of Object.entries(headers)) {
    response.setHeader(name, name === "vary" ? joinedVary(response.getHeader(name), value) : value);
  }
}

/** Frameworks that keep headers to themselves until the head is sent have put theirs in place of the guard's. */
function varyBy(response: ServerResponse, names: string | undefined): void {
  if (names !== undefined) response.setHeader("vary", joinedVary(response.getHeader("vary"), names));
}
