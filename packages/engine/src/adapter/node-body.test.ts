import { PassThrough, Readable } from "node:stream";
import { expect, test } from "vitest";
import { readNodeBody } from "./node-facts.js";

test("a body is read to its end, however it is cut", async () => {
  const body = await readNodeBody(Readable.from([Buffer.from("ä").subarray(0, 1), Buffer.from("ä").subarray(1)]), 10);
  expect(body).toEqual({ kind: "bytes", bytes: Buffer.from("ä") });
  expect(await readNodeBody(Readable.from([]), 10)).toEqual({ kind: "bytes", bytes: Buffer.alloc(0) });
});

test("a body of as many bytes as may be is whole, and one of a byte more is too large", async () => {
  expect(await readNodeBody(Readable.from([Buffer.from("12"), Buffer.from("34")]), 4)).toMatchObject({ kind: "bytes" });
  const larger = Readable.from([Buffer.from("12"), Buffer.from("345"), Buffer.from("6")]);
  const restIsRead = new Promise((resolve) => larger.on("end", resolve));
  expect(await readNodeBody(larger, 4)).toEqual({ kind: "too-large" });
  await restIsRead;
});

test.each([
  ["broken", (stream: PassThrough) => stream.destroy(new Error("cut off"))],
  ["closed", (stream: PassThrough) => stream.destroy()],
])("a body that is %s before its end is aborted", async (_how, cut) => {
  const stream = new PassThrough();
  stream.write("12");
  const read = readNodeBody(stream, 10);
  cut(stream);
  expect(await read).toEqual({ kind: "aborted" });
});

test("a body whose sender has gone before it is read is aborted, and nobody waits for it", async () => {
  const stream = new PassThrough();
  stream.destroy();
  await new Promise((resolve) => stream.on("close", resolve));
  expect(await readNodeBody(stream, 10)).toEqual({ kind: "aborted" });
});

test("a body that others have read to its end, and found empty, is empty", async () => {
  const stream = new PassThrough();
  stream.end().resume();
  await new Promise((resolve) => stream.on("close", resolve));
  expect(await readNodeBody(stream, 10)).toEqual({ kind: "bytes", bytes: Buffer.alloc(0) });
});

test("a body that others have read bytes of is a mistake in the app", async () => {
  const stream = new PassThrough();
  stream.end("12").resume();
  await new Promise((resolve) => stream.on("close", resolve));
  expect(() => readNodeBody(stream, 10)).toThrow("mount unclash before it");
});
