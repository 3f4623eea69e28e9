import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { createMemoryStore } from "@unclash/memory";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { ask, bodyOf } from "../../ask.test-support.js";
import type { Decision } from "../../decision.js";
import { createUnclash, type Unclash } from "../../unclash.js";
import { portOf } from "./receiver.test-support.js";
import { verifyWebhook } from "./verify-webhook.js";

interface Request {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver that answers with a status, or not at all. */
async function startReceiver(statusOf: (request: Request) => number | undefined) {
  const requests: Request[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      const received = { headers: request.headers, body };
      requests.push(received);
      const status = statusOf(received);
      if (status !== undefined) response.writeHead(status).end();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, url: `http://127.0.0.1:${portOf(server)}/hooks?token=hidden` };
}

function engine(store = createMemoryStore(), decisions: Decision[] = []): Unclash {
  const unclash = createUnclash({
    store,
    collections: { notes: { schema: z.looseObject({}), preconditions: { required: false } } },
    identify: () => ({ name: "ann" }),
    notifications: { allowPrivateCallbacks: true, limits: { attemptsPerSubscriptionMax: 20, attemptsPerHostMax: 20 } },
    observe: (decision) => decisions.push(decision),
  });
  onTestFinished(() => unclash.close());
  return unclash;
}

test("what a client has subscribed to reaches its receiver, signed, at once", async () => {
  const receiver = await startReceiver(() => 204);
  const decisions: Decision[] = [];
  const unclash = engine(undefined, decisions);
  unclash.start();
  const callback = { url: receiver.url };
  const subscribed = bodyOf(
    await ask(unclash, "POST /conflict-notifications", { json: { resources: ["notes/*"], callback } }),
  );
  await ask(unclash, "PUT /notes/1", { json: { title: "first" } });
  await expect.poll(() => receiver.requests.length, { timeout: 5_000 }).toBe(1);
  const [{ headers, body } = { headers: {}, body: "" }] = receiver.requests;
  expect(headers["content-type"]).toBe("application/cloudevents+json; charset=utf-8");
  const { secret } = z.object({ secret: z.string() }).parse(subscribed["callback"]);
  expect(verifyWebhook({ headers, body, secret })).toBe(true);
  const event = JSON.parse(body);
  expect(event).toMatchObject({
    specversion: "1.0",
    id: headers["webhook-id"],
    type: "unclash.resource.changed",
    subject: "notes/1",
    data: { resource: "notes/1", version: 1, by: "ann" },
  });
  const { etag } = (await ask(unclash, "GET /notes/1")).headers;
  expect(event.data.etag).toBe(etag);
  const path = `/conflict-notifications/${String(subscribed["id"])}`;
  await expect
    .poll(async () => bodyOf(await ask(unclash, `GET ${path}`))["deliveries"])
    .toMatchObject([{ event: event.id, status: "delivered", attempts: 1, responseStatus: 204 }]);
  await expect.poll(() => decisions.find(({ kind }) => kind === "delivery")).toMatchObject({ status: "delivered" });
  expect(JSON.stringify(decisions.filter(({ kind }) => kind === "delivery"))).not.toMatch(/hidden|hooks|whsec/);
  await ask(unclash, `POST ${path}/test`);
  await expect.poll(() => receiver.requests.length, { timeout: 5_000 }).toBe(2);
  expect(receiver.requests[1]?.body).toContain("unclash.subscription.test");
});

test("an engine that drains breaks off what is on its way, and another one sends all of it again", async () => {
  const store = createMemoryStore();
  let status: number | undefined;
  const receiver = await startReceiver(() => status);
  const first = engine(store);
  first.start();
  const callback = { url: receiver.url };
  await ask(first, "POST /conflict-notifications", { json: { resources: ["notes/*"], callback } });
  for (let n = 0; n < 20; n += 1) await ask(first, `PUT /notes/${n}`, { json: {} });
  await expect.poll(() => receiver.requests.length).toBe(20);
  await first.drain();
  status = 200;
  engine(store).start();
  const ids = new Set(receiver.requests.map(({ headers }) => headers["webhook-id"]));
  await expect.poll(() => receiver.requests.length).toBe(40);
  expect(new Set(receiver.requests.slice(20).map(({ headers }) => headers["webhook-id"]))).toEqual(ids);
});
