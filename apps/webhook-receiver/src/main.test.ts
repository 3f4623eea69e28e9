import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Needs a process: it runs what `pnpm build` made. */
const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const secret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

let receiver: Awaited<ReturnType<typeof start>>;

beforeAll(async () => {
  receiver = await start();
});

afterAll(async () => {
  receiver.kill();
  await receiver.ended;
});

test("an event is printed once, however often it comes, and each time answered 204", async () => {
  const event = { type: "unclash.resource.changed", subject: "articles/1", data: { version: 4 } };
  const first = [await send("evt_1", event), await send("evt_1", event)];
  expect([...first, await send("evt_2", { type: "unclash.test" })]).toEqual([204, 204, 204]);
  await expect
    .poll(receiver.printed)
    .toEqual(["unclash.resource.changed articles/1 version 4", "unclash.test - version -"]);
});

test("what is not signed is answered 401, and nothing of it is printed", async () => {
  const before = receiver.printed();
  expect(await send("evt_3", { type: "forged" }, `whsec_${Buffer.alloc(32, 8).toString("base64")}`)).toBe(401);
  expect((await fetch(receiver.origin, { method: "POST", body: "{" })).status).toBe(401);
  expect((await fetch(receiver.origin)).status).toBe(401);
  await expect(fetch(receiver.origin, { method: "POST", body: "x".repeat(2_000_000) })).rejects.toThrow();
  expect(await send("evt_4", { type: "last" })).toBe(204);
  await expect.poll(receiver.printed).toEqual([...before, "last - version -"]);
});

async function send(id: string, event: unknown, signedBy: string = secret): Promise<number> {
  const body = JSON.stringify(event);
  const at = new Date();
  const headers = {
    "content-type": "application/cloudevents+json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(signedBy).sign(id, at, body),
  };
  return (await fetch(receiver.origin, { method: "POST", headers, body })).status;
}

/** Starts the receiver, and waits until it listens. */
async function start() {
  const env = { PORT: "0", WEBHOOK_SECRET: secret };
  const child = spawn(process.execPath, [main], { env, stdio: ["ignore", "pipe", "inherit"] });
  let stdout = "";
  const listening = new Promise<string>((resolve) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      const port = /^listening on .*"port":([0-9]+)/m.exec(stdout)?.[1];
      if (port !== undefined) resolve(`http://127.0.0.1:${port}`);
    });
  });
  const ended = once(child, "close");
  const failed = ended.then(([code]) => Promise.reject(new Error(`The process ended with ${code}.`)));
  // Once it listens, nobody waits for this any more.
  failed.catch(() => {});
  const origin = await Promise.race([listening, failed]);
  const printed = (): readonly string[] => stdout.split("\n").slice(1, -1);
  return { origin, printed, ended, kill: () => void child.kill() };
}
