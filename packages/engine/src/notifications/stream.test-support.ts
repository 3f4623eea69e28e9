import { isStreamPlan, type ResponsePlan, type StreamPlan } from "@unclash/core";
import type { RequestFacts } from "../http/request.js";
import type { Unclash } from "../unclash.js";

/** A block of a stream, by its fields; comments are left out. */
export interface Block {
  readonly id?: string;
  readonly event?: string;
  readonly data?: string;
  readonly retry?: string;
}

/** A stream as a client reads it. */
export interface OpenedStream {
  readonly plan: StreamPlan;
  /** The blocks of the next text; nothing once it is over. */
  next(): Promise<readonly Block[] | undefined>;
  /** The events of the next texts, until there are so many; each with its `data` parsed. */
  events(count: number): Promise<readonly { readonly id: string; readonly type: string; readonly data: unknown }[]>;
  /** Whether the response was broken off. */
  readonly isBroken: boolean;
  /** Ends the response, as an adapter does when its client goes. */
  leave(): void;
}

/** Asks an engine for a stream. */
export async function openPlan(
  unclash: Unclash,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  address = "127.0.0.1",
): Promise<ResponsePlan | StreamPlan> {
  const [before = "/", query = ""] = path.split("?", 2);
  const facts: RequestFacts = {
    method: "GET",
    base: "",
    path: before,
    query,
    headers,
    address,
    body: { kind: "unread", read: async () => ({ kind: "bytes", bytes: Buffer.alloc(0) }) },
    native: undefined,
  };
  return unclash.handle(facts);
}

/** The same, and begins to read it. */
export async function openStream(
  unclash: Unclash,
  query = "",
  headers: Readonly<Record<string, string>> = {},
  address?: string,
): Promise<OpenedStream> {
  const plan = await openPlan(unclash, `/conflict-notifications/stream${query}`, headers, address);
  if (!isStreamPlan(plan)) throw new TypeError(`No stream, but ${plan.status}: ${plan.body}`);
  return readStream(plan);
}

export function readStream(plan: StreamPlan): OpenedStream {
  const iterator = plan.body[Symbol.asyncIterator]();
  let isBroken = false;
  const leave = (): void => {
    void iterator.return?.();
    plan.onEnd?.("aborted");
  };
  plan.onBegin?.(() => {
    isBroken = true;
    leave();
  });
  const next = async () => {
    const { done, value } = await iterator.next();
    return done ? undefined : blocksIn(value);
  };
  return {
    plan,
    next,
    leave,
    async events(count) {
      const found: { id: string; type: string; data: unknown }[] = [];
      while (found.length < count) {
        const blocks = await next();
        if (blocks === undefined) break;
        for (const { id = "", event, data } of blocks)
          if (event !== undefined && data !== undefined) found.push({ id, type: event, data: JSON.parse(data) });
      }
      return found;
    },
    get isBroken() {
      return isBroken;
    },
  };
}

/** The blocks in a text of a stream: what unclash writes, and no more of the grammar. */
export function blocksIn(text: string): readonly Block[] {
  return text
    .split("\n\n")
    .filter((block) => block !== "")
    .map((block) => Object.fromEntries(block.split("\n").flatMap(fieldIn)));
}

function fieldIn(line: string): readonly (readonly [string, string])[] {
  const colon = line.indexOf(": ");
  return colon <= 0 ? [] : [[line.slice(0, colon), line.slice(colon + 2)]];
}
