import { once } from "node:events";
import { createServer, type Http2ServerRequest } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { expect, test } from "vitest";
import { withRepeatedLines } from "./repeated-lines.js";

const past = "Thu, 01 Jan 1970 00:00:00 GMT";
const future = "Fri, 31 Dec 9999 23:59:59 GMT";

function lines(headers: Record<string, string>, rawHeaders: string[]) {
  return withRepeatedLines({ headers, rawHeaders });
}

test("several lines of one date are all there, and one line is the text that it was", () => {
  const name = "if-unmodified-since";
  expect(lines({ [name]: past }, ["If-Unmodified-Since", past, "IF-UNMODIFIED-SINCE", future])).toEqual({
    [name]: [past, future],
  });
  const headers = { [name]: past, "if-modified-since": future };
  expect(lines(headers, ["If-Unmodified-Since", past, "If-Modified-Since", future])).toBe(headers);
  expect(lines(headers, ["Host", name, "If-Unmodified-Since", past])).toBe(headers);
});

test("several media types are all there: a proxy may have gone by another line than Node keeps", () => {
  const types = ["application/json", "text/plain"];
  expect(
    lines({ "content-type": "application/json" }, ["Content-Type", "application/json", "content-type", "text/plain"]),
  ).toEqual({ "content-type": types });
});

test("several hosts are all there, and what may have several lines is as Node gives it", () => {
  expect(lines({ host: "a" }, ["Host", "a", "host", "b"])).toEqual({ host: ["a", "b"] });
  const headers = { host: "a", "if-match": '"1", "2"' };
  expect(lines(headers, ["Host", "a", "If-Match", '"1"', "If-Match", '"2"'])).toBe(headers);
});

/** A frame of HTTP/2 (RFC 9113 §4.1). */
function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** A field that is not indexed, its name and value as they are (RFC 7541 §6.2.2). */
function field(name: string, value: string): Buffer {
  const text = (of: string): Buffer => Buffer.concat([Buffer.of(of.length), Buffer.from(of)]);
  return Buffer.concat([Buffer.of(0), text(name), text(value)]);
}

test("over HTTP/2, whose clients in Node can't send such a request, they are all there too", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port }: AddressInfo = Object(server.address());
  const socket = connect(port, "127.0.0.1");
  const sent = [
    [":method", "PUT"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "a"],
    ["if-unmodified-since", past],
    ["if-unmodified-since", future],
  ] as const;
  const block = Buffer.concat(sent.map(([name, value]) => field(name, value)));
  const settings = frame(4, 0, 0, Buffer.alloc(0));
  socket.write(Buffer.concat([Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), settings, frame(1, 5, 1, block)]));
  const [request]: Http2ServerRequest[] = await once(server, "request");
  expect(request?.headers["if-unmodified-since"]).toBe(past);
  expect(request && withRepeatedLines(request)["if-unmodified-since"]).toEqual([past, future]);
  socket.destroy();
  server.close();
});
