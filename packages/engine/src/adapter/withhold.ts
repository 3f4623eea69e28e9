import type { ServerResponse } from "node:http";
import type { GuardedResponse, Withheld } from "../guards/guarded-response.js";
import { warn } from "../options/warnings.js";
import { breakOff } from "./break-off.js";
import { sendAnswer } from "./send.js";

const sending = ["writeHead", "flushHeaders", "write", "end"] as const;
const setting = ["setHeader", "appendHeader", "removeHeader"] as const;
type Method = (typeof sending)[number] | (typeof setting)[number];

/**
 * Keeps a success off a response whose write has lost: once its handler, or its framework, begins to send one, it is
 * thrown away, and what the write has lost to is sent instead. Any other answer puts an end to that: the handler has
 * taken care. A response that has begun already is broken off: half an answer must not look whole.
 */
export function withhold(response: ServerResponse, guardedResponse: GuardedResponse): Withheld {
  if (response.headersSent || response.writableEnded) {
    answerTooEarly(response);
    return { answerNow: () => {} };
  }
  const own = new Map<string, PropertyDescriptor | undefined>();
  let isAnswered = false;

  const replace = (names: readonly Method[]): void => {
    for (const name of names) {
      if (!own.has(name)) own.set(name, Object.getOwnPropertyDescriptor(response, name));
      const call = (...given: readonly unknown[]): unknown => caught(name, given);
      Object.defineProperty(response, name, { configurable: true, writable: true, value: call });
    }
  };
  const restore = (): void => {
    for (const [name, before] of own) {
      if (before === undefined) Reflect.deleteProperty(response, name);
      else Object.defineProperty(response, name, before);
    }
    own.clear();
  };
  const caught = (name: Method, given: readonly unknown[]): unknown => {
    const { lost } = guardedResponse;
    if (!isAnswered && (lost === undefined || statusOf(response, name, given) >= 400)) {
      restore();
      return Reflect.apply(response[name], response, given);
    }
    if (!isAnswered && lost !== undefined) answer(lost);
    return discard(response, name, given);
  };
  const answer = (lost: NonNullable<GuardedResponse["lost"]>): void => {
    isAnswered = true;
    lost.then(({ answer }) => {
      restore();
      sendAnswer(answer, response);
      // What the handler still has to say is said to nobody.
      replace([...sending, ...setting]);
    });
  };

  replace(sending);
  return {
    answerNow() {
      if (guardedResponse.lost !== undefined && !isAnswered && !response.headersSent) answer(guardedResponse.lost);
    },
  };
}

function statusOf({ statusCode }: ServerResponse, name: Method, [status]: readonly unknown[]): number {
  return name === "writeHead" && typeof status === "number" ? status : statusCode;
}

/** Goes on as if it had been sent. */
function discard(response: ServerResponse, name: Method, given: readonly unknown[]): unknown {
  const callback = given.findLast((each) => typeof each === "function");
  if (typeof callback === "function" && name === "write") setImmediate(() => Reflect.apply(callback, response, []));
  if (typeof callback === "function" && name === "end")
    response.once("close", () => Reflect.apply(callback, response, []));
  return name === "write" ? true : response;
}

function answerTooEarly(response: ServerResponse): void {
  if (!response.writableFinished) breakOff(response);
  warn(
    "UNCLASH_ANSWERED_TOO_EARLY",
    "A handler has sent its answer before it told the guard that its write had changed no row: the " +
      "connection was broken off, and the client may have got a success. Call expectRow or expectAffected first.",
  );
}
