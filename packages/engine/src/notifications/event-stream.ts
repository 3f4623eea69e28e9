import { eventStreamText, isStoreError } from "@unclash/core";
import type { Cursor, Text } from "@unclash/core/store";
import type { EventHub } from "../commits/event-hub.js";
import type { SharedEvent } from "../commits/event-page.js";
import { warnOfStore } from "../commits/store-failure.js";
import { isPersonal } from "./audience.js";
import { eventIdOf } from "./event.js";
import type { EventReader } from "./event-reader.js";
import type { NotificationLimits } from "./options.js";
import type { SharedTexts } from "./shared-texts.js";
import type { StreamEnding } from "./stream-decision.js";

/** Where a stream begins, and who reads it. */
export interface StreamStart {
  readonly hub: EventHub;
  readonly limits: NotificationLimits;
  readonly reader: EventReader;
  /** What it shares with other streams. */
  readonly texts: SharedTexts;
  /** What comes behind this place is told. */
  readonly place: Cursor;
  /** The first text, which is there at once. */
  readonly head: Text;
}

/** So many events are looked at together. */
const pageMax = 256;

/** A text of more than so many characters is sent before more is added to it. */
const textLengthMax = 65_536;

/** How far the age at which streams end differs among them, so that not all of them resume at once. */
const ageJitter = 0.1;

const done: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * The events that one client is told of, as texts of a stream of Server-Sent Events. It keeps its place, and no events:
 * each text holds what has come since the one before it was read.
 */
export class EventStream implements AsyncIterator<Text, undefined> {
  /** How many events it has told of. */
  events = 0;
  ending: StreamEnding | undefined;
  /** Ends its response at once; from when that begins. */
  breakOff: (() => void) | undefined;
  readonly #start: StreamStart;
  readonly #endsAt: number;
  #place: Cursor;
  #isBegun = false;
  #isOver = false;
  /** Whether it has told of all that there was, once. */
  #isLive = false;
  /** When its last text was read, or a sign of life was due. */
  #sentAt = 0;
  #wake: (() => void) | undefined;
  #leave: (() => void) | undefined;
  #stalled: NodeJS.Timeout | undefined;

  constructor(start: StreamStart) {
    this.#start = start;
    this.#place = start.place;
    this.#endsAt = performance.now() + start.limits.streamMsMax * (1 + ageJitter * (2 * Math.random() - 1));
  }

  /** Whether anything of it was read. */
  get isBegun(): boolean {
    return this.#isBegun;
  }

  async next(): Promise<IteratorResult<Text, undefined>> {
    clearTimeout(this.#stalled);
    const text = this.#isBegun ? await this.#nextText() : this.#begin();
    if (this.#isOver) return done;
    // A connection that takes nothing asks for nothing: also of the last text.
    this.#stalled = setTimeout(() => this.#end("stalled"), this.#start.limits.stalledStreamMs);
    if (text === undefined) return done;
    this.#sentAt = performance.now();
    return { done: false, value: text };
  }

  /** Ends it: its client is gone, or the engine ends. */
  async return(): Promise<IteratorResult<Text, undefined>> {
    this.close();
    return done;
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#stalled);
    this.#leave?.();
    this.#leave = undefined;
    this.#wake?.();
  }

  #begin(): Text {
    this.#isBegun = true;
    this.#leave = this.#start.hub.listen(() => this.#wake?.());
    return this.#start.head;
  }

  /** The next text; nothing where it ends. */
  async #nextText(): Promise<Text | undefined> {
    try {
      while (!this.#isOver) {
        const text = await this.#read();
        if (text === undefined || text !== "") return text;
      }
    } catch (thrown) {
      if (!isStoreError(thrown)) throw thrown;
      // Whoever resumes it finds all that it has not told yet.
      warnOfStore(thrown);
      this.ending = "store-failed";
    }
    return undefined;
  }

  /** One step: a text, an empty one where there is nothing to tell, or nothing where the stream ends. */
  async #read(): Promise<Text | undefined> {
    const { hub } = this.#start;
    if (performance.now() >= this.#endsAt) {
      this.ending = "expired";
      return undefined;
    }
    // To read for a slow client what this process has dropped would cost the store more than to let it resume.
    if (this.#isLive && hub.hasDropped(this.#place)) {
      this.#end("overtaken");
      return undefined;
    }
    const page = hub.held(this.#place, pageMax) ?? (await hub.read(this.#place, pageMax));
    if (page.kind === "reset") {
      this.#place = page.next;
      return resetText(page.next);
    }
    const text = await this.#textOf(page.events);
    if (text !== "") return text;
    if (page.events.length === 0) {
      this.#isLive = true;
      await this.#news();
    }
    return performance.now() >= this.#sentAt + this.#start.limits.heartbeatMs ? heartbeatText(this.#place) : "";
  }

  /** What the client is told of these events: of streams that stand at one place, and are told alike, once for all. */
  async #textOf(events: readonly SharedEvent[]): Promise<Text> {
    const { reader, texts } = this.#start;
    const last = events.at(-1);
    if (reader.audienceKey === undefined || last === undefined || events.some(({ stored }) => isPersonal(stored.type)))
      return this.#ownTextOf(events);
    const name = `${this.#place} ${last.stored.cursor} ${reader.audienceKey}`;
    const known = texts.find(name);
    if (known !== undefined) {
      this.events += known.events;
      this.#place = known.place;
      return known.text;
    }
    const before = this.events;
    const text = await this.#ownTextOf(events);
    texts.keep(name, { text, events: this.events - before, place: this.#place });
    return text;
  }

  /** What the client is told of these events, and of no more than make a text too long. */
  async #ownTextOf(events: readonly SharedEvent[]): Promise<Text> {
    const { reader } = this.#start;
    let text = "";
    for (const shared of events) {
      const answer = reader.disclose(shared);
      const event = answer instanceof Promise ? await answer : answer;
      this.#place = shared.stored.cursor;
      if (event === undefined) continue;
      this.events += 1;
      text += reader.writer.block(event.shown, event.disclosure);
      if (text.length >= textLengthMax) break;
    }
    return text;
  }

  /** Waits until there may be more, or it is time for a sign of life. */
  #news(): Promise<void> {
    if (this.#isOver || this.#start.hub.hasNews(this.#place)) return Promise.resolve();
    const until = Math.min(this.#sentAt + this.#start.limits.heartbeatMs, this.#endsAt);
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), Math.max(0, until - performance.now()));
      this.#wake = () => {
        this.#wake = undefined;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #end(ending: StreamEnding): void {
    this.ending = ending;
    this.close();
    this.breakOff?.();
  }
}

/** Tells a client that events may be missing, and where it goes on from. */
export function resetText(place: Cursor): Text {
  const id = eventIdOf(place);
  return eventStreamText({ event: "reset", id, data: JSON.stringify({ id }) });
}

/** A sign of life, and the place from which a client resumes that was told of nothing for long. */
function heartbeatText(place: Cursor): Text {
  return eventStreamText({ comment: "", id: eventIdOf(place) });
}
