import { createServer, type IncomingHttpHeaders } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { portOf } from "../notifications/webhooks/receiver.test-support.js";
import { verifyWebhook } from "../notifications/webhooks/verify-webhook.js";
import { setUpSubscribers, subscribed } from "./subscriptions.test-support.js";

const path = "/conflict-notifications";

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of callbacks that takes all of them. */
async function startReceiver(): Promise<{ readonly url: string; readonly received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    received.push({ headers: request.headers, body });
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close().closeAllConnections());
  return { url: `http://127.0.0.1:${portOf(server)}/hook`, received };
}

test("what an owner subscribes to, tests and sends again arrives, signed with the secret that was shown", async () => {
  const { url, received } = await startReceiver();
  const { as, unclash } = setUpSubscribers({ notifications: { allowPrivateCallbacks: true }, usesRealTime: true });
  unclash.start();
  onTestFinished(() => unclash.close());
  const bob = as("bob");
  const { body } = await bob(`POST ${path}`, { resources: ["notes/1"], callback: { url } });
  const made = `${path}/${String(body["id"])}`;
  const secrets = [String(Object(body["callback"]).secret)];
  const arrives = (count: number) => expect.poll(() => received.length, { timeout: 10_000 }).toBe(count);
  const typesOf = () => received.map(({ body: text }) => JSON.parse(text).type);

  await bob("PUT /notes/2", {});
  await bob("PUT /notes/1", {});
  await arrives(1);
  expect((await bob(`POST ${made}/test`)).status).toBe(202);
  await arrives(2);
  expect(typesOf()).toEqual(["unclash.resource.changed", "unclash.subscription.test"]);
  for (const { headers, body: text } of received)
    expect(verifyWebhook({ secret: secrets, headers, body: text })).toBe(true);

  secrets.unshift(String((await bob(`POST ${made}/secret`)).body["secret"]));
  const [first] = received;
  const event = String(first?.headers["webhook-id"]);
  const delivered = async () => Object((await bob(`GET ${made}/deliveries`)).body["items"]).at(-1);
  await expect.poll(delivered).toMatchObject({ event, status: "delivered", attempts: 1, responseStatus: 204 });
  expect((await bob(`POST ${made}/deliveries/${event}/resend`)).status).toBe(202);
  await arrives(3);
  expect([received[2]?.headers["webhook-id"], received[2]?.body]).toEqual([event, first?.body]);
  for (const secret of secrets) {
    const { headers = {}, body: text = "" } = received[2] ?? {};
    expect(verifyWebhook({ secret, headers, body: text })).toBe(true);
  }

  await bob(`PATCH ${made}`, { enabled: false });
  await bob("PUT /notes/1", { n: 2 });
  await bob(`PATCH ${made}`, { enabled: true });
  await bob("PUT /notes/1", { n: 3 });
  await arrives(4);
  expect(JSON.parse(received[3]?.body ?? "").data).toMatchObject({ resource: "notes/1", version: 3 });
}, 30_000);

test("no secret stands in a decision, or in a warning", async () => {
  const seen: string[] = [];
  const onWarning = (warning: Error): void => void seen.push(`${warning.message} ${warning.stack}`);
  process.on("warning", onWarning);
  onTestFinished(() => void process.off("warning", onWarning));
  const { as, store } = setUpSubscribers({ observe: (decision) => seen.push(JSON.stringify(decision)) });
  const bob = as("bob");
  const given = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
  const made = await subscribed(bob);
  const url = "https://8.8.8.8/";
  await bob(`POST ${path}`, { resources: ["*"], callback: { url, secret: given } });
  await bob(`POST ${path}`, { resources: [], callback: { url, secret: given } });
  await bob(`POST ${made}/secret`);
  await store.close();
  expect((await bob(`POST ${path}`, { resources: ["*"], callback: { url, secret: given } })).status).toBe(503);
  expect((await bob(`POST ${made}/secret`)).status).toBe(503);
  await new Promise((resolve) => setImmediate(resolve));
  expect(seen.length).toBeGreaterThan(5);
  expect(seen.filter((text) => text.includes("whsec_") || text.includes(given.slice(6)))).toEqual([]);
});
