import assert from "node:assert/strict";
import { allowedHeaders, exposedHeaders } from "unclash";
import { type Answer, assertHeaders, bodyOf, headerOf } from "./answer.js";
import type { Received } from "./client.js";

/** How an engine is reached. */
interface Mounting {
  readonly typePrefix: string;
  readonly publicPath?: string;
}

/** Checks what holds for every answer of unclash, whatever it was asked. */
export function assertSound({ answer, lines }: Received, mounting: Mounting): void {
  const where = `the answer to ${answer.method} ${answer.path}, ${answer.status}`;
  const names = lines.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  assert.deepEqual(names.toSorted(), [...new Set(names)].toSorted(), `${where}, carries no header twice`);
  headerOf(answer, "date");
  assertFramed(answer, where);
  assertExposed(names, where);
  const { etag } = answer.headers;
  if (etag !== undefined) assert.match(etag, /^"[\x21\x23-\x7e]+"$/, `${where}, has a strong entity-tag`);
  if (answer.status >= 400) assertIsProblem(answer, mounting);
  else if (answer.text !== "") assertHasType(answer, where);
}

const lowerCase = (names: readonly string[]): readonly string[] => names.map((name) => name.toLowerCase());

/** What scripts of any origin can read (Fetch, "CORS-safelisted response-header name"). */
const safelisted = ["cache-control", "content-language", "content-length", "content-type", "expires", "last-modified"];
/** What servers and frameworks say of themselves, and of the connection. */
const ofServer = ["date", "connection", "keep-alive", "server", "x-powered-by"];
const readable = new Set([...safelisted, ...ofServer, ...lowerCase(exposedHeaders)]);
/** `Accept-Encoding` is the browser's own to send. */
const sendable = new Set(["accept-encoding", ...lowerCase(allowedHeaders)]);

/** A browser app of another origin can read all that an answer says. */
function assertExposed(names: readonly string[], where: string): void {
  const hidden = names.filter((name) => !readable.has(name));
  assert.deepEqual(hidden, [], `${where}, carries only headers that exposedHeaders names`);
}

/** It can send all that the answer was chosen by, where no function of the app's looks at headers of its own. */
export function assertAllowed({ answer }: Received): void {
  const chosenBy = answer.headers["vary"]?.split(",").map((name) => name.trim().toLowerCase()) ?? [];
  const where = `the answer to ${answer.method} ${answer.path}, ${answer.status}`;
  const withheld = chosenBy.filter((name) => !sendable.has(name));
  assert.deepEqual(withheld, [], `${where}, varies only by headers that allowedHeaders names`);
}

const json = "application/json; charset=utf-8";

/** What is no JSON is a patch or a list of links. */
function assertHasType(answer: Answer, where: string): void {
  const known = typesOf.get(answer.path.slice(answer.path.lastIndexOf("/") + 1)) ?? [json];
  const { "api-version": version, "content-type": type = "" } = answer.headers;
  const isVersion = version !== undefined && type === `application/vnd.suite.${version}+json`;
  assert(known.includes(type) || isVersion, `${where}, has the type of its content`);
}

const typesOf: ReadonlyMap<string, readonly string[]> = new Map([
  ["diff", ["application/json-patch+json"]],
  ["timemap", ["application/link-format", json]],
]);

/** The content is as long as it says, and not there where there can't be any (RFC 9110 §6.4.1, §8.6). */
function assertFramed(answer: Answer, where: string): void {
  assert.equal(answer.headers["transfer-encoding"], undefined, `${where}, says how long it is`);
  if (answer.status === 204 || answer.status === 304) {
    assert.equal(answer.text, "", `${where}, has no content`);
    assertHeaders(answer, { "content-length": undefined, "content-type": undefined });
  } else if (answer.method === "HEAD") {
    assert.equal(answer.text, "", `${where}, has no content`);
  } else {
    assertHeaders(answer, { "content-length": String(Buffer.byteLength(answer.text)) });
  }
}

/** RFC 9457 §3.1: the standard members agree with the answer; no cache keeps it. */
function assertIsProblem(answer: Answer, { typePrefix, publicPath = "" }: Mounting): void {
  assertHeaders(answer, { "content-type": "application/problem+json", "cache-control": "no-store" });
  if (answer.method === "HEAD") return;
  const { type, title, status, detail, instance } = bodyOf(answer);
  assert(typeof type === "string" && type.startsWith(typePrefix), `a type of ours: ${answer.text}`);
  assert(typeof title === "string" && title !== "", `a title: ${answer.text}`);
  assert(typeof detail === "string" && detail !== "", `a detail: ${answer.text}`);
  assert.equal(status, answer.status, "the problem has the answer's status");
  assert.equal(
    instance,
    publicPath + answer.path,
    "the problem names the path that was asked for, its prefix included",
  );
}
