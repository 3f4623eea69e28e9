const headEnd = Buffer.from("\r\n\r\n");

/** The HTTP/1.1 requests of a connection, each as the bytes that it came in. Bodies have a `Content-Length` here. */
export async function* splitRequests(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  let waiting = Buffer.alloc(0);
  for await (const chunk of chunks) {
    waiting = Buffer.concat([waiting, chunk]);
    for (let length = requestLength(waiting); length !== undefined; length = requestLength(waiting)) {
      yield waiting.subarray(0, length);
      waiting = waiting.subarray(length);
    }
  }
}

function requestLength(bytes: Buffer): number | undefined {
  const headLength = bytes.indexOf(headEnd);
  if (headLength === -1) return undefined;
  const head = bytes.toString("latin1", 0, headLength);
  const bodyLength = Number(/^content-length: *([0-9]+)$/im.exec(head)?.[1] ?? 0);
  const length = headLength + headEnd.length + bodyLength;
  return bytes.length < length ? undefined : length;
}
