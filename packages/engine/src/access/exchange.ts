import { header, type RequestFacts } from "../http/request.js";
import type { Settings } from "../options.js";
import type { Actor } from "./actor.js";
import type { Verdict } from "./authorize.js";

/** One request on its way along the line, with what was found out about it so far. */
export class Exchange {
  readonly settings: Settings<never>;
  readonly request: RequestFacts;
  readonly actor: Actor | undefined;
  /** What the observer is told besides the answer. */
  attempts = 1;
  strategy: string | undefined;
  /** The write is in the store, whatever fails after that. */
  applied = false;
  #heldBytes = 0;

  constructor(settings: Settings<never>, request: RequestFacts, actor: Actor | undefined) {
    this.settings = settings;
    this.request = request;
    this.actor = actor;
  }

  /** The path of the request as its client knows it, prefix included. */
  get instance(): string {
    return this.settings.publicPath + this.request.base + this.request.path;
  }

  readonly header = (name: string): string | undefined => header(this.request, name);

  /** Takes so many bytes of content on, until the request ends; tells whether the process may hold as many. */
  readonly hold = (bytes: number): boolean => {
    if (!this.settings.bodies.take(bytes)) return false;
    this.#heldBytes += bytes;
    return true;
  };

  /** Lets go of its content: the request has ended. */
  end(): void {
    this.settings.bodies.giveBack(this.#heldBytes);
    this.#heldBytes = 0;
  }

  /** Whether the caller would be shown this resource by a GET. */
  async mayRead(key: string): Promise<boolean> {
    return (await this.permission("read", key)) === "allow";
  }

  permission(action: Parameters<Settings["authorize"]>[0], key: string): Verdict | Promise<Verdict> {
    return this.settings.authorize(action, key, this.actor);
  }

  /** The URL path of a collection or resource, safe in a header: nothing of a mount's path or an id can end or split it. */
  pathOf(collection: string, id?: string): string {
    const base = this.request.base.replace(/[<>"\\]/g, encodeURIComponent);
    const path = `${this.settings.publicPath}${base}/${collection}`;
    return id === undefined ? path : `${path}/${encodeURIComponent(id)}`;
  }
}
