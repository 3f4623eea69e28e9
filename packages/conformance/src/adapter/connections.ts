import assert from "node:assert/strict";
import { connect } from "node:net";
import { assertStatus, etagOf } from "./answer.js";
import { untouched } from "./hostile.js";
import { exchange, exchangeOne, head, readAnswers } from "./raw.js";
import { create, read } from "./resource.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

/** Sends bytes and goes away: by a reset, or by an end that leaves the other direction open for a moment. */
function abandon(trial: Trial, bytes: string, how: "reset" | "end"): Promise<void> {
  const { hostname, port } = new URL(trial.origin);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on("error", reject).on("close", () => resolve());
    socket.write(bytes, "latin1", () => (how === "reset" ? socket.resetAndDestroy() : socket.end().resume()));
  });
}

const content = '{"title":"half of it"}';
const type = "Content-Type: application/json";

/** How often a race with the end of a socket is tried, for each size and each framing. */
const rounds = 1;

/** A text as one chunk of a chunked body. */
function chunkOf(text: string): string {
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

export const connectionCases: readonly AdapterCase[] = casesOn("open", [
  {
    name: "a client that goes away in the middle of its body changes nothing, and the server lives on",
    run: (trial) =>
      untouched(trial, async ({ wholePath, etag }) => {
        const lines = [`If-Match: ${etag}`, type];
        const short = head("PUT", wholePath, [...lines, "Content-Length: 1000"]) + content;
        const unended = head("PUT", wholePath, [...lines, "Transfer-Encoding: chunked"]) + chunkOf(content);
        for (const how of ["reset", "end"] as const) {
          for (const bytes of [short, unended, head("PUT", wholePath, [...lines, "Content-Length: 9"])]) {
            await abandon(trial, bytes, how);
            assertStatus(await trial.send("GET", "/articles?limit=1"), 200);
          }
        }
      }),
  },
  {
    name: "a client that goes away before its answer comes leaves the server as it was",
    async run(trial) {
      const resource = await create(trial, "notes", { n: 1 });
      for (let n = 0; n < 5; n++) await abandon(trial, head("GET", resource.wholePath, []).repeat(3), "reset");
      await read(trial, resource);
    },
  },
  {
    name: "requests that share a connection are worked on one after another: each sees what those before it have done",
    async run(trial) {
      const { wholePath } = await create(trial, "notes", { n: 0 });
      const puts = [1, 2, 3, 4].map((n) => {
        const body = `{"n":${n}}`;
        return head("PUT", wholePath, [type, `Content-Length: ${body.length}`]) + body + head("GET", wholePath, []);
      });
      const text = await exchange(trial, puts.join("") + head("GET", wholePath, ["Connection: close"]));
      const answers = readAnswers(text, [...puts.flatMap(() => ["PUT", "GET"]), "GET"]);
      const seen = answers.map(({ body }) => Number(/"n":(\d)/.exec(body)?.[1]));
      assert.deepEqual(seen, [1, 1, 2, 2, 3, 3, 4, 4, 4]);
    },
  },
  {
    name: "a 413 can be read by a client that sends all of its body first, whatever the framing",
    run: (trial) =>
      untouched(trial, async ({ wholePath, etag }) => {
        const lines = [`If-Match: ${etag}`, type];
        const body = "x".repeat(4_194_304);
        const get = head("GET", wholePath, ["Connection: close"]);
        const sized = head("PUT", wholePath, [...lines, `Content-Length: ${body.length}`]) + body;
        const chunks = `${chunkOf(body)}0\r\n\r\n`;
        const chunked = head("PUT", wholePath, [...lines, "Transfer-Encoding: chunked"]) + chunks;
        for (const request of [sized, chunked]) {
          const answers = readAnswers(await exchange(trial, request + get), ["PUT", "GET"]);
          assert.deepEqual(
            answers.map(({ status }) => status),
            [413, 200],
            "and the connection serves the next request",
          );
        }
      }),
  },
  {
    name:
      "row 72: a 413, and any other answer to content that is still coming, arrives on a connection that " +
      "closes, 1 to 8 MiB",
    run: (trial) =>
      untouched(trial, async ({ wholePath, etag }) => {
        const close = ["Connection: close", type];
        for (const mebibytes of [1, 8]) {
          const body = "x".repeat(mebibytes * 1_048_576 + 1);
          const sized = `Content-Length: ${body.length}`;
          const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
          for (let round = 0; round < rounds; round++) {
            for (const [request, status] of [
              [head("PUT", wholePath, [...close, `If-Match: ${etag}`, sized]) + body, 413],
              [head("PUT", wholePath, [...close, `If-Match: ${etag}`, "Transfer-Encoding: chunked"]) + chunks, 413],
              [head("PUT", wholePath, ["Connection: close", "Content-Type: text/plain", sized]) + body, 415],
              [head("POST", wholePath, [...close, sized]) + body, 405],
            ] as const) {
              const [answer] = readAnswers(await exchange(trial, request), ["PUT"]);
              assert.equal(answer?.status, status);
            }
          }
        }
      }),
  },
  {
    name: "a client that asks first whether it may send is told to go on",
    async run(trial) {
      const { wholePath, etag } = await create(trial, "articles", { title: "A" });
      const body = '{"title":"B"}';
      const lines = [
        "Connection: close",
        `If-Match: ${etag}`,
        type,
        `Content-Length: ${body.length}`,
        "Expect: 100-continue",
      ];
      const text = await exchange(trial, head("PUT", wholePath, lines) + body);
      const [asked, ...rest] = text.split("\r\n\r\n");
      assert.match(asked ?? "", /^HTTP\/1\.1 100 /);
      const [answer] = readAnswers(rest.join("\r\n\r\n"), ["PUT"]);
      assert.equal(answer?.status, 200);
    },
  },
  {
    name: "a connection is kept through 200, 201, 204, 304, 404, 409, 413, 422 and 428",
    async run(trial) {
      const sameConnection = true as const;
      const first = await trial.send("POST", "/articles", {
        json: { id: trial.nextName(), title: "A" },
        sameConnection,
      });
      const path = `/articles/${String(first.path && first.headers["location"]?.split("/").at(-1))}`;
      const ifMatch = etagOf(first);
      const answers = [
        await trial.send("GET", path, { sameConnection }),
        await trial.send("HEAD", path, { sameConnection }),
        await trial.send("GET", path, { ifNoneMatch: ifMatch, sameConnection }),
        await trial.send("OPTIONS", path, { sameConnection }),
        await trial.send("GET", "/articles/never", { sameConnection }),
        await trial.send("PUT", path, { json: {}, ifMatch: '"x"', sameConnection }),
        await trial.send("PUT", path, { content: "x".repeat(1_048_577), ifMatch, sameConnection }),
        await trial.send("PUT", path, { content: "x".repeat(1_500_000), ifMatch, chunked: true, sameConnection }),
        await trial.send("PUT", path, { json: {}, ifMatch, sameConnection }),
        await trial.send("PUT", path, { json: {}, sameConnection }),
        await trial.send("POST", "/articles", {
          content: "x".repeat(100_000),
          headers: { "content-type": "text/plain" },
          sameConnection,
        }),
        await trial.send("PATCH", "/articles", { content: "x".repeat(100_000), sameConnection }),
        await trial.send("DELETE", path, { ifMatch, content: "{}", sameConnection }),
        await trial.send("DELETE", path, { ifMatch, sameConnection }),
      ];
      const statuses = [200, 200, 304, 204, 404, 409, 413, 413, 422, 428, 415, 405, 204, 410];
      assert.deepEqual(
        answers.map(({ status }) => status),
        statuses,
      );
      for (const answer of answers)
        assert(answer.reused, `the answer ${answer.status} to ${answer.method} came on the same connection`);
    },
  },
  {
    name: "nothing comes after the head of an answer to HEAD, whatever its status",
    async run(trial) {
      const { wholePath, etag } = await create(trial, "notes", { a: 1 });
      const asked = [
        await exchangeOne(trial, "HEAD", wholePath),
        await exchangeOne(trial, "HEAD", wholePath, { lines: [`If-None-Match: ${etag}`] }),
        await exchangeOne(trial, "HEAD", wholePath, { lines: ['If-Match: "x"'] }),
        await exchangeOne(trial, "HEAD", `${wholePath}/never`),
        await exchangeOne(trial, "HEAD", `${wholePath}?x`, { lines: ["Content-Length: 2"], body: "{}" }),
      ];
      assert.deepEqual(
        asked.map(({ status }) => status),
        [200, 304, 412, 404, 200],
      );
    },
  },
  {
    name: "answers come in the order of the requests, each with just its own bytes",
    async run(trial) {
      const { wholePath, etag, text } = await create(trial, "notes", { title: "Ä — 争" });
      const conditional = [`If-None-Match: ${etag}`];
      const requests = [
        head("GET", wholePath, []),
        head("HEAD", wholePath, []),
        head("GET", wholePath, conditional),
        head("HEAD", wholePath, conditional),
        head("DELETE", wholePath, ['If-Match: "x"']),
        head("OPTIONS", wholePath, []),
        head("GET", wholePath, ["Connection: close"]),
      ];
      const methods = requests.map((request) => request.slice(0, request.indexOf(" ")));
      const answers = readAnswers(await exchange(trial, requests.join("")), methods);
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 304, 304, 409, 204, 200],
      );
      for (const at of [0, 6]) assert.equal(Buffer.from(answers[at]?.body ?? "", "latin1").toString("utf8"), text);
    },
  },
]);
