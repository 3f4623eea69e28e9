import assert from "node:assert/strict";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "@unclash/core/json";
import { type Answer, assertStatus, bodyOf } from "./answer.js";
import type { Trial } from "./trial.js";

/** The status of each problem type that an engine gives. */
const statuses = {
  "malformed-request": 400,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  "method-not-allowed": 405,
  "not-acceptable": 406,
  "version-conflict": 409,
  duplicate: 409,
  "invalid-state": 409,
  "conflict-closed": 409,
  "idempotency-in-progress": 409,
  "idempotency-key-reused": 422,
  gone: 410,
  "api-version-ended": 410,
  "payload-too-large": 413,
  "unsupported-media-type": 415,
  "validation-failed": 422,
  "precondition-required": 428,
  "quota-exceeded": 429,
  "store-unavailable": 503,
} as const;

export interface ExpectedProblem {
  /** For `version-conflict`, which an engine may answer with 412. */
  readonly status?: number;
  /** All its members besides the standard ones. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** Compares a problem member by member. Sentences are only asked to be there: their words may change. */
export function assertProblem(
  trial: Trial,
  answer: Answer,
  slug: keyof typeof statuses,
  { status = statuses[slug], members = {} }: ExpectedProblem = {},
): void {
  assertStatus(answer, status);
  const { title: _title, detail: _detail, errors, ...rest } = bodyOf(answer);
  const body = errors === undefined ? rest : { ...rest, errors: entriesOf(errors).map(withoutDetail) };
  assert.deepEqual(body, { type: trial.typePrefix + slug, status, instance: answer.path, ...members });
}

/** What is wrong with a request: a code, and where: in a header, in a parameter, or at a place in the body. */
export type ExpectedEntry = { readonly code: string } & (
  | { readonly header: string }
  | { readonly parameter: string }
  | { readonly pointer: string }
);

/** Compares a 400 and all the things that it says are wrong. */
export function assertMalformed(trial: Trial, answer: Answer, ...entries: readonly ExpectedEntry[]): void {
  assertProblem(trial, answer, "malformed-request", { members: { errors: entries } });
}

/** The code of the only thing that a 400 says is wrong, wherever in the body it found it. */
export function assertMalformedBody(trial: Trial, answer: Answer, code: string): void {
  assertStatus(answer, 400);
  const [entry] = entriesOf(bodyOf(answer)["errors"]);
  const pointer = entry?.["pointer"];
  assert(typeof pointer === "string", `the entry points into the body: ${answer.text}`);
  assertMalformed(trial, answer, { code, pointer });
}

/** Compares the places that a 422 says are invalid; their order does not matter. */
export function assertInvalid(trial: Trial, answer: Answer, ...pointers: readonly string[]): void {
  assertStatus(answer, 422);
  const given = entriesOf(bodyOf(answer)["errors"]).map((entry) => entry["pointer"]);
  assert.deepEqual(given.toSorted(), pointers.toSorted(), answer.text);
  assertProblem(trial, answer, "validation-failed", { members: { errors: given.map((pointer) => ({ pointer })) } });
}

function entriesOf(errors: Json | undefined): readonly JsonObject[] {
  assert(isJsonArray(errors), "errors is a list");
  return errors.map((entry) => {
    assert(isJsonObject(entry), "each of the errors is an object");
    return entry;
  });
}

function withoutDetail({ detail, ...rest }: JsonObject): JsonObject {
  assert(typeof detail === "string" && detail !== "", "each of the errors has a detail");
  return rest;
}
