import type { Served } from "@unclash/conformance/adapter";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exchange, masked, type Wire } from "./exchange.test-support.js";
import { servers } from "./servers.test-support.js";

interface Step {
  /** Method and path. */
  readonly send: string;
  /** Header lines. `<step>` stands for the entity-tag in the answer to the step that `as` names so. */
  readonly lines?: readonly string[];
  readonly json?: string;
  /** The media type of `json`. @default "application/json" */
  readonly type?: string;
  /** Sent as it is, framed as `lines` say. */
  readonly raw?: string;
  readonly as?: string;
  readonly status: number;
}

const type = "application/json-patch+json";
const alice = "Authorization: Bearer alice";
const wrong = "Authorization: Bearer wrong";

/** One story, told to each server. */
const steps: readonly Step[] = [
  { send: "GET /api/articles", status: 200, as: "empty" },
  { send: "GET /api/articles", lines: ["If-None-Match: <empty>"], status: 304 },
  {
    send: "PUT /api/articles/1",
    lines: ["If-None-Match: *"],
    json: '{"title":"Ünïcode ✓ 😀"}',
    status: 201,
    as: "one",
  },
  { send: "GET /api/articles/1", status: 200 },
  { send: "HEAD /api/articles/1", status: 200 },
  { send: "GET /api/articles/1", lines: ["If-None-Match: <one>"], status: 304 },
  { send: "GET /api/articles/1", lines: ['If-Match: "other"'], status: 412 },
  { send: "GET http://elsewhere/api/articles/1", status: 200 },
  { send: "PUT /api/articles/1", lines: ["If-Match: <one>"], json: '{"title":"B","slug":"b"}', status: 200, as: "two" },
  { send: "PUT /api/articles/1", lines: ["If-Match: <one>"], json: '{"title":"C"}', status: 409 },
  { send: "PUT /api/articles/1", lines: ["If-Match: <two>"], json: '{"title":"B","slug":"b"}', status: 200 },
  { send: "PUT /api/articles/1", json: '{"title":"C"}', status: 428 },
  { send: "PUT /api/articles/1", lines: ["If-Match: abc"], json: '{"title":"C"}', status: 400 },
  { send: "PUT /api/articles/1", lines: ["If-Match: <two>"], json: '{"title":', status: 400 },
  { send: "PUT /api/articles/1", lines: ["If-Match: <two>"], json: '{"title":1}', status: 422 },
  { send: "PUT /api/articles/1", lines: ["If-Match: <two>"], json: `{"title":"${"x".repeat(200)}"}`, status: 413 },
  { send: "PUT /api/articles/1", lines: ["Content-Type: text/plain", "Content-Length: 1"], raw: "x", status: 415 },
  { send: "PUT /api/articles/1", lines: ["Content-Type: nonsense", "Content-Length: 1"], raw: "x", status: 415 },
  { send: "PUT /api/articles/1", lines: ["Content-Length: 2"], raw: "{}", status: 415 },
  {
    send: "PATCH /api/articles/1",
    lines: [
      "If-Match: <two>",
      "Content-Type: application/merge-patch+json",
      "Transfer-Encoding: chunked",
      "Prefer: return=minimal",
    ],
    raw: '4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n',
    status: 204,
    as: "three",
  },
  {
    send: "PATCH /api/articles/1",
    lines: ["If-Match: <one>", "Prefer: on-conflict=last-write-wins"],
    type,
    json: "[]",
    status: 200,
  },
  {
    send: "PATCH /api/articles/1",
    lines: ["If-Match: <three>"],
    type,
    json: '[{"op":"test","path":"/title","value":"Z"}]',
    status: 409,
  },
  { send: "PATCH /api/articles/1", lines: ["If-Match: <three>"], json: "{}", status: 415 },
  { send: "POST /api/articles", json: '{"title":"D","slug":"b"}', status: 409 },
  { send: "POST /api/articles", json: '{"title":"D","id":"1"}', status: 409 },
  { send: "POST /api/articles", json: '{"title":"D"}', status: 201 },
  { send: "POST /api/articles", lines: ["Prefer: return=minimal"], json: '{"title":"E","id":"2"}', status: 201 },
  { send: "GET /api/articles?limit=2", status: 200 },
  { send: "HEAD /api/articles?limit=2", status: 200 },
  { send: "GET /api/articles?limit=0", status: 400 },
  { send: "GET /api/articles/1/versions", status: 200 },
  { send: "GET /api/articles/1/versions/1", status: 200 },
  { send: "HEAD /api/articles/1/versions/9", status: 404 },
  { send: "PUT /api/notes/a%20b", lines: [alice], json: '{"title":"N"}', status: 201 },
  { send: "GET /api/notes/a%20b", lines: [alice], status: 200 },
  { send: "DELETE /api/notes/a%20b", status: 204 },
  { send: "DELETE /api/notes/a%20b", status: 410 },
  { send: "HEAD /api/notes/a%20b", status: 410 },
  { send: "GET /api/notes", lines: [wrong], status: 401 },
  { send: "HEAD /api/notes", lines: [wrong], status: 401 },
  { send: "GET /api/notes/secret", lines: [alice], status: 403 },
  { send: "GET /api/notes/hidden", status: 404 },
  { send: "GET /api/notes/missing", status: 404 },
  { send: "GET /api/notes/missing/else", status: 404 },
  { send: "GET /api/notes/", status: 404 },
  { send: "GET /api/notes/%ff", status: 400 },
  { send: "DELETE /api/notes/%", status: 400 },
  { send: `GET /api/notes/${"x".repeat(257)}`, status: 400 },
  { send: "OPTIONS /api/notes", status: 204 },
  { send: "OPTIONS /api/notes/1", status: 204 },
  { send: "POST /api/notes/1", json: "{}", status: 405 },
  { send: "TRACE /api/notes/1", status: 405 },
  { send: "PROPFIND /api/notes/1", status: 405 },
  { send: "QUERY /api/notes/1", status: 405 },
  { send: "GET /api/notes/1", lines: [`X-Long: ${"x".repeat(17_000)}`], status: 431 },
  { send: "GET /api/notes/1", lines: ["Content-Length : 1"], status: 400 },
  { send: "GET /api/articles/1", lines: ["Host: elsewhere"], status: 400 },
  { send: "PUT /api/articles/1", lines: ["Host: unclash", "If-Match: <three>"], json: "{}", status: 400 },
];

function bytesOf(
  { send, lines = [], json, type = "application/json", raw = "" }: Step,
  tags: ReadonlyMap<string, string>,
): string {
  const content = json === undefined ? raw : Buffer.from(json).toString("latin1");
  const framing = json === undefined ? [] : [`Content-Type: ${type}`, `Content-Length: ${content.length}`];
  const named = lines.map((line) => line.replace(/<(\w+)>/, (_whole, step: string) => tags.get(step) ?? step));
  return [`${send} HTTP/1.1`, "Host: unclash", "Connection: close", ...named, ...framing, "", content].join("\r\n");
}

async function tell({ url }: Served): Promise<readonly Wire[]> {
  const tags = new Map<string, string>();
  const answers: Wire[] = [];
  for (const step of steps) {
    const answer = await exchange(Number(new URL(url).port), bytesOf(step, tags));
    const tag = answer.headers.find((line) => line.startsWith("etag: "));
    if (step.as !== undefined && tag !== undefined) tags.set(step.as, tag.slice("etag: ".length));
    answers.push(answer);
  }
  return answers;
}

const told = new Map<string, readonly Wire[]>();

beforeAll(async () => {
  for (const [name, start] of Object.entries(servers)) {
    const served = await start({ prefix: "/api", fallthrough: true });
    told.set(name, await tell(served));
    await served.close();
  }
});

afterAll(() => told.clear());

test.each(steps.map((step, at) => [step.send.slice(0, 40), step.status, at] as const))(
  "all servers answer %s with the same %i, byte for byte (%#)",
  (_send, status, at) => {
    const [first, ...others] = [...told.values()].map((answers) => answers[at]);
    if (first === undefined) throw new TypeError("No server was asked.");
    expect(first.statusLine).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(others).toHaveLength(3);
    for (const other of others) expect(other && masked(other)).toEqual(masked(first));
  },
);

test.each(["GET *", "OPTIONS *", "PUT *", "GET *articles/1"])(
  "all servers with an engine at their root that answers all paths answer %s with the same 404",
  async (send) => {
    for (const start of Object.values(servers)) {
      const served = await start({ prefix: "", fallthrough: false });
      const { statusLine, body } = await exchange(
        Number(new URL(served.url).port),
        bytesOf({ send, status: 404 }, new Map()),
      );
      await served.close();
      const problem: unknown = JSON.parse(body);
      expect(statusLine).toBe("HTTP/1.1 404 Not Found");
      expect(problem).toMatchObject({ type: "urn:problem-type:unclash:not-found", instance: send.split(" ")[1] });
    }
  },
);
