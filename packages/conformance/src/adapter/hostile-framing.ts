import assert from "node:assert/strict";
import { assertStatus } from "./answer.js";
import { untouched } from "./hostile.js";
import { exchange, exchangeOne, head, readAnswers } from "./raw.js";
import { type AdapterCase, casesOn, type Trial } from "./trial.js";

/**
 * Checks that what Node's own parser refuses is answered with this status and nothing else, and the connection closed.
 */
async function assertStatusOnly(trial: Trial, request: string, status: number): Promise<void> {
  const [answer] = readAnswers(await exchange(trial, request), ["PUT"]);
  assert.deepEqual([answer?.status, answer?.body], [status, ""], JSON.stringify(request.slice(0, 300)));
}

const body = '{"title":"after"}';
const framed = ["Content-Type: application/json", `Content-Length: ${body.length}`];
const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

const openCases = casesOn("open", [
  {
    name: "row 13: NUL, a bare CR or LF, a folded line and a space before the colon are 400, status only",
    run: (trial) =>
      untouched(trial, async ({ wholePath, etag }) => {
        for (const line of [
          `If-Match: ${etag}\0`,
          `If-Match: "a\rb"`,
          `If-Match: ${etag}\rX-Other: y`,
          `If-Match: "a",\r\n ${etag}`,
          `If-Match: "a",\r\n\t${etag}`,
          `If-Match : ${etag}`,
          `\0If-Match: ${etag}`,
          `If-Match\x00: ${etag}`,
          ` If-Match: ${etag}`,
        ]) {
          await assertStatusOnly(trial, head("PUT", wholePath, [line, ...framed]) + body, 400);
        }
      }),
  },
  {
    name: "row 21: a Content-Length beside Transfer-Encoding, and two lengths, are 400, status only",
    run: (trial) =>
      untouched(trial, async ({ wholePath, etag }) => {
        const start = [`If-Match: ${etag}`, "Content-Type: application/json"];
        const length = `Content-Length: ${body.length}`;
        const encoding = "Transfer-Encoding: chunked";
        await assertStatusOnly(trial, head("PUT", wholePath, [...start, length, encoding]) + chunked, 400);
        await assertStatusOnly(trial, head("PUT", wholePath, [...start, encoding, length]) + chunked, 400);
        await assertStatusOnly(trial, head("PUT", wholePath, [...start, length, "Content-Length: 3"]) + body, 400);
        await assertStatusOnly(trial, head("PUT", wholePath, [...start, length, length]) + body, 400);
        await assertStatusOnly(trial, head("PUT", wholePath, [...start, "Content-Length: -1"]) + body, 400);
        await assertStatusOnly(trial, head("PUT", wholePath, [...start, "Content-Length: 0x11"]) + body, 400);
      }),
  },
  {
    name: "a request for the next one's bytes does not smuggle it past the end of the first",
    run: (trial) =>
      untouched(trial, async ({ wholePath }) => {
        const get = head("GET", wholePath, ["Connection: close"]);
        const text = await exchange(trial, head("PUT", wholePath, framed) + body + get);
        const [first, second] = readAnswers(text, ["PUT", "GET"]);
        assert.deepEqual([first?.status, second?.status], [428, 200]);
      }),
  },
  {
    name: "two Content-Type lines are 400, whichever comes first: a proxy may have gone by the other",
    run: (trial) =>
      untouched(trial, async ({ wholePath, etag }) => {
        const types = ["Content-Type: application/json", "Content-Type: text/plain"];
        for (const lines of [types, types.toReversed(), [types[0] ?? "", types[0] ?? ""]]) {
          const answer = await exchangeOne(trial, "PUT", wholePath, {
            lines: [...lines, `If-Match: ${etag}`, `Content-Length: ${body.length}`],
            body,
          });
          assert.equal(answer.status, 400);
          assert.match(answer.body, /"code":"repeated-header","header":"Content-Type"/);
        }
      }),
  },
  {
    name: "control characters and bytes above ASCII that stand raw in a path never make the server fail",
    run: (trial) =>
      untouched(trial, async ({ wholePath }) => {
        for (const raw of ["\x01", "\x7f", "\xff", "\xc3\xa9", "\0"]) {
          const { status } = await exchangeOne(trial, "DELETE", `${wholePath}${raw}`, { lines: ["If-Match: *"] });
          assert(status >= 400 && status < 500, `a byte ${JSON.stringify(raw)} is answered ${status}`);
        }
      }),
  },
]);

const impatientCases = casesOn("impatient", [
  {
    name: "row 67: headers that never end are 408, status only",
    run: (trial) =>
      untouched(trial, async ({ wholePath, etag }) => {
        await assertStatusOnly(trial, `PUT ${wholePath} HTTP/1.1\r\nHost: unclash\r\nIf-Match: ${etag}\r\n`, 408);
      }),
  },
  {
    name: "row 67: a body that never ends is 408, status only, and keeps nobody else from writing",
    run: (trial) =>
      untouched(trial, async ({ path, wholePath, etag }) => {
        const lines = [`If-Match: ${etag}`, "Content-Type: application/json", "Content-Length: 100"];
        const slow = exchange(trial, head("PUT", wholePath, lines) + body);
        const tried = await trial.send("PUT", path, { json: { title: "other" }, ifMatch: etag, prefer: "dry-run" });
        assertStatus(tried, 200);
        const [answer] = readAnswers(await slow, ["PUT"]);
        assert.deepEqual([answer?.status, answer?.body], [408, ""]);
      }),
  },
]);

export const hostileFramingCases: readonly AdapterCase[] = [...openCases, ...impatientCases];
