import assert from "node:assert/strict";
import { isJsonObject, type Json, type JsonObject } from "@unclash/core/json";

/** An answer, as it came over the socket. */
export interface Answer {
  readonly method: string;
  /** The path that was asked for, from the root on, without its query. */
  readonly path: string;
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The content, parsed; `undefined` where there is none or it is no JSON. */
  readonly json: Json | undefined;
  /** The connection had served another request before. */
  readonly reused: boolean;
}

/** The content of an answer that must be a JSON object. */
export function bodyOf(answer: Answer): JsonObject {
  assert(isJsonObject(answer.json), `${answer.method} ${answer.path} is answered with a JSON object: ${answer.text}`);
  return answer.json;
}

/** One member of the content. */
export function memberOf(answer: Answer, name: string): Json | undefined {
  return bodyOf(answer)[name];
}

/** The header's value, which must be there. */
export function headerOf(answer: Answer, name: string): string {
  const value = answer.headers[name];
  assert(value !== undefined, `the answer to ${answer.method} ${answer.path} carries ${name}`);
  return value;
}

export function etagOf(answer: Answer): string {
  return headerOf(answer, "etag");
}

/** Compares some headers exactly; `undefined` is one that must not be there. */
export function assertHeaders(answer: Answer, expected: Readonly<Record<string, string | undefined>>): void {
  const actual = Object.fromEntries(Object.keys(expected).map((name) => [name, answer.headers[name]]));
  assert.deepEqual(actual, expected, `headers of the answer to ${answer.method} ${answer.path}`);
}

/** Compares the status, and shows the content where it is another. */
export function assertStatus(answer: Answer, status: number): void {
  assert.equal(
    answer.status,
    status,
    `${answer.method} ${answer.path} is answered ${answer.status}: ${answer.text.slice(0, 2_000)}`,
  );
}
