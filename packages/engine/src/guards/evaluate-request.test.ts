import { evaluatePreconditions, satisfiesRequirement } from "@unclash/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { LoadedState } from "../states/loaded-state.js";
import { currentState } from "../states/selected-state.js";
import { evaluateRequest } from "./evaluate-request.js";
import { exchangeOf } from "./exchange.test-support.js";
import type { GuardOptions } from "./guard-options.js";

const line = (method: string): string => `${method} /articles/1`;
const wroteAt = Date.parse("2026-11-22T10:00:00Z");
const there: LoadedState = { version: 4, modifiedAt: wroteAt };
const date = "Sun, 22 Nov 2026 10:00:00 GMT";

interface Judged {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly state?: LoadedState | undefined;
  readonly options?: GuardOptions<unknown, LoadedState>;
}

async function outcomeOf({ method, headers = {}, body, state, options = {} }: Judged): Promise<string> {
  const { exchange, parsedRequest } = exchangeOf(options, line(method), { headers, body });
  const evaluation = await evaluateRequest(exchange, parsedRequest, state && exchange.select(state));
  if (evaluation.kind === "pass") return "pass";
  return `${evaluation.error.answer.status} ${evaluation.error.answer.outcome}`;
}

const table: readonly (readonly [outcome: string, judged: Judged])[] = [
  ["pass", { method: "GET", state: there }],
  ["404 not-found", { method: "GET" }],
  ["404 not-found", { method: "GET", headers: { "if-none-match": "*" } }],
  ["304 not-modified", { method: "GET", state: there, headers: { "if-none-match": 'W/"4"' } }],
  ["304 not-modified", { method: "HEAD", state: there, headers: { "if-modified-since": date } }],
  ["412 version-conflict", { method: "GET", state: there, headers: { "if-match": '"3"' } }],
  ["412 version-conflict", { method: "QUERY", state: there, headers: { "if-match": '"3"' } }],
  ["428 precondition-required", { method: "PUT", state: there }],
  ["428 precondition-required", { method: "PUT", state: there, headers: { "if-unmodified-since": date } }],
  ["428 precondition-required", { method: "PUT", state: there, headers: { "if-none-match": '"3"' } }],
  ["428 precondition-required", { method: "PATCH", state: there, headers: { "if-none-match": "*" } }],
  ["pass", { method: "PUT", state: there, options: { preconditions: { required: false } } }],
  [
    "pass",
    {
      method: "PUT",
      state: there,
      headers: { "if-unmodified-since": date },
      options: { preconditions: { datesSuffice: true } },
    },
  ],
  ["pass", { method: "PUT", state: there, headers: { "if-match": '"3", "4"' } }],
  ["pass", { method: "DELETE", state: there, headers: { "if-match": "*" } }],
  ["409 version-conflict", { method: "PUT", state: there, headers: { "if-match": '"3"' } }],
  ["409 version-conflict", { method: "PUT", state: there, headers: { "if-none-match": "*" } }],
  [
    "412 version-conflict",
    { method: "PUT", state: there, headers: { "if-match": '"3"' }, options: { conflictStatus: 412 } },
  ],
  ["404 not-found", { method: "PUT", headers: { "if-match": "*" } }],
  ["404 not-found", { method: "PUT", headers: { "if-none-match": "*" } }],
  ["pass", { method: "PUT", headers: { "if-none-match": "*" }, options: { creates: true } }],
  ["428 precondition-required", { method: "PUT", options: { creates: true } }],
  [
    "428 precondition-required",
    {
      method: "PUT",
      headers: { "if-unmodified-since": date },
      options: { creates: true, preconditions: { datesSuffice: true } },
    },
  ],
  ["pass", { method: "PUT", options: { creates: true, preconditions: { required: false } } }],
  ["409 version-conflict", { method: "PUT", headers: { "if-match": '"1"' }, options: { creates: true } }],
  ["404 not-found", { method: "PATCH", options: { creates: true, preconditions: { required: false } } }],
  ["pass", { method: "PUT", state: there, body: { version: 4 }, options: { versionField: "version" } }],
  [
    "409 version-conflict",
    { method: "PUT", state: there, body: { version: 3 }, options: { versionField: "version", conflictStatus: 412 } },
  ],
  [
    "400 malformed-request",
    {
      method: "PUT",
      state: there,
      headers: { "if-match": '"4"' },
      body: { version: 3 },
      options: { versionField: "version" },
    },
  ],
  ["428 precondition-required", { method: "PUT", state: there, body: { version: 4 } }],
];

test.each(table)("%s: %o", async (outcome, judged) => {
  expect(await outcomeOf(judged)).toBe(outcome);
});

test("a write passes only where a precondition was needed or not, and given, and held (a law)", async () => {
  const tag = fc.constantFrom(undefined, "*", '"3"', '"4"', 'W/"4"', '"3", "4"');
  const state = fc.constantFrom(undefined, there);
  const method = fc.constantFrom("PUT", "PATCH", "DELETE", "POST");
  await fc.assert(
    fc.asyncProperty(
      tag,
      tag,
      state,
      method,
      fc.boolean(),
      fc.boolean(),
      async (match, none, state, method, creates, required) => {
        const headers = { ...(match && { "if-match": match }), ...(none && { "if-none-match": none }) };
        const options = { creates, preconditions: { required } };
        const { exchange, parsedRequest } = exchangeOf(options, line(method), { headers });
        const selected = state && exchange.select(state);
        const evaluation = await evaluateRequest(exchange, parsedRequest, selected);
        const mayBe = state !== undefined || (creates && method === "PUT");
        const isNamed = !required || satisfiesRequirement(method, parsedRequest.conditions, { datesSuffice: false });
        const holds =
          evaluatePreconditions(method, parsedRequest.conditions, currentState(selected)).kind === "proceed";
        expect(evaluation.kind === "pass").toBe(mayBe && isNamed && holds);
      },
    ),
  );
});

test("a 304 has what a 200 would have, but for the date beside an entity-tag (RFC 9110 §15.4.5)", async () => {
  const { exchange, parsedRequest } = exchangeOf(
    { cacheControl: "max-age=5", identify: () => undefined },
    line("GET"),
    {
      headers: { "if-none-match": '"4"' },
    },
  );
  const evaluation = await evaluateRequest(exchange, parsedRequest, exchange.select(there));
  expect(evaluation).toMatchObject({ kind: "refuse" });
  const headers = evaluation.kind === "refuse" ? evaluation.error.answer.headers : {};
  expect(headers).toEqual({ "cache-control": "max-age=5", etag: '"4"', vary: "authorization" });
});
