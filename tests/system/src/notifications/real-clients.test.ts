import { CloudEvent } from "cloudevents";
import { EventSource } from "eventsource";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { chromiumProgram, openBrowser } from "../collaboration/browsers.js";
import { type RestartingServer, startServer } from "./restarting-server.js";

const path = "/conflict-notifications/stream?resource=notes/*";
const types = ["unclash.resource.changed", "unclash.conflict.detected", "unclash.conflict.resolved", "reset"];

async function newServer(): Promise<RestartingServer> {
  const server = await startServer();
  onTestFinished(() => server.close());
  return server;
}

/** What a client has to see: each version once, in order, and the conflict where it came. */
const expected = ["changed 1", "changed 2", "changed 3", "detected 3", "changed 4", "changed 5"];

/** Writes three versions and parks a late one, restarts the server, and writes two more before clients come back. */
async function writeAroundRestart(server: RestartingServer, isSeen: () => Promise<boolean>): Promise<void> {
  for (const n of [1, 2, 3]) expect(await server.write(n)).toBeLessThan(300);
  expect(await server.write(0, 1)).toBe(409);
  await vi.waitFor(async () => expect(await isSeen()).toBe(true), { timeout: 20_000, interval: 50 });
  await server.restart();
  for (const n of [4, 5]) expect(await server.write(n)).toBeLessThan(300);
}

function named(type: string, data: string): string {
  const { data: event } = JSON.parse(data);
  return `${type.split(".").at(-1)} ${event?.version}`;
}

describe("clients that others have made", { timeout: 60_000 }, () => {
  it("eventsource resumes across a restart, and the SDK of CloudEvents takes every event", async () => {
    const server = await newServer();
    const source = new EventSource(server.origin + path);
    onTestFinished(() => source.close());
    const [seen, ids]: [string[], string[]] = [[], []];
    for (const type of types)
      source.addEventListener(type, ({ data, lastEventId }) => {
        const event = new CloudEvent(JSON.parse(data));
        expect(event.validate()).toBe(true);
        expect([event.type, event.id]).toEqual([type, lastEventId]);
        ids.push(lastEventId);
        seen.push(named(type, data));
      });
    await new Promise((resolve) => source.addEventListener("open", resolve, { once: true }));
    await writeAroundRestart(server, async () => seen.length === 4);
    await vi.waitFor(() => expect(seen).toEqual(expected), { timeout: 20_000, interval: 50 });
    expect(new Set(ids).size).toBe(expected.length);
    expect(ids).toEqual(ids.toSorted());
  });

  it.skipIf(chromiumProgram === undefined)("Chromium's own EventSource does the same", async () => {
    const server = await newServer();
    const { page, close } = await openBrowser(`${server.origin}/notes`);
    onTestFinished(close);
    await page.evaluate(followInPage, { path, types });
    const seen = async (): Promise<readonly string[]> =>
      (await page.evaluate(seenInPage)).map(({ type, data }) => named(type, data));
    await writeAroundRestart(server, async () => (await seen()).length === 4);
    await vi.waitFor(async () => expect(await seen()).toEqual(expected), { timeout: 20_000, interval: 50 });
  });
});

interface Seen {
  readonly type: string;
  readonly data: string;
}

// The functions below run in a page of a browser, and see nothing of this module.

/** Follows a stream, and keeps what came of it. Resolves once the stream is open. */
function followInPage({ path, types }: { readonly path: string; readonly types: readonly string[] }): Promise<void> {
  const source = new globalThis.EventSource(path);
  const seen: Seen[] = [];
  Reflect.set(globalThis, "seen", seen);
  for (const type of types)
    source.addEventListener(type, (event) => {
      if (event instanceof MessageEvent) seen.push({ type, data: event.data });
    });
  return new Promise((resolve) => source.addEventListener("open", () => resolve(), { once: true }));
}

function seenInPage(): Seen[] {
  return Reflect.get(globalThis, "seen");
}
