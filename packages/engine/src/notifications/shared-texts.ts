import type { Cursor, Text } from "@unclash/core/store";

/** What several streams are told that stand at one place, and are told alike. */
export interface SharedText {
  readonly text: Text;
  /** How many events it tells of. */
  readonly events: number;
  /** The place behind them. */
  readonly place: Cursor;
}

/** So many are kept: streams that are woken together ask for one text after the other. */
const keptMax = 32;

/** The latest texts that streams were told, for those that are told the same. */
export class SharedTexts {
  readonly #texts = new Map<string, SharedText>();

  /** @param name of all that it is made of: who is told alike, and from where to where */
  find(name: string): SharedText | undefined {
    return this.#texts.get(name);
  }

  keep(name: string, text: SharedText): void {
    this.#texts.set(name, text);
    if (this.#texts.size <= keptMax) return;
    for (const oldest of this.#texts.keys()) {
      this.#texts.delete(oldest);
      return;
    }
  }
}
