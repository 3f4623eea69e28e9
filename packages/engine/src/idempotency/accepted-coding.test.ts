import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { inAcceptedCoding } from "./accepted-coding.js";
import type { KeptAnswer } from "./record.js";

const content = Buffer.from('{"title":"ü"}');

function kept(coding: string, body: Uint8Array | string): KeptAnswer {
  const headers = {
    etag: '"2"',
    "content-encoding": coding,
    "content-length": String(body.length),
    vary: "Accept-Encoding",
  };
  return { status: 200, headers, body };
}

const gzip = kept("gzip", gzipSync(content));

describe("content that was kept in a coding", () => {
  test.each(["gzip", "br, gzip;q=0.5", "*", "identity, *;q=0.1", "GZIP", "x-gzip", "gzip;q=1.0, *;q=0"])(
    "is given as it is to who accepts it by %j",
    async (field) => {
      expect(await inAcceptedCoding(gzip, field)).toBe(gzip);
    },
  );

  test.each([
    undefined,
    "",
    "identity",
    "br",
    "gzip;q=0",
    "gzip; q=0.000, *",
    "*;q=0",
    "identity;q=1, *;q=0",
    "gzipped",
  ])("is decoded for who does not by %j", async (field) => {
    const answer = await inAcceptedCoding(gzip, field);
    expect(Buffer.from(answer.body ?? "")).toEqual(content);
    const headers = { etag: '"2"', vary: "Accept-Encoding", "content-length": String(content.length) };
    expect(answer.headers).toEqual(headers);
  });

  test.each([
    ["br", brotliCompressSync(content)],
    ["deflate", deflateSync(content)],
    ["x-gzip", gzipSync(content)],
  ])("is decoded from %s", async (coding, body) => {
    expect(Buffer.from((await inAcceptedCoding(kept(coding, body), "identity")).body ?? "")).toEqual(content);
  });

  test.each([
    ["of an unknown coding", "zstd", gzipSync(content)],
    ["of two codings", "gzip, br", gzipSync(content)],
    ["that is none", "gzip", content],
    ["that becomes very large", "gzip", gzipSync(Buffer.alloc(20_000_000))],
  ])("is left out: content %s", async (_, coding, body) => {
    expect(await inAcceptedCoding(kept(coding, body), "identity")).toMatchObject({ body: null, withoutBody: true });
  });

  test("and what has no coding, or no content, is as it is", async () => {
    for (const answer of [kept("identity", "a"), { ...gzip, body: null }, { ...gzip, headers: {} }])
      expect(await inAcceptedCoding(answer, "identity")).toBe(answer);
  });
});
