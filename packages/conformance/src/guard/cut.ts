import { request } from "node:http";
import { contentOf, headersOf, type Message } from "../adapter/message.js";
import type { Trial } from "../adapter/trial.js";

/** Sends a request whose sender goes away, without an answer, once something has happened. */
export async function sendAndGo(
  { origin, prefix }: Trial,
  method: string,
  path: string,
  message: Message,
  happened: Promise<unknown>,
): Promise<void> {
  const { hostname, port } = new URL(origin);
  const content = contentOf(message);
  const headers = { ...headersOf(message), "content-length": String(content?.bytes.length ?? 0) };
  const sent = request({ hostname, port, method, path: prefix + path, agent: false });
  for (const [name, value] of Object.entries(headers)) sent.setHeader(name, value);
  const gone = new Promise<void>((resolve) => void sent.on("close", resolve));
  sent.on("error", () => {
    // It is cut off on purpose.
  });
  sent.end(content?.bytes);
  await happened;
  sent.destroy();
  await gone;
}
