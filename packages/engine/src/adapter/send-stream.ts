import type { ServerResponse } from "node:http";
import type { ResponseEnd, StreamPlan } from "@unclash/core";
import onHeaders from "on-headers";
import { breakOff } from "./break-off.js";
import { lingerOn } from "./linger.js";
import { endOf, isClosed, watchEnd } from "./response-end.js";
import { dropPlan, endIterator, warnOfCleanup } from "./stream-plan.js";

/**
 * Streams the content of a plan over a response whose head may be sent now, and ends the response.
 *
 * @returns settles once all is over. It rejects with what the content threw, after the connection was broken off; or,
 * before anything was sent, with why nothing could be sent.
 */
export async function sendStream(plan: StreamPlan, response: ServerResponse, sendHead: () => void): Promise<void> {
  const ended = endOf(plan);
  let iterator: AsyncIterator<string> | undefined;
  try {
    iterator = plan.body[Symbol.asyncIterator]();
    sendHead();
    response.flushHeaders();
  } catch (thrown) {
    ended("failed");
    if (iterator !== undefined) endIterator(iterator);
    throw thrown;
  }
  readOn(response);
  watchEnd(plan, response, ended);
  try {
    await pump(iterator, response, plan.onBegin);
  } catch (thrown) {
    ended("failed");
    breakOff(response);
    throw thrown;
  }
}

/**
 * Lets a framework send the head of a stream, with all that its middleware and its hooks put there, and streams the
 * content after it: the framework is to end the response with the plan's status and without content, and that end is
 * replaced. Nothing on the way sees any content, and so nothing can collect or compress it. Where the framework answers
 * with anything else, an error of a hook it may be, the stream is dropped.
 *
 * @param taken is called when the framework has nothing more to do with the response
 * @returns as `sendStream` does
 */
export function streamBehindHead(
  plan: StreamPlan,
  response: ServerResponse,
  taken: () => void = () => {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    lingerOn(response);
    const { write, end } = response;
    let isDecided = false;
    let isDropped = false;
    const drop = (how: ResponseEnd): void => {
      if (isDecided) return;
      isDecided = true;
      isDropped = true;
      dropPlan(plan, how);
      resolve();
    };
    response.write = function (this: ServerResponse, ...given: unknown[]): boolean {
      drop("failed");
      return Reflect.apply(write, this, given);
    };
    response.end = function (this: ServerResponse, ...given: unknown[]): ServerResponse {
      if (isDecided || !isNothing(given[0]) || this.statusCode !== plan.status) {
        drop("failed");
        return Reflect.apply(end, this, given);
      }
      isDecided = true;
      taken();
      sendStream(plan, this, () => {}).then(resolve, (thrown: unknown) => {
        // The framework has made the head final, and nobody else ends the response.
        if (this.headersSent && !isClosed(this)) breakOff(this);
        reject(thrown);
      });
      return this;
    };
    onHeaders(response, function () {
      if (!isDropped && this.statusCode === plan.status) ownHeaders(plan, this);
    });
    response.once("close", () => drop("aborted"));
    if (isClosed(response)) drop("aborted");
  });
}

/** Frameworks say that a response without content has 0 bytes of it, and some of their hooks make a tag of that. */
function ownHeaders({ headers }: StreamPlan, response: ServerResponse): void {
  for (const name of ["content-length", "etag"]) {
    const own = headers[name];
    if (own === undefined) response.removeHeader(name);
    else response.setHeader(name, own);
  }
}

function isNothing(content: unknown): boolean {
  return content === undefined || content === null || Object(content).length === 0;
}

/**
 * Reads and drops what still comes of the request: while a connection is not read from, nobody sees that its client has
 * closed it.
 */
function readOn({ req }: ServerResponse): void {
  if (req !== undefined && !req.complete && !req.readableDidRead) req.resume();
}

/** Pulls text after text, each once the connection has taken those before it, until one of the two sides has ended. */
function pump(
  iterator: AsyncIterator<string>,
  response: ServerResponse,
  onBegin: StreamPlan["onBegin"],
): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false;
    const fail = (thrown: unknown): void => {
      if (isOver) warnOfCleanup(thrown);
      else reject(thrown);
      isOver = true;
    };
    const leave = (): void => {
      if (isOver) return;
      isOver = true;
      endIterator(iterator);
      resolve();
    };
    const pull = (): void => {
      if (!isOver) nextOf(iterator).then(push, fail);
    };
    const push = ({ done, value }: IteratorResult<string, unknown>): void => {
      if (isOver) return;
      if (done) {
        isOver = true;
        response.end();
        resolve();
        return;
      }
      try {
        if (value === "" || response.write(value)) pull();
        else response.once("drain", pull);
      } catch (thrown) {
        fail(thrown);
        endIterator(iterator);
      }
    };
    // Also after the last text: a client that does not read holds that up, too.
    const stop = (): void => {
      if (isClosed(response)) return;
      leave();
      breakOff(response);
    };
    response.once("close", leave);
    if (isClosed(response)) {
      leave();
      return;
    }
    // What it throws is the stream's fault.
    onBegin?.(stop);
    pull();
  });
}

/** Turns what is thrown at once into a rejection. */
async function nextOf(iterator: AsyncIterator<string>): Promise<IteratorResult<string, unknown>> {
  return iterator.next();
}
