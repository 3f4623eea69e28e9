import { once } from "node:events";
import { readdirSync } from "node:fs";
import { Agent, type ClientRequest, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, expect, it, onTestFinished } from "vitest";
import { sampleNames, startSample, temporaryFolder } from "./sample.test-support.js";

/** Needs processes and signals: it runs what `pnpm build` made. */
describe.each(sampleNames)("the %s sample, told to stop", (name) => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "finishes what runs, takes nothing new, and ends with 0 on %s",
    async (signal) => {
      const { origin, kill, ended } = await startSample(name);
      const idle = await openIdleConnection(origin);
      const running = await beginPut(`${origin}/notes/late`);
      kill(signal);
      await idle.closed;
      await untilRefused(origin);
      running.end('{"text":"in time"}');
      const [response]: IncomingMessage[] = await once(running, "response");
      expect(response?.statusCode).toBe(201);
      expect(response?.headers.connection).toBe("close");
      expect(response && JSON.parse(await text(response))).toEqual({ id: "late", version: 1, text: "in time" });
      expect(await ended).toMatchObject({ code: 0, stderr: "" });
    },
  );
});

describe("a sample that was told to stop", () => {
  // Needs real time: the four seconds that running requests are given.
  it("cuts off a request that never ends, closes its store, and ends with 0", async () => {
    const folder = temporaryFolder();
    const variables = { UNCLASH_STORE: `sqlite:${join(folder, "shop.db")}` };
    const { origin, kill, ended } = await startSample("express", variables);
    const running = await beginPut(`${origin}/notes/never`);
    const cut = once(running, "response");
    kill("SIGTERM");
    await expect(cut).rejects.toThrow("socket hang up");
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    // Had the file not been closed, its log would still be beside it.
    expect(readdirSync(folder)).toEqual(["shop.db"]);
  });
});

/** Begins a PUT, and waits until the server waits for its content. */
async function beginPut(url: string): Promise<ClientRequest> {
  const headers = { "content-type": "application/json", expect: "100-continue" };
  const begun = request(url, { method: "PUT", headers, agent: new Agent({ keepAlive: true }) });
  begun.flushHeaders();
  await once(begun, "continue");
  return begun;
}

/** Waits until nobody listens any more: what the system had already queued is still let in, and dropped. */
async function untilRefused(origin: string): Promise<void> {
  for (let code: unknown; code !== "ECONNREFUSED"; ) {
    code = await new Promise((resolve) => {
      const socket = connect(Number(new URL(origin).port), "127.0.0.1", () => resolve(undefined));
      socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code)).on("connect", () => socket.destroy());
    });
  }
}

/** A connection that has been used, and is kept for more. */
async function openIdleConnection(origin: string): Promise<{ readonly closed: Promise<unknown> }> {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  const sent = request(`${origin}/articles/1`, { agent }).end();
  const [response]: IncomingMessage[] = await once(sent, "response");
  if (response === undefined) throw new TypeError("There is no response.");
  const closed = once(response.socket, "close");
  await text(response);
  return { closed };
}
