import { once } from "node:events";
import { createServer } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { createHttpClient, type HttpAnswer, type NoAnswer } from "../black-box/http-client.js";
import { createRandom } from "../black-box/random.js";
import { type FaultProxy, type NetworkFaults, startFaultProxy } from "./fault-proxy.js";

interface Setup {
  readonly proxy: FaultProxy;
  /** The bodies that have arrived. */
  readonly arrived: readonly string[];
  readonly send: (body: string) => Promise<HttpAnswer | NoAnswer>;
}

/** No answer that comes takes as long, on no machine. */
const patienceMs = 50_000;

async function startServer(name: string, arrived: string[]): Promise<number> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    arrived.push(body);
    response.end(`${name} got ${body}`);
  }).listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await once(server, "listening");
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

async function setUp(faults: NetworkFaults = {}): Promise<Setup> {
  const arrived: string[] = [];
  const target = await startServer("it", arrived);
  const proxy = await startFaultProxy({ target, random: createRandom(7), faults, http: true });
  const client = createHttpClient();
  onTestFinished(async () => {
    client.close();
    await proxy.close();
  });
  const send: Setup["send"] = (body) =>
    client.send(
      `http://127.0.0.1:${proxy.port}`,
      { method: "PUT", path: "/", body, headers: { "x-operation": body.slice(0, 9) } },
      patienceMs,
    );
  return { proxy, arrived, send };
}

/** Sends a body by a new connection: the client may learn only by a request that the one it has was cut. */
async function sendAnew(send: Setup["send"]): Promise<HttpAnswer | NoAnswer> {
  const first = await send("2");
  return "kind" in first && first.kind === "unknown" ? send("2") : first;
}

it("lets everything through where nothing goes wrong", async () => {
  const { send, proxy } = await setUp();
  for (const body of ["1", "2", "3".repeat(200_000)])
    expect(await send(body)).toMatchObject({ body: `it got ${body}` });
  expect(proxy.counts).toMatchObject({ connections: 1, requestsLost: 0, answersLost: 0, halfOpen: 0, duplicates: 0 });
});

it("loses requests, which then have not arrived", async () => {
  const { send, arrived, proxy } = await setUp({ requestLost: 1 });
  expect(await send("1")).toMatchObject({ kind: "unknown" });
  expect(arrived).toEqual([]);
  expect(proxy.counts.requestsLost).toBe(1);
});

it("loses answers, whose requests have arrived", async () => {
  const { send, arrived, proxy } = await setUp({ answerLost: 1 });
  expect(await send("1")).toMatchObject({ kind: "unknown" });
  expect(arrived).toEqual(["1"]);
  expect(proxy.counts.answersLost).toBe(1);
});

it("leaves connections half-open, on which nothing comes or goes", async () => {
  const { send, arrived, proxy } = await setUp({ halfOpen: 1 });
  const answer = send("1");
  await expect.poll(() => proxy.counts.halfOpen).toBe(1);
  expect(await Promise.race([answer, delay(100)])).toBe(undefined);
  expect(arrived).toEqual([]);
  await proxy.close();
  expect(await answer).toMatchObject({ kind: "unknown" });
});

it("sends requests twice, answers once, and says which they were", async () => {
  const { send, arrived, proxy } = await setUp({ duplicate: 1 });
  expect(await send("17")).toMatchObject({ body: "it got 17" });
  await expect.poll(() => arrived).toEqual(["17", "17"]);
  expect([...proxy.duplicated]).toEqual([17]);
});

it("lets connections overtake one another, and delays all of them", async () => {
  const { proxy, arrived } = await setUp({ latencyMs: [0, 30] });
  const bodies = Array.from({ length: 20 }, (_, index) => `${index}`);
  const clients = bodies.map(() => createHttpClient());
  await Promise.all(
    bodies.map((body, index) => {
      const message = { method: "PUT", path: "/", body };
      return clients[index]?.send(`http://127.0.0.1:${proxy.port}`, message, patienceMs);
    }),
  );
  expect(arrived).not.toEqual(bodies);
  expect(arrived.toSorted()).toEqual(bodies.toSorted());
  for (const client of clients) client.close();
});

it("holds everything until it goes on", async () => {
  const { send, arrived, proxy } = await setUp();
  proxy.hold();
  const answer = send("1");
  expect(await Promise.race([answer, delay(100)])).toBe(undefined);
  expect(arrived).toEqual([]);
  await proxy.resume();
  expect(await answer).toMatchObject({ body: "it got 1" });
});

it("refuses connections until it goes on", async () => {
  const { send, proxy } = await setUp();
  await send("1");
  await proxy.refuse();
  expect(await sendAnew(send)).toEqual({ kind: "not-sent" });
  await proxy.resume();
  expect(await send("3")).toMatchObject({ body: "it got 3" });
});

it("goes to another server when it is told to", async () => {
  const { send, proxy } = await setUp();
  await send("1");
  proxy.setTarget(await startServer("another", []));
  expect(await sendAnew(send)).toMatchObject({ body: "another got 2" });
});

it("can be closed while it holds everything", async () => {
  const { send, proxy } = await setUp();
  proxy.hold();
  const answer = send("1");
  await expect.poll(() => proxy.counts.connections).toBe(1);
  await proxy.close();
  expect(await answer).toMatchObject({ kind: "unknown" });
});
