import { authorizeByDefault } from "../access/default-permissions.js";
import type { SharedEvent } from "../commits/event-page.js";
import { type AudienceSettings, type Disclosure, disclosureOf, isOfOtherEngine } from "./audience.js";
import { type EventFilter, matches } from "./event-filter.js";
import type { NotifiedExchange } from "./notified-exchange.js";
import { EventWriter, type ShownEvent, shownEvent } from "./shown-event.js";

/** An event that a client is told of. */
export interface DisclosedEvent {
  readonly shown: ShownEvent;
  readonly disclosure: Exclude<Disclosure, "nothing">;
}

/** What one client is told of: what it has asked for, and may know at this moment. */
export class EventReader {
  readonly writer: EventWriter;
  /**
   * A name that all have who are told alike of what is nobody's own; nothing where the app decides on each event. By
   * the default permissions the role alone tells clients apart.
   */
  readonly audienceKey: string | undefined;
  readonly #exchange: NotifiedExchange;
  readonly #filters: readonly EventFilter[];

  /** @param filters it is told of what all of them want */
  constructor(exchange: NotifiedExchange, filters: readonly EventFilter[]) {
    const { settings, actor } = exchange;
    this.writer = new EventWriter(exchange);
    this.#exchange = exchange;
    this.#filters = filters;
    const role = actor === undefined ? "anonymous" : (actor.role ?? "client");
    this.audienceKey =
      settings.authorize === authorizeByDefault ? JSON.stringify([role, this.writer.about, filters]) : undefined;
  }

  /**
   * The event as the client is told of it, if it is; without a promise where the app answers without one.
   *
   * @throws StoreError where the app looks at a state, and the store failed
   */
  disclose(shared: SharedEvent): DisclosedEvent | undefined | Promise<DisclosedEvent | undefined> {
    for (const filter of this.#filters) if (!matches(filter, shared.stored)) return undefined;
    const { settings, actor } = this.#exchange;
    const shown = shownEvent(this.#exchange, shared);
    if (isOfOtherEngine(shown.recorded, settings.collections)) return undefined;
    const audience: AudienceSettings = {
      authorize: settings.authorize,
      readFields: () => shown.readFields(this.#exchange),
    };
    const disclosure = disclosureOf(audience, shown.recorded, actor);
    if (disclosure instanceof Promise) return disclosure.then((answer) => disclosedEvent(shown, answer));
    return disclosedEvent(shown, disclosure);
  }
}

function disclosedEvent(shown: ShownEvent, disclosure: Disclosure): DisclosedEvent | undefined {
  return disclosure === "nothing" ? undefined : { shown, disclosure };
}
