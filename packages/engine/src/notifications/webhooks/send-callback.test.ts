import type { Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { drip, flood, type Receiver, respondWith, startReceiver } from "./receiver.test-support.js";
import { type CallbackOutcome, type CallbackSenderOptions, createCallbackSender } from "./send-callback.js";

const headers = { "content-type": "application/cloudevents+json", "webhook-id": "evt_1" };
const body = '{"subject":"articles/ü"}';
const answered = (status: number) => ({ kind: "answered", status, durationMs: expect.any(Number) });
const failed = (reason: string) => ({ kind: "failed", reason, durationMs: expect.any(Number) });
const emptyOk = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
const interim = "HTTP/1.1 102 Processing\r\n\r\n";
const chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";

describe("an attempt", () => {
  test("is one POST with the content and the headers that were given", async () => {
    const receiver = await startReceiver(respondWith("204 No Content"));
    expect(await sendTo(receiver)).toEqual(answered(204));
    expect(receiver.requests).toEqual([
      [
        "POST /hook?x=1 HTTP/1.1",
        "content-type: application/cloudevents+json",
        "webhook-id: evt_1",
        "content-length: 25",
        `Host: 127.0.0.1:${receiver.port}`,
        "Connection: keep-alive",
        "",
        body,
      ].join("\r\n"),
    ]);
  });

  test("goes over the connection of the one before, if that is idle", async () => {
    const receiver = await startReceiver(respondWith("200 OK", "x".repeat(4_096)));
    const sender = createSender();
    for (const _ of "abc") expect(await sendTo(receiver, sender)).toEqual(answered(200));
    expect(receiver.sockets).toHaveLength(1);
  });

  test("waits for its turn where the connections of a host are all in use", async () => {
    const waiting: Socket[] = [];
    const receiver = await startReceiver((socket) => {
      if (waiting.push(socket) === 2) for (const each of waiting.splice(0)) respondWith("200 OK")(each);
    });
    const sender = createSender({ socketsPerHostMax: 2 });
    const outcomes = await Promise.all(Array.from({ length: 12 }, () => sendTo(receiver, sender)));
    expect(outcomes).toEqual(Array.from({ length: 12 }, () => answered(200)));
    expect(receiver.sockets).toHaveLength(2);
  });

  test("row 60: does not follow a redirect", async () => {
    const inside = await startReceiver(respondWith("200 OK"));
    const location = `location: http://127.0.0.1:${inside.port}/`;
    const receiver = await startReceiver(respondWith(`301 Moved Permanently\r\n${location}`));
    expect(await sendTo(receiver)).toEqual(answered(301));
    expect(inside.sockets).toHaveLength(0);
  });

  test.each([
    ["120", 120],
    ["Sun, 22 Nov 2026 10:01:00 GMT", 60],
  ])("learns from Retry-After: %s that the receiver wants none for %i s", async (field, retryAfterSeconds) => {
    const receiver = await startReceiver(respondWith(`503 Busy\r\nretry-after: ${field}`));
    const sender = createSender({ now: () => Date.UTC(2026, 10, 22, 10) });
    expect(await sendTo(receiver, sender)).toEqual({ ...answered(503), retryAfterSeconds });
  });

  const half = `800\r\n${"x".repeat(2_048)}\r\n`;

  test.each([
    ["interim responses", `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${emptyOk}`],
    ["no phrase, and bytes that are no ASCII", "HTTP/1.1 200 \r\nx-a: \xe9\r\ncontent-length: 0\r\n\r\n"],
    ["content of 4,096 bytes in chunks", `${chunked}${half}${half}0\r\n\r\n`],
  ])("may be answered with %s", async (_, response) => {
    const receiver = await startReceiver((socket) => void socket.write(response, "latin1"));
    expect(await sendTo(receiver)).toEqual(answered(200));
  });

  test("may be answered later than an idle connection is kept", async () => {
    const receiver = await startReceiver((socket) => void setTimeout(respondWith("200 OK"), 100, socket));
    expect(await sendTo(receiver, createSender({ idleMsMax: 20 }))).toEqual(answered(200));
  });
});

describe("row 61: a failed attempt", () => {
  test.each<[string, string, Parameters<typeof startReceiver>[0]]>([
    ["malformed-response", "sends content without an end", flood(chunked, `10000\r\n${"x".repeat(65_536)}\r\n`)],
    ["malformed-response", "sends content of 4,097 bytes", respondWith("200 OK", "x".repeat(4_097))],
    ["malformed-response", "never ends its head", flood("HTTP/1.1 200 OK\r\n", "x-a: y\r\n".repeat(1_000))],
    ["malformed-response", "sends one header without an end", flood("HTTP/1.1 200 OK\r\nx-a: ", "y".repeat(65_536))],
    ["malformed-response", "sends interim responses without an end", flood("", interim.repeat(2_000))],
    ["malformed-response", "sends an extension of a chunk without an end", flood(`${chunked}1;a=`, "x".repeat(65_536))],
    ["malformed-response", "sends trailers without an end", flood(`${chunked}0\r\n`, "x-a: y\r\n".repeat(1_000))],
    ["malformed-response", "speaks another protocol", (socket) => void socket.write("SSH-2.0-OpenSSH_9.2\r\n")],
    ["malformed-response", "switches protocols", (socket) => void socket.write(switching)],
    ["malformed-response", "breaks the form of its content", (socket) => void socket.write(`${chunked}x\r\n`)],
    ["timeout", "never answers", () => {}],
    ["timeout", "drips its head", drip("HTTP/1.1 200 OK\r\nx-a: ", "y")],
    ["timeout", "drips its content", drip(chunked, "1\r\nx\r\n")],
    ["timeout", "leaves its content unfinished", (socket) => void socket.write(`${chunked}5\r\nabc`)],
    ["connection", "resets the connection", (socket) => void socket.resetAndDestroy()],
    ["connection", "closes the connection", (socket) => void socket.end()],
    ["connection", "closes the connection within its head", (socket) => void socket.end("HTTP/1.1 200 OK\r\n")],
    ["connection", "closes the connection within its content", (socket) => void socket.end(`${chunked}5\r\nabc`)],
  ])("is a %s where the receiver %s, and its connection is closed", async (reason, _, answer) => {
    const receiver = await startReceiver(answer);
    const sender = createSender({ timeoutMs: reason === "timeout" ? 150 : 10_000 });
    expect(await sendTo(receiver, sender)).toEqual(failed(reason));
    const [socket] = receiver.sockets;
    if (socket?.closed === false) await new Promise((resolve) => socket.once("close", resolve));
    expect(receiver.sockets).toHaveLength(1);
    expect(socket?.bytesWritten).toBeLessThan(64 * 1_048_576);
  });

  test("is one without a connection where nobody listens", async () => {
    const outcome = await createSender().send({ url: new URL("http://127.0.0.1:1/"), headers, body });
    expect(outcome).toEqual(failed("connection"));
  });

  test("is aborted by its signal, before and while it runs", async () => {
    const receiver = await startReceiver(() => abort.abort());
    const abort = new AbortController();
    expect(await sendTo(receiver, createSender(), AbortSignal.abort())).toEqual(failed("aborted"));
    expect(receiver.sockets).toHaveLength(0);
    expect(await sendTo(receiver, createSender(), abort.signal)).toEqual(failed("aborted"));
    expect(receiver.sockets).toHaveLength(1);
  });

  test("is aborted where its sender is closed, whether it runs, waits or comes later", async () => {
    const receiver = await startReceiver(() => sender.close());
    const sender = createSender({ socketsPerHostMax: 1 });
    const both = await Promise.all([sendTo(receiver, sender), sendTo(receiver, sender)]);
    expect([...both, await sendTo(receiver, sender)]).toEqual([
      failed("aborted"),
      failed("aborted"),
      failed("aborted"),
    ]);
    expect(receiver.sockets).toHaveLength(1);
  });
});

const switching = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n";

function createSender(options: Partial<CallbackSenderOptions> = {}): ReturnType<typeof createCallbackSender> {
  const sender = createCallbackSender({ allowPrivateCallbacks: true, ...options });
  onTestFinished(() => sender.close());
  return sender;
}

function sendTo(
  { port }: Pick<Receiver, "port">,
  sender = createSender(),
  signal?: AbortSignal,
): Promise<CallbackOutcome> {
  const url = new URL(`http://127.0.0.1:${port}/hook?x=1`);
  return sender.send({ url, headers, body, ...(signal !== undefined && { signal }) });
}
