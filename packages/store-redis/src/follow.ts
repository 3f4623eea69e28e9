import {
  type Cursor,
  formatCursor,
  parseCursor,
  type Reset,
  type StopSignal,
  type StoredEvent,
} from "@unclash/core/store";
import { Calls } from "./calls.js";
import type { RedisClient } from "./client.js";
import { within } from "./connect.js";
import { storedEventOf } from "./event.js";
import { followScript } from "./follow-script.js";
import { flag, items, number, text } from "./reply.js";

/** What a following needs of its store. */
export interface Followed {
  readonly client: RedisClient;
  readonly calls: Calls;
  readonly prefix: string;
  readonly timeoutMs: number;
}

/** A place in the stream: the id of an event, or one of the words `start` and `now`, and the event's tag. */
interface Place {
  readonly id: string;
  readonly tag: string;
}

// Events of 8 KiB each make a page of less than a megabyte.
const pageLength = 100;
// A connection that is lost without a word is noticed when the next answer does not come.
const waitMs = 1_000;

/** The events behind `after`, and then those to come. Between two of them it holds at most a page. */
export async function* follow(
  followed: Followed,
  after: Cursor,
  stop: StopSignal,
): AsyncGenerator<StoredEvent | Reset, void, undefined> {
  const ending = new Ending(stop, followed.calls.closing);
  const arrivals = new Arrivals(followed);
  // Who follows may never ask for the next event, and so never learn of the end.
  const end = (): void => arrivals.end();
  followed.calls.closing.addEventListener("abort", end);
  let place = placeOf(after);
  try {
    while (!ending.hasCome) {
      const page = await pageAfter(followed.calls, place);
      place = page.place;
      if (page.kind === "reset") {
        if (!ending.hasCome) yield { reset: cursorOf(place) };
      } else if (page.events.length === 0) {
        await ending.or(arrivals.after(place.id));
      }
      for (const { event, next } of page.events) {
        if (ending.hasCome) return;
        place = next;
        yield event;
      }
    }
  } catch (error) {
    // Who stops, or closes, breaks off what was under way.
    if (!ending.hasCome) throw error;
  } finally {
    ending.forget();
    followed.calls.closing.removeEventListener("abort", end);
    arrivals.end();
  }
}

interface PageOfEvents {
  readonly kind: "events" | "reset";
  readonly place: Place;
  readonly events: readonly { readonly event: StoredEvent; readonly next: Place }[];
}

async function pageAfter(calls: Calls, { id, tag }: Place): Promise<PageOfEvents> {
  const reply = await calls.run(followScript, [id, tag, `${pageLength}`]);
  const [isFound, placeId, placeTag, count, ...found] = items(reply);
  items(found, number(count));
  const events = [];
  for (let at = 0; at < found.length; at += 2) {
    const next = text(found[at]);
    const event = storedEventOf(next, text(found[at + 1]));
    events.push({ event, next: { id: next, tag: shortened(event.tag) } });
  }
  return { kind: flag(isFound) ? "events" : "reset", place: { id: text(placeId), tag: text(placeTag) }, events };
}

// What is no cursor at all is no place of this log: that is told, and it goes on at the end.
function placeOf(cursor: Cursor): Place {
  if (cursor === "start") return { id: cursor, tag: "" };
  const place = parseCursor(cursor);
  return place === undefined ? { id: "now", tag: "" } : { id: `${place.position}-${place.index}`, tag: place.tag };
}

function cursorOf({ id, tag }: Place): Cursor {
  const [position, index] = id.split("-");
  return formatCursor({ position: Number(position), index: Number(index), tag });
}

// As much of a tag as a cursor holds.
function shortened(tag: string): string {
  return tag.slice(0, 16);
}

/** Waits for events on a connection of its own, which others would have to wait for as well. */
class Arrivals {
  readonly #followed: Followed;
  #connection: RedisClient | undefined;
  #calls: Calls | undefined;
  #isOver = false;

  constructor(followed: Followed) {
    this.#followed = followed;
  }

  /** Resolves once there is an event after this one, or a second has passed. */
  async after(id: string): Promise<void> {
    const stream = `${this.#followed.prefix}e`;
    this.#calls ??= await this.#connect(stream);
    if (this.#isOver) return;
    await this.#calls.send("XREAD", "COUNT", "1", "BLOCK", `${waitMs}`, "STREAMS", stream, id);
  }

  end(): void {
    this.#isOver = true;
    this.#connection?.end();
  }

  async #connect(stream: string): Promise<Calls> {
    const { client, timeoutMs } = this.#followed;
    const connection = await within(timeoutMs, (late) => client.fork(late));
    this.#connection = connection;
    if (this.#isOver) connection.end();
    return new Calls(connection, stream, { timeoutMs: timeoutMs + waitMs, queueMax: 1 });
  }
}

/** The end of a following, by whoever follows or by the store. */
class Ending {
  readonly #signals: readonly StopSignal[];
  readonly #come: Promise<void>;
  #tell: () => void = () => {};

  constructor(...signals: readonly StopSignal[]) {
    this.#signals = signals;
    this.#come = new Promise((resolve) => {
      this.#tell = resolve;
    });
    for (const signal of signals) signal.addEventListener("abort", this.#tell);
  }

  get hasCome(): boolean {
    return this.#signals.some(({ aborted }) => aborted);
  }

  /** Waits for something, or for the end. */
  async or(waiting: Promise<void>): Promise<void> {
    // Once the end has come, nobody asks how the waiting ended.
    waiting.catch(() => {});
    await Promise.race([waiting, this.#come]);
  }

  forget(): void {
    for (const signal of this.#signals) signal.removeEventListener("abort", this.#tell);
  }
}
