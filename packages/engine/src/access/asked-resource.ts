import type { JsonObject } from "@unclash/core/json";
import type { KnownResource } from "./authorize.js";
import { type Claim, noClaim } from "./default-permissions.js";

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
  readonly isOwn: boolean;
  readonly isOneOfSeveral: boolean;
  readonly #state: StateInQuestion;
  #fields: { readonly read: JsonObject | undefined } | undefined;

  constructor(state: StateInQuestion, { isOwn, isOneOfSeveral }: Claim = noClaim) {
    this.#state = state;
    this.isOwn = isOwn;
    this.isOneOfSeveral = isOneOfSeveral;
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
