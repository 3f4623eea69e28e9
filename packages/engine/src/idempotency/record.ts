import { StoreError } from "@unclash/core";
import type { Key, Text, Version } from "@unclash/core/store";

/**
 * What is known of a key: the request that came with it first is still running, this was its answer, or it ended
 * without one that says its outcome.
 */
export type KeyRecord = RunningRequest | AnsweredRequest | UnansweredRequest;

export interface RunningRequest {
  readonly state: "running";
  readonly fingerprint: string;
  /** How long it is remembered that the request began, should its process die, in milliseconds. */
  readonly keepMs: number;
  /**
   * For so long before the record lapses, in milliseconds, its lease has ended: all that it says then is that the
   * request began. Absent on records of releases before it: their lease ends as they lapse, and they are needed for
   * `keepMs` from the claim on, lapsed as they are.
   */
  readonly graceMs?: number;
}

/** It had begun, and failed: nobody can tell whether it had an effect. */
export interface UnansweredRequest {
  readonly state: "unanswered";
  readonly fingerprint: string;
}

export interface AnsweredRequest {
  readonly state: "answered";
  readonly fingerprint: string;
  readonly answer: KeptAnswer;
}

/** An answer as it is kept, to be given again. A `ResponsePlan` is one. */
export interface KeptAnswer {
  readonly status: number;
  /**
   * By lower-case name; what is about one connection or moment (`date`, `connection`, …) is left out when it is kept.
   */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array | null;
  /** There was content, too large to be kept. */
  readonly withoutBody?: true;
  /** The resource whose state the content shows, or tells of: it is shown again only to who may read it then. */
  readonly shows?: Key;
  /** The content is the state of `shows` at this version: it is not kept here, but read again from the history. */
  readonly version?: Version;
  /**
   * It is a problem (RFC 9457) that a guard handed to the framework's error handler, which makes an answer of it each
   * time.
   */
  readonly handedOn?: true;
}

/**
 * Whether an answer is kept. Refusals of this moment and failures are not: a repeat may fare better
 * (draft-ietf-httpapi-idempotency-key-header §2.6).
 *
 * @param outcome the slug of the problem that it is, where that is known
 */
export function isKept(status: number, outcome?: string): boolean {
  return (
    status < 500 && !ofThisMoment.has(status) && outcome !== "lock-expired" && outcome !== "idempotency-in-progress"
  );
}

const ofThisMoment: ReadonlySet<number> = new Set([401, 403, 423, 429]);

const format = 1;

const ofOneMoment: ReadonlySet<string> = new Set([
  ...["connection", "date", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"],
]);

/** The text under which a store keeps it. */
export function recordText(record: KeyRecord): Text {
  if (record.state !== "answered") return JSON.stringify({ format, ...record });
  const { status, headers, body, withoutBody, shows, version, handedOn } = record.answer;
  return JSON.stringify({
    format,
    state: "answered",
    fingerprint: record.fingerprint,
    status,
    headers: Object.entries(headers).filter(([name]) => !ofOneMoment.has(name)),
    ...(typeof body === "string" && { text: body }),
    ...(body instanceof Uint8Array && { base64: Buffer.from(body).toString("base64") }),
    ...(withoutBody && { withoutBody }),
    ...(shows !== undefined && { shows }),
    ...(version !== undefined && { version }),
    ...(handedOn && { handedOn }),
  });
}

/**
 * Reads a record back.
 *
 * @throws StoreError for any text that `recordText` has not made: a newer release may have, and then nothing is known
 * of
 *   the request
 */
export function readRecord(text: Text | null): KeyRecord {
  const value = parsed(text);
  if (value?.["format"] === format && typeof value["fingerprint"] === "string") {
    const { fingerprint } = value;
    const { keepMs, graceMs } = value;
    if (value["state"] === "running" && isWhole(keepMs)) {
      return { state: "running", fingerprint, keepMs, ...(isWhole(graceMs) && { graceMs }) };
    }
    if (value["state"] === "unanswered") return { state: "unanswered", fingerprint };
    const answer = value["state"] === "answered" ? readAnswer(value) : undefined;
    if (answer !== undefined) return { state: "answered", fingerprint, answer };
  }
  throw new StoreError("The record of an idempotency key is none that this release has written.", "not-applied");
}

type Members = Readonly<Record<string, unknown>>;

function readAnswer({
  status,
  headers,
  text,
  base64,
  withoutBody,
  shows,
  version,
  handedOn,
}: Members): KeptAnswer | undefined {
  if (!isWhole(status) || !isFields(headers)) return undefined;
  const body = typeof base64 === "string" ? Buffer.from(base64, "base64") : typeof text === "string" ? text : null;
  return {
    status,
    headers: Object.fromEntries(headers),
    body,
    ...(withoutBody === true && { withoutBody }),
    ...(typeof shows === "string" && { shows }),
    ...(isWhole(version) && { version }),
    ...(handedOn === true && { handedOn }),
  };
}

function parsed(text: Text | null): Members | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "null");
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null;
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isFields(value: unknown): value is readonly (readonly [string, string | readonly string[]])[] {
  return Array.isArray(value) && value.every((field) => Array.isArray(field) && isName(field[0]) && isValue(field[1]));
}

function isName(name: unknown): boolean {
  return typeof name === "string";
}

function isValue(value: unknown): boolean {
  return typeof value === "string" || (Array.isArray(value) && value.every(isName));
}
