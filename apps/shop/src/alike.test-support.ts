import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

type SampleRequest = readonly [method: string, path: string, headers?: Readonly<Record<string, string>>, body?: string];

const json = { "content-type": "application/json" };
const mergePatch = { "content-type": "application/merge-patch+json" };

const asAlice = { authorization: "Bearer a1" };

/** Stands, in a path or a body that is sent, for the id of the conflict that an answer has told last. */
const lastConflict = "LAST-CONFLICT";

/** One after the other, over everything that has a way of its own through a framework. */
export const requests: readonly SampleRequest[] = [
  ["GET", "/articles/1"],
  ["HEAD", "/articles/1"],
  ["GET", "/articles?limit=2"],
  ["GET", "/articles?limit=0"],
  ["GET", "/articles/999"],
  ["GET", "/articles/1/versions"],
  ["OPTIONS", "/articles/1"],
  ["GET", "/"],
  ["GET", "/no/such/path?x=1"],
  ["GET", "/no/such/%ff"],
  ["POST", "/no/such/path", json, "{}"],
  ["TRACE", "/articles/1"],
  ["PROPFIND", "/articles/1"],
  ["POST", "/articles/1", json, "{}"],
  ["GET", "/articles/%ff"],
  ["GET", "/articles/..%2f1"],
  ["GET", "/articles//1"],
  ["GET", "/articles/"],
  ["GET", "/articles/1", { authorization: "Bearer wrong" }],
  ["PUT", "/articles/1", json, "{}"],
  ["PATCH", "/articles/1", { ...mergePatch, "if-match": "1" }, "{}"],
  ["PATCH", "/articles/1", { ...mergePatch, "if-match": '"0-stale"' }, '{"title":"New"}'],
  ["PATCH", "/articles/1", { ...mergePatch, "if-match": "*" }, '{"title":"New","subtitle":"None"}'],
  ["PATCH", "/articles/1", { ...mergePatch, "if-match": "*" }, '{"title":"New"}'],
  ["PATCH", "/articles/1", { ...json, "if-match": "*" }, "{}"],
  ["GET", "/v1/articles/1"],
  ["GET", "/v2/articles/1"],
  ["GET", "/articles/1", { accept: "application/vnd.shop.v1+json" }],
  ["GET", "/articles/1", { accept: "application/vnd.shop.v9+json" }],
  ["GET", "/articles/1", { "api-version": "v1" }],
  ["GET", "/articles/1", { "api-version": "v9" }],
  ["GET", "/v1/articles/1", { "api-version": "v2" }],
  ["GET", "/v9/articles/1"],
  ["GET", "/v1"],
  ["GET", "/v1/articles?limit=2"],
  ["OPTIONS", "/v1/articles/1"],
  ["GET", "/v1/articles/1/diff?from=1&to=2"],
  ["PUT", "/v1/articles/1", { ...json, "if-match": "*" }, '{"title":"T","body":"B"}'],
  ["PATCH", "/v1/articles/1", { ...mergePatch, "if-match": '"0-stale"' }, '{"content":"New"}'],
  ["PATCH", "/v1/articles/1", { ...mergePatch, "if-match": "*" }, '{"content":"New"}'],
  ["POST", "/v1/articles", { "content-type": "application/vnd.shop.v1+json" }, '{"id":"x","title":"T","content":"C"}'],
  ["POST", "/articles", { "content-type": "application/vnd.shop.v1+json" }, '{"id":"y","title":"T","content":"C"}'],
  ["GET", "/v1/customers/1"],
  ["PUT", "/notes/new", json, '{"a":1,"ü":"é"}'],
  ["PUT", "/notes/new", json, '{"a":1,"ü":"é"}'],
  ["PUT", "/notes/new", { ...json, prefer: "return=minimal" }, '{"a":2}'],
  ["PUT", "/notes/new", { "content-type": "text/plain" }, "a"],
  ["PUT", "/notes/new", { "content-type": "no type" }, "{}"],
  ["PUT", "/notes/new", {}, "{}"],
  ["PUT", "/notes/new", json, "{"],
  ["PUT", "/notes/new", json, '{"__proto__":{}}'],
  ["PUT", "/notes/new", { ...json, "content-encoding": "gzip" }, "{}"],
  ["PUT", "/notes/new", json, JSON.stringify({ long: "x".repeat(1_048_576) })],
  ["POST", "/products", json, '{"id":"x","sku":"MUG-350ML-CRE","name":"Copy","price":1,"stock":1}'],
  ["POST", "/orders", json, '{"id":"x","product":"1","quantity":1}'],
  ["PATCH", "/orders/x", { ...mergePatch, "if-match": "*" }, '{"status":"shipped"}'],
  ["DELETE", "/orders/x"],
  ["DELETE", "/orders/x", { "if-match": "*" }],
  ["DELETE", "/orders/x", { "if-match": "*" }],
  ["GET", "/orders/x"],
  ["PATCH", "/articles/2", { ...mergePatch, ...asAlice }, '{"version":1,"title":"Hers"}'],
  ["PATCH", "/articles/2", { ...mergePatch, ...asAlice }, '{"version":1,"tags":[]}'],
  ["GET", `/conflicts/${lastConflict}`, asAlice],
  ["PATCH", "/articles/2", mergePatch, '{"version":1,"status":"draft"}'],
  ["PATCH", "/v1/articles/2", mergePatch, '{"version":1,"title":"His"}'],
  ["PATCH", "/products/2", mergePatch, '{"version":1,"stock":1}'],
  ["PATCH", "/products/2", { ...mergePatch, prefer: "on-conflict=merge" }, '{"version":1,"stock":2}'],
  ["PATCH", "/orders/2", mergePatch, '{"version":1,"quantity":2}'],
  ["PATCH", "/orders/2", { ...mergePatch, ...asAlice }, '{"version":1,"quantity":3}'],
  ["GET", "/conflicts"],
  ["GET", "/conflicts?resource=orders/2", asAlice],
  ["GET", "/conflicts?state=none", asAlice],
  ["GET", `/conflicts/${lastConflict}`],
  ["GET", `/conflicts/${lastConflict}`, asAlice],
  ["HEAD", `/conflicts/${lastConflict}`, asAlice],
  ["GET", "/conflicts/%ff", asAlice],
  ["DELETE", "/conflicts", asAlice],
  ["OPTIONS", "/resolve-conflict"],
  ["POST", "/resolve-conflict", { ...json, ...asAlice }, "{"],
  ["POST", "/resolve-conflict", { ...json, ...asAlice }, '{"conflict":"none","resolution":"mine"}'],
  ["POST", "/resolve-conflict", json, `{"conflict":"${lastConflict}","resolution":"mine"}`],
  ["POST", "/resolve-conflict", { ...json, ...asAlice }, `{"conflict":"${lastConflict}","resolution":"merge"}`],
  ["POST", "/resolve-conflict", { ...json, ...asAlice }, `{"conflict":"${lastConflict}","resolution":"mine"}`],
  ["POST", "/resolve-conflict", { ...json, ...asAlice }, `{"conflict":"${lastConflict}","resolution":"theirs"}`],
  ["GET", "/customers?limit=2"],
  ["GET", "/customers?limit=0"],
  ["GET", "/customers/1"],
  ["HEAD", "/customers/1"],
  ["GET", "/customers/999"],
  ["GET", "/customers/1", { authorization: "Bearer wrong" }],
  ["GET", "/customers/"],
  ["GET", "/customers/1/versions"],
  ["GET", "/customers/%ff"],
  ["GET", "/customersx"],
  ["GET", "http://shop.example/customers/1"],
  ["OPTIONS", "/customers"],
  ["OPTIONS", "/customers/1"],
  ["TRACE", "/customers/1"],
  ["PROPFIND", "/customers/1"],
  ["PUT", "/customers/1", json, "{}"],
  ["PUT", "/customers/1", { ...json, "if-match": "*" }, "{}"],
  ["PUT", "/customers/1", { ...json, "if-match": "1" }, "{}"],
  ["PUT", "/customers/1", { ...json, "if-match": "*" }, "{"],
  ["PUT", "/customers/1", { ...json, "if-match": "*" }, ""],
  ["PUT", "/customers/1", { "if-match": "*", "content-type": "no type" }, "{}"],
  ["PUT", "/customers/1", { "if-match": "*" }, "{}"],
  ["PUT", "/customers/1", { ...json, "if-match": "*", "content-encoding": "gzip" }, "{}"],
  ["PUT", "/customers/1", { ...json, "if-match": "*" }, JSON.stringify({ name: "x".repeat(1_048_576) })],
  ["PATCH", "/customers/1", { ...mergePatch, "if-match": '"0-stale"' }, '{"name":"New"}'],
  ["PATCH", "/customers/1", { ...mergePatch, "if-match": "*" }, '{"name":"New"}'],
  ["PATCH", "/customers/1", { ...mergePatch, "if-match": "*" }, '{"version":1,"name":"New"}'],
  ["PATCH", "/customers/1", { ...mergePatch, "if-match": "*", prefer: "return=minimal" }, '{"name":"Newer"}'],
  ["POST", "/customers", json, '{"id":"x","name":"Ada","email":"ada@example.org"}'],
  ["POST", "/customers", json, '{"id":"x","name":"Ada","email":"ada@example.org"}'],
  [
    "POST",
    "/customers",
    { ...json, "idempotency-key": "0123456789abcdef" },
    '{"id":"y","name":"Bob","email":"b@example.org"}',
  ],
  [
    "POST",
    "/customers",
    { ...json, "idempotency-key": "0123456789abcdef" },
    '{"id":"y","name":"Bob","email":"b@example.org"}',
  ],
  ["POST", "/customers", { ...json, "idempotency-key": "0123456789abcdef" }, '{"id":"z"}'],
  ["POST", "/customers", { ...json, "idempotency-key": "short" }, '{"id":"z"}'],
  ["POST", "/notes", { ...json, "idempotency-key": "0123456789abcdef" }, '{"id":"k"}'],
  ["POST", "/notes", { ...json, "idempotency-key": "0123456789abcdef" }, '{"id":"k"}'],
  ["DELETE", "/customers/x"],
  ["DELETE", "/customers/x", { "if-match": "*" }],
  ["DELETE", "/customers/x", { "if-match": "*" }],
  ["GET", "/customers/x"],
];

/**
 * What a sample that has just started answers to each of the requests, without what differs from one run to the next.
 */
export async function answersOf(origin: string): Promise<readonly string[]> {
  const answers: string[] = [];
  let conflict = "";
  for (const sent of requests) {
    const answer = await answerTo(origin, sent, conflict);
    conflict = answer.match(conflictId)?.at(-1) ?? conflict;
    answers.push(masked(answer));
  }
  return answers;
}

const conflictId = /c_[0-9a-f-]{36}/g;

/** An answer without what differs from one run to the next. */
function masked(answer: string): string {
  return (
    answer
      .replace(conflictId, "CONFLICT")
      // A list's digest first: its end may look like a tag.
      .replace(/"[\w-]{43}"/g, '"DIGEST"')
      .replace(/-[\w-]{16}(?=2?(?:\.v1)?[.\\"])/g, "-TAG")
      .replace(/\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, "DATE")
      .replace(/\d{4}-\d\d-\d\dT[\d:.]{12}Z/g, "MOMENT")
      .replace(/\d{16}~\d{3}~[\w-]{16}/g, "PLACE")
  );
}

async function answerTo(
  origin: string,
  [method, path, headers = {}, body]: SampleRequest,
  conflict: string,
): Promise<string> {
  const fill = (text: string): string => text.replace(lastConflict, conflict);
  const sent = request(origin, { method, path: fill(path), headers }).end(body && fill(body));
  const [response]: IncomingMessage[] = await once(sent, "response");
  if (response === undefined) throw new TypeError("There is no response.");
  const { date, connection, "keep-alive": keepAlive, ...kept } = response.headers;
  const lines = Object.entries(kept).map(([name, value]) => `${name}: ${value}`);
  const content = await text(response);
  return [`${method} ${path}`, response.statusCode, ...lines.sort(), "", content].join("\n");
}
