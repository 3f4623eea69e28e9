import { setTimeout as delay } from "node:timers/promises";
import { member } from "../black-box/answer.js";
import { createHttpClient, type HttpAnswer } from "../black-box/http-client.js";
import type { FinalResource, FinalState } from "./history.js";
import { marksIn, type Place, type Subject } from "./subjects.js";

const timeoutMs = 5_000;
const patienceMs = 15_000;
const atOnce = 8;

/** What is to be read at the end. */
export interface Left {
  readonly subjects: readonly Subject[];
  readonly places: readonly Place[];
  /** The paths of what was made in the app's own table to be deleted. */
  readonly doomed: readonly string[];
}

/** Reads what all requests have left: the states of what was there before, and what they have made. */
export async function readResources(origin: string, left: Left): Promise<readonly FinalResource[]> {
  const http = createHttpClient();
  const get: Get = async (path) => {
    for (const endsAt = performance.now() + patienceMs; ; await delay(50)) {
      const answer = await http.send(origin, { method: "GET", path }, timeoutMs);
      if ("status" in answer && answer.status < 500) return answer;
      if (performance.now() > endsAt) throw new Error(`GET ${path} at the end of a run: ${JSON.stringify(answer)}`);
    }
  };
  try {
    const resources: FinalResource[] = [];
    for (const subject of left.subjects)
      resources.push(await (subject.place === "customers" ? readLog : readVersions)(get, subject.path));
    const known = new Set([...left.subjects.map(({ path }) => path), ...left.doomed]);
    for (const place of left.places) resources.push(...(await readMade(get, place, known)));
    for (const path of left.doomed) resources.push(await readDoomed(origin, get, path));
    return resources;
  } finally {
    http.close();
  }
}

type Get = (path: string) => Promise<HttpAnswer>;

/** By the history that a collection keeps. */
async function readVersions(get: Get, path: string): Promise<FinalResource> {
  const items = (await pagesOf(get, `${path}/versions`)).reverse();
  const states: FinalState[] = [];
  for (let index = 0; index < items.length; index += atOnce) {
    const some = items.slice(index, index + atOnce).map(async (item): Promise<FinalState> => {
      const version = Number(member(item, "version"));
      if (member(item, "deleted") === true) return { version, deleted: true };
      return stateOf(JSON.parse((await get(`${path}/versions/${version}`)).body));
    });
    states.push(...(await Promise.all(some)));
  }
  return { path, states };
}

/**
 * By the name of a customer, which is the log of its own changes; a version that left no word in it is one that nobody
 * made.
 */
async function readLog(get: Get, path: string): Promise<FinalResource> {
  const content: unknown = JSON.parse((await get(path)).body);
  const marks = marksIn(String(member(content, "name")));
  const states = [{ version: 1 }, ...marks.map((mark, index) => ({ version: index + 2, mark }))];
  const version = Number(member(content, "version"));
  return { path, states: version === states.length ? states : [...states, { version: -version }] };
}

/** What requests have made, by the lists. */
async function readMade(get: Get, place: Place, known: ReadonlySet<string>): Promise<readonly FinalResource[]> {
  const items = await pagesOf(get, `/${place}`);
  return items.flatMap((item) => {
    const path = `/${place}/${member(item, "id")}`;
    const state = stateOf(item);
    return state.mark === undefined || known.has(path) ? [] : [{ path, states: [state] }];
  });
}

/** How often a customer was deleted: whoever makes it anew is told the next version. */
async function readDoomed(origin: string, get: Get, path: string): Promise<FinalResource> {
  if ((await get(path)).status === 200) return { path, states: [{ version: 1 }] };
  const remade = await fetch(`${origin}${path}`, {
    method: "PUT",
    headers: { "content-type": "application/json", "if-none-match": "*" },
    body: JSON.stringify({ name: "again", email: `again-${path.split("/").at(-1)}@shop.example` }),
  });
  const version = Number(member(await remade.json(), "version"));
  const deletions = Array.from({ length: version - 2 }, (_, index) => ({ version: index + 2, deleted: true as const }));
  return { path, states: [{ version: 1 }, ...deletions] };
}

async function pagesOf(get: Get, path: string): Promise<unknown[]> {
  const items: unknown[] = [];
  for (let after: string | undefined = ""; after !== undefined; ) {
    const content: unknown = JSON.parse(
      (await get(`${path}?limit=100${after && `&after=${encodeURIComponent(after)}`}`)).body,
    );
    const list = member(content, "items");
    if (Array.isArray(list)) items.push(...list);
    const next: unknown = member(content, "next");
    after = typeof next === "string" ? next : undefined;
  }
  return items;
}

function stateOf(content: unknown): FinalState {
  const [mark] = marksIn(String(member(content, "name")));
  return { version: Number(member(content, "version")), ...(mark !== undefined && { mark }) };
}
