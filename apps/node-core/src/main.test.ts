import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { type Running, start, startEngine } from "./running.test-support.js";

let custom: Running;
let engine: Awaited<ReturnType<typeof startEngine>>;

beforeAll(async () => {
  [custom, engine] = await Promise.all([start(), startEngine()]);
});

afterAll(async () => {
  custom.kill("SIGKILL");
  engine.close();
  await custom.ended;
});

interface Step {
  /** Method and path. */
  readonly send: string;
  /** `<step>` stands for the entity-tag in the answer to the step that `as` names so. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer<ArrayBuffer>;
  /** Whether the body is sent in chunks, its length unsaid. */
  readonly chunked?: true;
  /** The media type of the body. @default "application/json", of a PATCH "application/merge-patch+json" */
  readonly type?: string;
  readonly as?: string;
  readonly status: number;
  /** The codes of the problem's `errors`. */
  readonly codes?: readonly string[];
}

const create = { "if-none-match": "*" };
const spaces = (length: number): string => `{"a":"${" ".repeat(length - 8)}"}`;

/** One story, told to this server and to the engine. */
const steps: readonly Step[] = [
  { send: "GET /notes/1", status: 404 },
  { send: "PUT /notes/1", body: "{}", status: 428 },
  { send: "PUT /notes/1", body: "{}", headers: { "if-match": '"1-x"' }, status: 409 },
  { send: "PUT /notes/1", body: "{}", headers: { "if-none-match": '"1-x"' }, status: 428 },
  { send: "PATCH /notes/1", body: "{}", headers: { "if-match": "*" }, status: 404 },
  { send: "PUT /notes/1", body: '{"text":"ä","n":1}', headers: create, status: 201, as: "one" },
  { send: "PUT /notes/1", body: "{}", headers: create, status: 409 },
  { send: "GET /notes/1?x=1", status: 200 },
  { send: "HEAD /notes/1", status: 200 },
  { send: "GET /notes/1", headers: { "if-none-match": "<one>" }, status: 304 },
  { send: "GET /notes/1", headers: { "if-none-match": "W/<one>" }, status: 304 },
  { send: "GET /notes/1", headers: { "if-match": '"1-x"' }, status: 412 },
  { send: "PUT /notes/1", body: '{"text":"b"}', status: 428 },
  { send: "PUT /notes/1", body: "{}", headers: { "if-unmodified-since": new Date().toUTCString() }, status: 428 },
  { send: "DELETE /notes/1", status: 428 },
  {
    send: "PUT /notes/1",
    body: '{"text":"b","n":1,"id":"1"}',
    headers: { "if-match": "<one>" },
    status: 200,
    as: "two",
  },
  { send: "PUT /notes/1", body: '{"text":"c"}', headers: { "if-match": "<one>" }, status: 409 },
  { send: "PUT /notes/1", body: '{"text":"c"}', headers: { "if-match": "W/<two>" }, status: 409 },
  { send: "PUT /notes/1", body: '{"n":1,"text":"b"}', headers: { "if-match": "<two>" }, status: 200, as: "same" },
  { send: "GET /notes/1", headers: { "if-none-match": "<same>", "if-match": "<two>" }, status: 304 },
  { send: "PATCH /notes/1", body: '{"n":null,"version":2}', status: 200, as: "three" },
  { send: "PATCH /notes/1", body: '{"text":"d","version":2}', status: 409 },
  {
    send: "PATCH /notes/1",
    body: '{"version":2}',
    headers: { "if-match": "<three>" },
    status: 400,
    codes: ["contradictory-preconditions"],
  },
  { send: "PATCH /notes/1", body: "[]", headers: { "if-match": "*" }, status: 422 },
  { send: "PUT /notes/1", body: "[]", headers: { "if-match": "*" }, status: 422 },
  { send: "PUT /notes/1", body: '{"id":"2"}', headers: { "if-match": "*" }, status: 400, codes: ["contradictory-id"] },
  { send: "PUT /notes/1", body: '{"version":"3"}', status: 400, codes: ["malformed-version"] },
  { send: "PUT /notes/1", body: "{}", headers: { "if-match": "abc" }, status: 400, codes: ["malformed-etag"] },
  { send: "PUT /notes/1", body: "{", headers: { "if-match": "*" }, status: 400, codes: ["malformed-json"] },
  { send: "PUT /notes/1", body: "", headers: { "if-match": "*" }, status: 400, codes: ["malformed-json"] },
  {
    send: "PUT /notes/1",
    body: Buffer.from('{"a":"\xff"}', "latin1"),
    headers: { "if-match": "*" },
    status: 400,
    codes: ["malformed-json"],
  },
  {
    send: "PUT /notes/1",
    body: '{"__proto__":1}',
    headers: { "if-match": "*" },
    status: 400,
    codes: ["forbidden-key"],
  },
  { send: "PUT /notes/1", body: "[".repeat(10_000), headers: { "if-match": "*" }, status: 400, codes: ["too-deep"] },
  {
    send: "PUT /notes/1",
    body: '{"a":1e400}',
    headers: { "if-match": "*" },
    status: 400,
    codes: ["number-out-of-range"],
  },
  { send: "PUT /notes/%ff", body: "{}", status: 400, codes: ["malformed-id"] },
  { send: "GET /notes/a%2fb", status: 400, codes: ["malformed-id"] },
  { send: "PUT /notes/1", body: "{}", type: "text/plain", status: 415 },
  { send: "PUT /notes/1", body: "{}", type: "application/json; charset=utf-16", status: 415 },
  { send: "PUT /notes/1", body: "{}", headers: { "if-match": "*", "content-encoding": "gzip" }, status: 415 },
  { send: "PUT /notes/1", body: spaces(1_048_577), headers: { "if-match": "*" }, status: 413 },
  { send: "PUT /notes/1", chunked: true, body: spaces(1_048_577), headers: { "if-match": "*" }, status: 413 },
  { send: "POST /notes/1", body: "{}", status: 405 },
  { send: "GET /elsewhere", status: 404 },
  { send: "GET /notes/1", status: 200 },
  { send: "DELETE /notes/1", headers: { "if-match": "<two>" }, status: 409 },
  { send: "DELETE /notes/1", headers: { "if-match": "<three>" }, status: 204 },
  { send: "DELETE /notes/1", headers: { "if-match": "<three>" }, status: 410 },
  { send: "GET /notes/1", status: 410 },
  { send: "PATCH /notes/1", body: "{}", headers: { "if-match": "*" }, status: 410 },
  { send: "PUT /notes/1", body: "{}", headers: { "if-match": "<three>" }, status: 409 },
  { send: "PUT /notes/1", body: '{"text":"anew"}', headers: create, status: 201 },
  { send: "PUT /notes/%C3%A4%20b", body: "{}", headers: create, status: 201 },
  { send: "PUT /notes/__proto__", body: '{"constructor":1}', headers: create, status: 201 },
  { send: "PUT /notes/full", body: spaces(1_048_000), headers: create, status: 201 },
  { send: "PATCH /notes/full", body: `{"b":"${"x".repeat(2_000)}"}`, headers: { "if-match": "*" }, status: 413 },
];

/**
 * What of an answer the contract fixes, and this server gives: no history, so no links to it, and nothing made from it.
 */
interface Told {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | null>>;
  readonly body: unknown;
}

const comparedHeaders = ["etag", "content-type", "content-length", "cache-control", "location", "content-location"];
const comparedMembers = ["type", "title", "status", "instance", "resource", "expected", "current", "version"];

async function tell(origin: string, step: Step, tags: Map<string, string>): Promise<Told> {
  const [method = "", path = ""] = step.send.split(" ");
  const patch = method === "PATCH" ? "application/merge-patch+json" : "application/json";
  const named = Object.entries(step.headers ?? {}).map(([name, value]) => [
    name,
    value.replace(/<(\w+)>/g, (_, as) => tags.get(as) ?? ""),
  ]);
  const type = step.body === undefined ? {} : { "content-type": step.type ?? patch };
  const body = step.chunked && step.body !== undefined ? new Blob([step.body]).stream() : (step.body ?? null);
  const init = { method, headers: { ...type, ...Object.fromEntries(named) }, body, duplex: "half" } as const;
  const answer = await fetch(origin + path, init);
  const text = await answer.text();
  if (step.as !== undefined) tags.set(step.as, answer.headers.get("etag") ?? "");
  const isProblem = answer.headers.get("content-type") === "application/problem+json";
  const headers = comparedHeaders
    .filter((name) => !(isProblem && name === "content-length"))
    .map((name) => [name, masked(answer.headers.get(name) ?? "")]);
  const compared = isProblem && text !== "" ? problemMembers(JSON.parse(text)) : text;
  return { status: answer.status, headers: Object.fromEntries(headers), body: compared };
}

function problemMembers(problem: Readonly<Record<string, unknown>>): object {
  const members = Object.fromEntries(comparedMembers.map((name) => [name, problem[name]]));
  const { errors = [] } = z.object({ errors: z.array(z.looseObject({})).optional() }).parse(problem);
  // That a proxy may have changed a tag is the engine's to guess.
  const entries = errors.filter(({ code }) => code !== "weakened-by-a-proxy").map(({ detail: _, ...entry }) => entry);
  return JSON.parse(masked(JSON.stringify({ ...members, errors: entries })));
}

/** What differs between two servers that do the same: random tags, and moments. */
function masked(text: string): string {
  return text.replace(/(?<=\d-)[\w-]{16}(?=\\?")/g, "TAG").replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "MOMENT");
}

test("it answers as the contract says, and as the engine does", async () => {
  const [mine, theirs] = [new Map<string, string>(), new Map<string, string>()];
  for (const step of steps) {
    const answer = await tell(custom.origin, step, mine);
    expect([step.send, step.status, step.codes ?? []]).toEqual([step.send, answer.status, codesOf(answer)]);
    expect([step.send, answer]).toEqual([step.send, await tell(engine.origin, step, theirs)]);
  }
});

function codesOf({ body }: Told): readonly unknown[] {
  const problem = z.object({ errors: z.array(z.object({ code: z.string() })) }).safeParse(body);
  return problem.success ? problem.data.errors.map(({ code }) => code) : [];
}

test("it gives the date of a state, and takes it where a read asks", async () => {
  const url = `${custom.origin}/notes/dated`;
  const written = await fetch(url, {
    method: "PUT",
    headers: { ...create, "content-type": "application/json" },
    body: "{}",
  });
  const date = written.headers.get("last-modified") ?? "";
  expect(date).toMatch(/ GMT$/);
  expect((await fetch(url, { headers: { "if-modified-since": date } })).status).toBe(304);
});

/**
 * Eight clients count in one note, in rounds: all read it, and then all write what they read and one more, at once.
 * Gives how many writes were acknowledged, and how far the count has come.
 */
async function count(
  note: string,
  rounds: number,
  precondition: (etag: string) => string,
): Promise<readonly [number, number]> {
  const url = `${custom.origin}/notes/${note}`;
  const type = { "content-type": "application/json" };
  const read = async (): Promise<{ readonly etag: string; readonly count: number }> => {
    const answer = await fetch(url);
    return {
      etag: answer.headers.get("etag") ?? "",
      count: z.object({ count: z.int() }).parse(await answer.json()).count,
    };
  };
  await fetch(url, { method: "PUT", headers: { ...type, ...create }, body: '{"count":0}' });
  let acknowledged = 0;
  for (let round = 0; round < rounds; round++) {
    const states = await Promise.all(Array.from({ length: 8 }, read));
    const statuses = await Promise.all(
      states.map(async ({ etag, count }) => {
        const headers = { ...type, "if-match": precondition(etag) };
        const answer = await fetch(url, { method: "PUT", headers, body: JSON.stringify({ count: count + 1 }) });
        await answer.arrayBuffer();
        return answer.status;
      }),
    );
    expect(statuses.every((status) => status === 200 || status === 409)).toBe(true);
    acknowledged += statuses.filter((status) => status === 200).length;
  }
  return [acknowledged, (await read()).count];
}

test("of eight writers of one state one is acknowledged, and no update is lost", async () => {
  expect(await count("guarded", 25, (etag) => etag)).toEqual([25, 25]);
});

test("without the entity-tag the same writers lose updates: what shows that the test can fail", async () => {
  const [acknowledged, counted] = await count("unguarded", 5, () => "*");
  expect(acknowledged).toBe(40);
  expect(counted).toBe(5);
});

test("a client that goes away in the middle of its body changes nothing, and the server goes on", async () => {
  const { hostname, port } = new URL(custom.origin);
  const socket = connect(Number(port), hostname);
  socket.write("PUT /notes/cut HTTP/1.1\r\nhost: x\r\nif-none-match: *\r\ncontent-type: application/json\r\n");
  socket.write("expect: 100-continue\r\ncontent-length: 9\r\n\r\n{");
  await once(socket, "data");
  socket.destroy();
  await once(socket, "close");
  expect((await fetch(`${custom.origin}/notes/cut`)).status).toBe(404);
});

test("told to stop, it says nothing more, and ends with 0", async () => {
  const running = await start();
  onTestFinished(() => running.kill("SIGKILL"));
  await (await fetch(`${running.origin}/notes/1`)).arrayBuffer();
  running.kill("SIGTERM");
  expect(await running.ended).toEqual({ code: 0, stdout: `listening on ${running.origin}\n` });
});
