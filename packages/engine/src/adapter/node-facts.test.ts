import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, test } from "vitest";
import { guardFacts } from "./node-facts.js";

test.each([
  ["nothing", undefined, "unread"],
  ["an empty object, of a body that nobody has read", {}, "unread"],
  ["an object that something else than a stream held", { a: 1 }, "parsed"],
  ["a text", "", "parsed"],
  ["null", null, "parsed"],
] as const)("what a parser has left counts as the body unless it has not looked: %s", (_what, parsed, kind) => {
  const request = new IncomingMessage(new Socket());
  expect(guardFacts(request, { url: "/", parsed, native: request }).body.kind).toBe(kind);
});

test("an empty object is the body where the body was read", async () => {
  const request = new IncomingMessage(new Socket());
  request.push("{}");
  request.push(null);
  await request.toArray();
  expect(guardFacts(request, { url: "/", parsed: {}, native: request }).body).toEqual({ kind: "parsed", value: {} });
});

test("path and query are those that the client sent, though it may have sent a whole URL", () => {
  const request = new IncomingMessage(new Socket());
  const { base, path, query } = guardFacts(request, { url: "http://a/b%20c?d=e", parsed: undefined, native: request });
  expect([base, path, query]).toEqual(["", "/b%20c", "d=e"]);
});
