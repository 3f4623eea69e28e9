import { header, type RequestFacts } from "../http/request.js";
import type { RequestLimits } from "../http/request-limits.js";
import type { Actor } from "./actor.js";
import { isObserved, type Observer, publish } from "./observe.js";

/** The settings that collections and guards share. */
export interface ExchangeSettings {
  readonly requestLimits: RequestLimits;
  readonly publicPath: string;
  readonly problemTypePrefix: string;
  readonly conflictStatus: 409 | 412;
  readonly vary: string | undefined;
  readonly observe: Observer | undefined;
}

/** How a request was decided, for observers. */
export interface Decided {
  readonly status: number;
  readonly outcome: string;
  readonly route?: string | undefined;
  readonly resource: string | undefined;
  readonly reported?: string | undefined;
}

/** One request whose sender is known, with what is found out about it on its way through a pipeline. */
export class Exchange<Settings extends ExchangeSettings = ExchangeSettings> {
  readonly settings: Settings;
  readonly request: RequestFacts;
  readonly actor: Actor | undefined;
  /** How often the write was tried. */
  attempts = 1;
  /** The strategy that had a say on a stale write. */
  strategy: string | undefined;
  readonly #startedAt: number;

  /** @param startedAt when the request came, by `performance.now()` */
  constructor(
    settings: Settings,
    request: RequestFacts,
    actor: Actor | undefined,
    startedAt: number = performance.now(),
  ) {
    this.settings = settings;
    this.request = request;
    this.actor = actor;
    this.#startedAt = startedAt;
  }

  /** The path of the request as its client knows it, prefix included. */
  get instance(): string {
    return this.settings.publicPath + this.request.base + this.request.path;
  }

  /** Aborted once the client is gone; never for a request that has come over no connection. */
  disconnected(): AbortSignal {
    return this.request.disconnected?.() ?? new AbortController().signal;
  }

  readonly header = (name: string): string | undefined => header(this.request, name);

  /** What caches are told of an answer to a read: ask each time, so that nobody edits a remembered version. */
  cachingHeaders(cacheControl: string | undefined): Record<string, string> {
    const { vary } = this.settings;
    const headers = { "cache-control": cacheControl ?? (this.actor === undefined ? "no-cache" : "private, no-cache") };
    return vary === undefined ? headers : { ...headers, vary };
  }

  /** Whether anyone wants to know how the request was decided. */
  get isObserved(): boolean {
    return isObserved(this.settings.observe);
  }

  /** Tells observers how the request was decided. */
  publish({ status, outcome, route, resource, reported }: Decided): void {
    publish(this.settings.observe, {
      method: this.request.method,
      route,
      resource,
      actor: this.actor?.name,
      status,
      outcome,
      strategy: this.strategy,
      attempts: this.attempts,
      durationMs: performance.now() - this.#startedAt,
      ...(reported !== undefined && { reported }),
    });
  }
}
