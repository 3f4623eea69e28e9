import type { Key, Store } from "@unclash/core/store";
import type { Lifecycle } from "../commits/lifecycle.js";
import type { WriterLines } from "../commits/writer-lines.js";
import { type ContentBudget, RequestRoom } from "../http/content-room.js";
import type { Decoding } from "../http/decode.js";
import { type Refused, refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { repeatedWarning } from "../options/warnings.js";
import { defaultChallenge } from "./actor.js";
import { type Answer, askApp } from "./ask-app.js";
import type { ReadFields, StateInQuestion } from "./asked-resource.js";
import type { Authorize } from "./authorize.js";
import { type Action, type Claim, isConcealed, noClaim } from "./default-permissions.js";
import { Exchange, type ExchangeSettings } from "./exchange.js";

/** The settings of an engine that rooms need to find and show resources. */
export interface ResourceSettings extends ExchangeSettings {
  readonly store: Store;
  readonly identify: unknown;
  readonly authorize: Authorize;
  readonly decodeBodies: readonly Decoding[];
  /** Where its writers wait that have lost races. */
  readonly writerLines: WriterLines;
  /** What all requests may hold of content at this moment. */
  readonly bodies: ContentBudget;
  /** What goes on for longer than its request is known here, and ends with the engine. */
  readonly lifecycle: Lifecycle;
}

/** Where states are read: the store, or a view of it that a transaction has laid over it. */
export type Reader = Pick<Store, "read" | "list" | "history">;

/** Whether a request may go on. `hidden`: it does, and finds nothing there, whatever there is. */
export type Permission = { readonly kind: "allowed" } | { readonly kind: "hidden" } | Refused;

const warnOfUnknownState = repeatedWarning(
  "UNCLASH_STATE_NOT_KNOWN",
  (what) =>
    `authorize looked at \`current\` for ${what}, a past state, and allowed it: unclash reads no current state ` +
    "there, and takes that as `deny`. Answer for what is past before you look at it.",
);

const unsafeInLink = /[<>"\\]/;
/** What no percent-encoding changes (RFC 3986 §2.3). */
const unreserved = /^[\w.-]+$/;

const allowed: Permission = { kind: "allowed" };
const hidden: Permission = { kind: "hidden" };

/** One request for resources of an engine. */
export class ResourceExchange<Settings extends ResourceSettings = ResourceSettings> extends Exchange<Settings> {
  /** The write is in the store, whatever fails after that. */
  applied = false;
  /** The client went away as its write waited for others: nobody gets the response. */
  isUnanswered = false;
  /** When a write is given up that keeps losing races, by `performance.now()`. */
  writeEndsAt: number = Number.POSITIVE_INFINITY;
  /** The app has allowed something for now: it looked at a state that was to be read later. */
  #isAskedAgain = false;
  /** What its content takes, until the request ends. */
  readonly room: RequestRoom = new RequestRoom(this.settings.bodies);

  get reader(): Reader {
    return this.settings.store;
  }

  /**
   * Asks for one action: the app, or the default permissions, and those alone about a transaction or subscription of
   * another's. `unsure`: the app would allow it, and looked at a state that is not known.
   */
  ask(action: Action, key: Key, state: StateInQuestion, claim: Claim = noClaim): Answer | Promise<Answer> {
    return askApp(this.settings.authorize, { action, key, actor: this.actor, state, claim });
  }

  /** Whether the caller would be shown this resource by a GET. */
  async mayRead(key: Key, state: StateInQuestion): Promise<boolean> {
    return (await this.ask("read", key, state)) === "allow";
  }

  /**
   * Asks for actions, and gives the first answer that is not to go on as usual. 403, or 401 for anonymous callers.
   *
   * @param about whose it is, and why the request needs these actions, where it does not show that
   */
  async askPermission(
    actions: readonly Action[],
    key: Key,
    state: StateInQuestion,
    about?: { readonly claim?: Claim; readonly why?: string },
  ): Promise<Permission> {
    const claim = about?.claim ?? noClaim;
    for (const action of actions) {
      const verdict = await this.ask(action, key, state, claim);
      if (verdict === "unsure" && state === "later") this.#isAskedAgain = true;
      else if (verdict !== "allow") {
        if (verdict === "unsure") warnOfUnknownState(`${action} of ${key}`);
        const isHidden = verdict === "hide" || (isConcealed(action, claim) && this.actor !== undefined);
        return isHidden ? hidden : this.notPermitted(action, key, about?.why);
      }
    }
    return allowed;
  }

  /** Whether permission depends on a state that is not read yet. */
  get isAskedAgain(): boolean {
    return this.#isAskedAgain;
  }

  /** Asks once more, now that the state is known, an app that has looked for it. */
  askAgain(
    actions: readonly Action[],
    key: Key,
    state: ReadFields,
    about?: { readonly why: string },
  ): Permission | Promise<Permission> {
    return this.#isAskedAgain ? this.askPermission(actions, key, state, about) : allowed;
  }

  /** 403; 401 for an anonymous caller, where credentials could help. */
  notPermitted(action: Action, key: Key, why?: string): Refused {
    const sentence = sentences.mayNot[action](key);
    const detail = why === undefined ? sentence : `${sentence} ${why}`;
    if (this.actor !== undefined || this.settings.identify === undefined) return refused("forbidden", detail);
    return refused("unauthenticated", detail, { headers: { "www-authenticate": defaultChallenge } });
  }

  /**
   * The URL path of a collection or resource, safe in a header: nothing of a mount's path or an id can end or split it.
   */
  pathOf(collection: string, id?: string): string {
    const path = `${this.mountPath}${this.apiVersion?.prefix ?? ""}/${collection}`;
    if (id === undefined) return path;
    return `${path}/${unreserved.test(id) ? id : encodeURIComponent(id)}`;
  }

  /** The URL path of the mount, safe in a header. */
  get mountPath(): string {
    const { base } = this.request;
    // Most need no encoding, and to look is a third of the time that it takes to encode.
    const mount = unsafeInLink.test(base) ? base.replace(/[<>"\\]/g, encodeURIComponent) : base;
    return this.settings.publicPath + mount;
  }
}
