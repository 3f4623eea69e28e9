import { eventStreamText } from "@unclash/core";
import type { Text } from "@unclash/core/store";
import type { ReadFields } from "../access/asked-resource.js";
import type { SharedEvent } from "../commits/event-page.js";
import { collectionOf } from "../resources/collection-exchange.js";
import { fieldsIn } from "../states/representation.js";
import type { Disclosure } from "./audience.js";
import { cloudEvent, type RecordedEvent, recordedEvent, typePrefix } from "./event.js";
import { eventSource, type NotifiedExchange, notificationsOf } from "./notified-exchange.js";

/** So many texts of one event are kept: paths of mounts that hold parameters have no end. */
const textsMax = 16;

/** How long a state counts as current, in milliseconds: as long as it takes to tell all streams of one event. */
const currentMs = 1_000;

/** What all readers of one engine share of an event. */
export class ShownEvent {
  readonly recorded: RecordedEvent;
  readonly #texts = new Map<string, Text>();
  #fields: Promise<ReadFields> | undefined;

  constructor(shared: SharedEvent) {
    this.recorded = recordedEvent(shared.stored);
  }

  /** A text that is made once for all that it has the same name for. */
  text(name: string, make: () => Text): Text {
    const known = this.#texts.get(name);
    if (known !== undefined) return known;
    const text = make();
    if (this.#texts.size < textsMax) this.#texts.set(name, text);
    return text;
  }

  /**
   * The fields of its resource as they are now, read once for all that ask in the same moment.
   *
   * @throws StoreError where the store failed
   */
  readFields({ settings, reader }: NotifiedExchange): Promise<ReadFields> {
    if (this.#fields !== undefined) return this.#fields;
    const { key } = this.recorded;
    const collection = settings.collections.get(key.slice(0, key.indexOf("/")));
    if (collection === undefined) return Promise.resolve(() => undefined);
    const fields = reader
      .read([key])
      .then(({ records: [record] }) => fieldsIn(collection, record?.deleted ? undefined : record));
    this.#fields = fields;
    const forget = (): void => {
      this.#fields = undefined;
    };
    fields.then(() => setTimeout(forget, currentMs).unref(), forget);
    return fields;
  }
}

/** What the readers of an engine share of an event. */
export function shownEvent(exchange: NotifiedExchange, shared: SharedEvent): ShownEvent {
  const { memo } = shared;
  // Another engine on the same store has collections of its own.
  const engine = notificationsOf(exchange);
  const known = memo.get(engine);
  if (known instanceof ShownEvent) return known;
  const shown = new ShownEvent(shared);
  memo.set(engine, shown);
  return shown;
}

/** Writes events as one client is shown them: in its API version, and from the source that it knows. */
export class EventWriter {
  readonly #exchange: NotifiedExchange;
  readonly #source: string;
  /** What tells its texts from those of other clients. */
  readonly about: string;

  constructor(exchange: NotifiedExchange) {
    this.#exchange = exchange;
    this.#source = eventSource(exchange);
    this.about = `${exchange.apiVersion?.number ?? 0} ${this.#source}`;
  }

  /** An event as a block of a stream of Server-Sent Events. */
  block(shown: ShownEvent, disclosure: Exclude<Disclosure, "nothing">): Text {
    const { id, type } = shown.recorded;
    return shown.text(`${disclosure} ${this.about}`, () =>
      eventStreamText({ id, event: typePrefix + type, data: this.json(shown, disclosure) }),
    );
  }

  /** An event as JSON text. */
  json({ recorded }: ShownEvent, disclosure: Exclude<Disclosure, "nothing">): Text {
    const collection = collectionOf(this.#exchange, recorded.key);
    const showsState = disclosure === "state";
    return JSON.stringify(cloudEvent(recorded, { source: this.#source, collection, showsState }));
  }
}
