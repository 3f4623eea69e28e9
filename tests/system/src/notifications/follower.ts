import { request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import type { Random } from "../black-box/random.js";
import type { Told } from "./check-told.js";

/** A client of streams that goes from one server to the other, and is cut off again and again. */
export interface Follower {
  readonly told: readonly Told[];
  /** How often it was connected. */
  readonly connections: () => number;
  /** Ends it. */
  readonly stop: () => Promise<void>;
}

export interface FollowerOptions {
  readonly origins: readonly string[];
  readonly query: string;
  /** Where it begins. */
  readonly after: string;
  readonly random: Random;
  /** A planted bug: it resumes at what is new, wherever it was. */
  readonly forgetsItsPlace?: boolean;
}

const cutMs = { min: 50, max: 900 };
const retryMs = 50;

export function follow({ origins, query, after, random, forgetsItsPlace = false }: FollowerOptions): Follower {
  const told: Told[] = [];
  const stop = new AbortController();
  let connections = 0;
  let place = after;
  const read = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      const origin = origins[random.between(0, origins.length)];
      const url = `${origin}/conflict-notifications/stream?${query}`;
      const lasts = random.between(cutMs.min, cutMs.max);
      connections += 1;
      const headers = forgetsItsPlace && connections > 1 ? {} : { "last-event-id": place };
      await readFor(url, headers, AbortSignal.any([stop.signal, AbortSignal.timeout(lasts)]), (message) => {
        if (message.id !== undefined) place = message.id;
        const each = toldBy(message);
        if (each !== undefined) told.push(each);
      });
      await pause(retryMs);
    }
  };
  const reading = read();
  return {
    told,
    connections: () => connections,
    async stop() {
      stop.abort();
      await reading;
    },
  };
}

/** Reads a stream until it ends, is cut off, or can't be opened. */
function readFor(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  onMessage: (message: EventSourceMessage) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const parser = createParser({ onEvent: onMessage });
    const sent = request(url, { headers, signal, agent: false }, (response) => {
      response.setEncoding("utf8");
      response.on("data", (text: string) => parser.feed(text));
      response.on("error", () => resolve());
      response.on("close", () => resolve());
    });
    sent.on("error", () => resolve());
    sent.end();
  });
}

function toldBy({ event, data, id = "" }: EventSourceMessage): Told | undefined {
  if (event === "reset") return { kind: "reset" };
  if (event !== "unclash.resource.changed") return undefined;
  const told: unknown = Reflect.get(Object(JSON.parse(data)), "data");
  const member = (name: string): unknown => Reflect.get(Object(told), name);
  return {
    kind: "change",
    id,
    resource: String(member("resource")),
    version: Number(member("version")),
    etag: String(member("etag")),
  };
}
