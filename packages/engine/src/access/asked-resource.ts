import type { JsonObject } from "@unclash/core/json";
import type { KnownResource } from "./authorize.js";

/** Gives the fields of a state that was read; `undefined` where there is none. It is called at most once. */
export type ReadFields = () => JsonObject | undefined;

/**
 * What is known of a state as the app is asked: its fields; or that it will be read later, and asked about again; or
 * that it is never read.
 */
export type StateInQuestion = ReadFields | "later" | "never";

/** There is no state, or none that the question is about. */
export const noState: ReadFields = () => undefined;

/** A resource as `authorize` gets it. Its fields are parsed where that looks at them, and only there. */
export class AskedResource implements KnownResource {
  /** It was looked at, and not known. */
  isMissed = false;
  readonly #state: StateInQuestion;
  #fields: { readonly read: JsonObject | undefined } | undefined;

  constructor(state: StateInQuestion) {
    this.#state = state;
  }

  get current(): JsonObject | undefined {
    if (typeof this.#state === "string") {
      this.isMissed = true;
      return undefined;
    }
    this.#fields ??= { read: this.#state() };
    return this.#fields.read;
  }
}
