import assert from "node:assert/strict";

/** One request and what the page says of its answer. */
export interface Step {
  readonly request: Message;
  readonly response: Message;
}

interface Message {
  /** `GET /articles/1`, or `409`. */
  readonly start: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: unknown;
}

/**
 * Reads a transcript: requests and answers in turn, each a first line, headers, and after an empty line a JSON body.
 * An answer's first line begins with its status. `…` stands for anything; in a request, `"3-…"` for the entity-tag seen
 * last that begins so, and `c_…` for the id of the conflict seen last.
 */
export function stepsOf(transcript: string): readonly Step[] {
  const messages: string[][] = [];
  for (const line of transcript.split("\n")) {
    if (/^(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) |^[1-5][0-9]{2}( |$)/.test(line)) messages.push([]);
    messages.at(-1)?.push(line);
  }
  const read = messages.map(messageOf);
  assert.equal(read.length % 2, 0, `A transcript has an answer for each request:\n${transcript}`);
  return read.flatMap((request, at) => {
    const response = read[at + 1];
    return at % 2 === 0 && response !== undefined ? [{ request, response }] : [];
  });
}

function messageOf([start = "", ...rest]: readonly string[]): Message {
  const blank = rest.indexOf("");
  const headerLines = blank === -1 ? rest : rest.slice(0, blank);
  const text = blank === -1 ? "" : rest.slice(blank).join("\n").trim();
  const headers = headerLines.map((line): readonly [string, string] => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { start, headers, body: text === "" ? undefined : JSON.parse(text) };
}

/** Sends a transcript's requests to a server, and holds each answer to what the page says. */
export async function play(transcript: string, origin: string): Promise<void> {
  const etags: string[] = [];
  let conflict = "c_";
  for (const { request, response } of stepsOf(transcript)) {
    const fill = (sent: string): string => sent.replace("c_…", conflict);
    const [method = "GET", path = "/"] = fill(request.start).split(" ");
    const headers = Object.fromEntries(request.headers.map(([name, value]) => [name, seenTag(value, etags)]));
    if (request.body !== undefined) headers["content-type"] ??= "application/json";
    const answer = await fetch(origin + path, {
      method,
      headers,
      ...(request.body !== undefined && { body: fill(JSON.stringify(request.body)) }),
    });
    const text = await answer.text();
    const etag = answer.headers.get("etag");
    if (etag !== null) etags.unshift(etag);
    conflict = text.match(/c_[0-9a-f-]{36}/)?.[0] ?? conflict;
    const where = `${request.start} was answered ${answer.status} ${text}`;
    assert.equal(String(answer.status), response.start.slice(0, 3), where);
    for (const [name, value] of response.headers) assertLike(answer.headers.get(name), value, `${name}: ${where}`);
    if (response.body !== undefined) assertLike(JSON.parse(text), response.body, where);
  }
}

function seenTag(value: string, etags: readonly string[]): string {
  const begin = /^("[^"…]*)…"$/.exec(value)?.[1];
  return begin === undefined ? value : (etags.find((etag) => etag.startsWith(begin)) ?? value);
}

/** What the page shows is there, in what was answered; members that it leaves out may be there too. */
function assertLike(actual: unknown, shown: unknown, where: string): void {
  if (typeof shown === "string" && shown.includes("…")) {
    assert.match(String(actual), new RegExp(`^${shown.split("…").map(escapePattern).join("[^]*")}$`), where);
  } else if (Array.isArray(shown)) {
    assert(Array.isArray(actual) && actual.length === shown.length, where);
    for (const [at, item] of shown.entries()) assertLike(actual[at], item, where);
  } else if (typeof shown === "object" && shown !== null) {
    assert(typeof actual === "object" && actual !== null, where);
    const members = new Map(Object.entries(actual));
    for (const [name, value] of Object.entries(shown)) assertLike(members.get(name), value, `${name}: ${where}`);
  } else {
    assert.deepEqual(actual, shown, where);
  }
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
