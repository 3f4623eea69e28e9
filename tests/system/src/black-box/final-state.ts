import { setTimeout as delay } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { member } from "./answer.js";
import type { ResourceHistory, State } from "./history.js";
import { createHttpClient, type HttpAnswer, type HttpClient } from "./http-client.js";
import { fieldsOf, shopContents } from "./shop-content.js";
import type { Subject } from "./workload.js";

const patienceMs = 15_000;
const timeoutMs = 5_000;
const atOnce = 8;
const triesMax = 20;

/**
 * Reads the histories of all subjects, with the text of each state, once nothing moves any more: a request that the run
 * gave up may still arrive.
 *
 * @throws Error where the servers do not answer for a while
 */
export async function readFinalState(
  subjects: readonly Subject[],
  origins: readonly [string, ...string[]],
): Promise<readonly ResourceHistory[]> {
  const http = createHttpClient();
  const lastOrigin = origins.at(-1) ?? origins[0];
  try {
    for (let tries = 1; ; tries++) {
      const histories: ResourceHistory[] = [];
      for (const subject of subjects) histories.push(await readHistory(http, origins[0], subject));
      const again: ResourceHistory["current"][] = [];
      for (const subject of subjects) again.push(await readCurrent(http, lastOrigin, subject));
      const newest = histories.map(({ states }) => states.at(-1)?.version);
      const isQuiet = isDeepStrictEqual(again.map(versionOf), newest);
      if (isQuiet || tries === triesMax) {
        // What the other process says is current has to be what the history says.
        return histories.map((history, index) => withCurrent(history, again[index]));
      }
      await delay(100);
    }
  } finally {
    http.close();
  }
}

function versionOf(current: ResourceHistory["current"]): number | undefined {
  return current?.version;
}

function withCurrent(history: ResourceHistory, current: ResourceHistory["current"]): ResourceHistory {
  return { resource: history.resource, states: history.states, ...(current !== undefined && { current }) };
}

async function readHistory(http: HttpClient, origin: string, subject: Subject): Promise<ResourceHistory> {
  const resource = `${subject.collection}/${subject.id}`;
  const items: unknown[] = [];
  for (let after: string | undefined = ""; after !== undefined; ) {
    const page = await get(
      http,
      origin,
      `/${resource}/versions?limit=100${after && `&after=${encodeURIComponent(after)}`}`,
    );
    if (page.status === 404) return { resource, states: [] };
    const content: unknown = JSON.parse(page.body);
    const list = member(content, "items");
    if (Array.isArray(list)) items.push(...list);
    const next: unknown = member(content, "next");
    after = typeof next === "string" ? next : undefined;
  }
  const states = items.map((item) => ({ item })).reverse();
  const read: State[] = [];
  for (let index = 0; index < states.length; index += atOnce) {
    const some = states.slice(index, index + atOnce);
    read.push(...(await Promise.all(some.map(({ item }) => readState(http, origin, subject, item)))));
  }
  return { resource, states: read };
}

async function readState(http: HttpClient, origin: string, subject: Subject, item: unknown): Promise<State> {
  const number = Number(member(item, "version"));
  const etag = member(item, "etag");
  const modifiedAtMs = Date.parse(String(member(item, "modifiedAt")));
  if (member(item, "deleted") === true) return { version: number, deleted: true, modifiedAtMs };
  const { body, headers } = await get(http, origin, `/${subject.collection}/${subject.id}/versions/${number}`);
  if (headers["etag"] !== etag) throw new Error(`version ${number} is listed with ${etag}, and has ${headers["etag"]}`);
  const marker = shopContents[subject.collection].markerOf(fieldsOf(body));
  return { version: number, ...(typeof etag === "string" && { etag }), deleted: false, body, marker, modifiedAtMs };
}

async function readCurrent(http: HttpClient, origin: string, subject: Subject): Promise<ResourceHistory["current"]> {
  const { status, headers, body } = await get(http, origin, `/${subject.collection}/${subject.id}`);
  if (status === 404) return undefined;
  const content: unknown = JSON.parse(body);
  const current = { version: Number(member(content, "version")) };
  const etag = headers["etag"];
  return status === 410 || typeof etag !== "string" ? current : { ...current, etag, body };
}

// A server that was hurt a moment ago may need a moment.
async function get(http: HttpClient, origin: string, path: string): Promise<HttpAnswer> {
  for (const endsAt = performance.now() + patienceMs; ; await delay(50)) {
    const answer = await http.send(origin, { method: "GET", path }, timeoutMs);
    if ("status" in answer && answer.status < 500) return answer;
    if (performance.now() > endsAt) throw new Error(`GET ${path} at the end of a run: ${JSON.stringify(answer)}`);
  }
}
