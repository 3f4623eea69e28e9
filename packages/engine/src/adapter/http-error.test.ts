import { expect, test } from "vitest";
import { problemSources } from "./error-format.js";
import { httpErrorPlan } from "./http-error.js";

function problemOf(error: unknown): unknown {
  const plan = httpErrorPlan(error, problemSources({})("/articles/1", undefined));
  return plan && { status: plan.status, ...JSON.parse(plan.body ?? "null") };
}

const parserErrors: readonly (readonly [name: string, error: Error, problem: object])[] = [
  [
    "broken JSON (body-parser)",
    Object.assign(new SyntaxError("Unexpected token s, secret is not JSON"), {
      status: 400,
      expose: true,
      type: "entity.parse.failed",
    }),
    { status: 400, errors: [{ code: "malformed-json", pointer: "" }] },
  ],
  [
    "too much (raw-body)",
    Object.assign(new Error("request entity too large"), { status: 413, type: "entity.too.large" }),
    { status: 413 },
  ],
  [
    "a charset",
    Object.assign(new Error("secret"), { status: 415, expose: true, type: "charset.unsupported" }),
    { status: 415 },
  ],
  [
    "a broken path (Express)",
    Object.assign(new URIError("Failed to decode param 'secret'"), { status: 400 }),
    { status: 400, errors: [{ code: "malformed-id", parameter: "id" }] },
  ],
  [
    "a type (Fastify)",
    Object.assign(new Error("secret"), { statusCode: 415, code: "FST_ERR_CTP_INVALID_MEDIA_TYPE" }),
    { status: 415 },
  ],
];

test.each(parserErrors)("%s is a problem that repeats nothing of the request", (_name, error, problem) => {
  expect(problemOf(error)).toMatchObject(problem);
  expect(JSON.stringify(problemOf(error))).not.toContain("secret");
});

test("what the app says to the client reaches it", () => {
  const error = Object.assign(new Error("No such user"), { status: 404, expose: true });
  expect(problemOf(error)).toMatchObject({ status: 404, detail: "No such user", instance: "/articles/1" });
});

test.each([
  ["an error that is not for clients", Object.assign(new Error("boom"), { status: 404, expose: false })],
  ["an error of a database with a status of its own", Object.assign(new Error("boom"), { status: 404 })],
  ["a failure", Object.assign(new Error("boom"), { status: 500, expose: true })],
  ["a status that unclash has no problem for", Object.assign(new Error("teapot"), { status: 418, expose: true })],
  ["an error without a status", new Error("boom")],
  ["what is no error", { status: 404, expose: true }],
])("%s stays the app's own", (_name, error) => {
  expect(problemOf(error)).toBeUndefined();
});
