import { createHmac, timingSafeEqual } from "node:crypto";
import { CallbackError } from "@unclash/core";
import {
  anything,
  checkOptions,
  describeValue,
  isFunction,
  type OptionRules,
  required,
  wholeNumber,
} from "@unclash/core/options";
import { warnOnce } from "../../options/warnings.js";
import { keyOf, secretFault } from "./secret.js";

/** A request's headers: those of Node (`request.headers`), or a `Headers` of Fetch. Case does not count. */
export type WebhookHeaders =
  | { readonly [name: string]: string | readonly string[] | undefined }
  | { get(name: string): string | null };

/** What a receiver knows of a webhook that has come in. */
export interface ReceivedWebhook {
  /** `whsec_…` of the subscription; both, while one replaces the other. */
  readonly secret: string | readonly string[];
  readonly headers: WebhookHeaders;
  /** The content as it came in, before anything parses it: the signature is over its bytes. */
  readonly body: string | Uint8Array;
  /** The time, in milliseconds since 1970. @default Date.now() */
  readonly nowMs?: number;
  /** How far the time of the attempt may lie before or after now, in seconds. @default 300 */
  readonly toleranceSeconds?: number;
  /**
   * Whether a webhook of this id was not seen before. It is asked once the signature is found to be right, and where it
   * says no, the result is `false`. A sender repeats what it got no 2xx for: where that is to be answered 2xx, as it
   * should be, leave this out, and look for repeats after `verifyWebhook`.
   */
  readonly isNew?: (id: string) => boolean;
}

/** How many entries of `webhook-signature` are looked at; a sender makes two at most, while a secret changes. */
const signaturesMax = 8;

const idLengthMax = 255;

/**
 * Whether a webhook was signed with the secret, a moment ago, and holds what was signed: Standard Webhooks 1.0.0, with
 * signatures `v1` (HMAC-SHA256), compared in constant time. Of `webhook-signature`, 8 entries are looked at.
 *
 * It is `false`, and throws nothing, whatever the sender did: a header that is missing or there twice, a time more than
 * `toleranceSeconds` away, another content, a signature of any form. A secret that is none, and a body that was parsed
 * already, give `false` and a warning of the process, `UNCLASH_WEBHOOK_SECRET` and `UNCLASH_WEBHOOK_BODY`.
 *
 * @throws ConfigurationError for an unknown option, or a value that an option may not have
 * @throws CallbackError where `isNew` returns anything but a boolean
 *
 * @example
 * ```ts
 * import express from "express";
 * import { recentIds, verifyWebhook } from "unclash/webhook";
 *
 * const secret = process.env["WEBHOOK_SECRET"] ?? "";
 * const isNew = recentIds();
 * const app = express();
 *
 * app.post("/webhook", express.raw({ type: "*\/*" }), ({ headers, body }, response) => {
 *   if (!verifyWebhook({ secret, headers, body })) return void response.sendStatus(401);
 *   if (isNew(String(headers["webhook-id"]))) console.log(JSON.parse(String(body)));
 *   response.sendStatus(204);
 * });
 * ```
 */
export function verifyWebhook(webhook: ReceivedWebhook): boolean {
  checkOptions<ReceivedWebhook>("verifyWebhook", webhook, rules);
  const { secret, headers, body, nowMs = Date.now(), toleranceSeconds = 300, isNew } = webhook;
  const keys = keysOf(secret);
  if (keys.length === 0 || !isBody(body)) return false;
  const id = singleHeader(headers, "webhook-id");
  const timestamp = singleHeader(headers, "webhook-timestamp");
  const signatures = singleHeader(headers, "webhook-signature");
  if (id === undefined || timestamp === undefined || signatures === undefined) return false;
  // A header that was there twice comes joined by a comma and a space, which none of the three holds.
  if (!/^[!-+\--~]+$/.test(id) || id.length > idLengthMax || id.includes(".") || signatures.includes(", "))
    return false;
  if (!isTimely(timestamp, nowMs, toleranceSeconds)) return false;
  const candidates = signatures.split(" ", signaturesMax).filter((entry) => entry.startsWith("v1,"));
  if (candidates.length === 0) return false;
  const isSigned = keys.some((key) => {
    const expected = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
    return candidates.some((candidate) => isSame(candidate, `v1,${expected}`));
  });
  return isSigned && (isNew === undefined || askIsNew(isNew, id));
}

const rules: OptionRules<ReceivedWebhook> = {
  // What is wrong with these two is told by a warning: an exception would let the sender choose when the server fails.
  secret: anything,
  body: anything,
  headers: required((value) =>
    typeof value === "object" && value !== null ? undefined : "must be the headers of a request",
  ),
  nowMs: (value) => (Number.isFinite(value) ? undefined : "must be a time in milliseconds"),
  toleranceSeconds: wholeNumber(0),
  isNew: isFunction,
};

function keysOf(secret: string | readonly string[]): readonly Buffer[] {
  const secrets: readonly unknown[] = Array.isArray(secret) ? secret : [secret];
  const fault =
    secrets.length === 0 ? "must not be empty" : secrets.map(secretFault).find((each) => each !== undefined);
  if (fault !== undefined) {
    warnOnce("UNCLASH_WEBHOOK_SECRET", fault, `The secret that verifyWebhook() was given ${fault}.`);
  }
  return secrets.flatMap((each) => keyOf(each) ?? []);
}

/** Which body there is may be for the sender to say: body parsers go by its `Content-Type`. */
function isBody(body: unknown): body is string | Uint8Array {
  if (typeof body === "string" || body instanceof Uint8Array) return true;
  const text = "The body that verifyWebhook() was given must be text or bytes, as they came in.";
  warnOnce("UNCLASH_WEBHOOK_BODY", "verifyWebhook", text);
  return false;
}

/** A header that is there once and has a value. */
function singleHeader(headers: WebhookHeaders, name: string): string | undefined {
  const values = isFetchHeaders(headers)
    ? [headers.get(name) ?? undefined]
    : Object.keys(headers).flatMap((key) => (key.toLowerCase() === name ? headers[key] : []));
  const [value] = values;
  return values.length === 1 && typeof value === "string" && value !== "" ? value : undefined;
}

function isFetchHeaders(headers: WebhookHeaders): headers is { get(name: string): string | null } {
  return typeof headers["get"] === "function";
}

function isTimely(timestamp: string, nowMs: number, toleranceSeconds: number): boolean {
  if (!/^[0-9]{1,12}$/.test(timestamp)) return false;
  return Math.abs(Math.floor(nowMs / 1_000) - Number(timestamp)) <= toleranceSeconds;
}

function isSame(given: string, expected: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
}

function askIsNew(isNew: (id: string) => boolean, id: string): boolean {
  const answer: unknown = isNew(id);
  if (typeof answer === "boolean") return answer;
  throw new CallbackError("isNew", `must return true or false, and returned ${describeValue(answer)}`);
}
