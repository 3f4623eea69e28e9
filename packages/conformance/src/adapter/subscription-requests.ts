import assert from "node:assert/strict";
import type { JsonObject } from "@unclash/core/json";
import { type Answer, assertStatus, bodyOf, headerOf, memberOf } from "./answer.js";
import type { Message } from "./message.js";
import type { Trial } from "./trial.js";

export const subscriptions = "/conflict-notifications";

/** A client of a case's own, and a callback at a host of its own: an address, so that no name server is asked. */
export interface Subscriber {
  readonly token: string;
  readonly url: string;
}

export function newSubscriber(trial: Trial): Subscriber {
  const token = trial.nextName();
  return { token, url: `https://[2606:4700::${Number(token.slice(1))}]/hook` };
}

/** Asks for a subscription. */
export function subscribe(trial: Trial, json: unknown, message: Message): Promise<Answer> {
  return trial.send("POST", subscriptions, { json, ...message });
}

/** A subscription as it was answered when it was made. */
export interface Made {
  readonly path: string;
  readonly body: JsonObject;
  readonly secret: string;
}

/** Makes a subscription to all, with a callback whose secret the server makes. */
export async function makeSubscription(trial: Trial, { token, url }: Subscriber): Promise<Made> {
  const answer = await subscribe(trial, { resources: ["*"], callback: { url } }, { token });
  assertStatus(answer, 201);
  const path = `${subscriptions}/${String(memberOf(answer, "id"))}`;
  assert.equal(headerOf(answer, "location"), trial.prefix + path);
  const secret = Object(memberOf(answer, "callback")).secret;
  assert(typeof secret === "string", `the answer shows the secret that was made: ${answer.text}`);
  return { path, body: bodyOf(answer), secret };
}
