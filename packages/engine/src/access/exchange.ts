import { isProblemSlug } from "@unclash/core";
import { header, type RequestFacts } from "../http/request.js";
import type { RequestLimits } from "../http/request-limits.js";
import { isObserved, type Observer, publish } from "../observing/observer.js";
import type { Actor } from "./actor.js";
import { type ConflictFacts, methodLabel, type RequestDecision } from "./request-decision.js";

/** The settings that collections and guards share. */
export interface ExchangeSettings {
  readonly requestLimits: RequestLimits;
  readonly publicPath: string;
  readonly problemTypePrefix: string;
  readonly conflictStatus: 409 | 412;
  readonly vary: string | undefined;
  readonly observe: Observer<RequestDecision> | undefined;
}

/** The API version of a request. */
export interface RequestVersion {
  readonly name: string;
  /** Its place among all, from 1. */
  readonly number: number;
  /** What the request's path begins with where that chose the version: `/v1`, or empty. */
  readonly prefix: string;
  /** The request's path behind that. */
  readonly path: string;
  /** The media type of content in it: `application/vnd.shop.v1+json`. */
  readonly mediaType: string;
}

/** What a pipeline knows of its decision, for observers. */
export interface Decided {
  readonly status: number;
  readonly outcome: string;
  readonly route: string | undefined;
  readonly collection?: string | undefined;
  readonly resource: string | undefined;
  readonly actor?: Actor | undefined;
  readonly reported?: string | undefined;
}

/** One request whose sender is known, with what is found out about it on its way through a pipeline. */
export class Exchange<Settings extends ExchangeSettings = ExchangeSettings> {
  readonly settings: Settings;
  readonly request: RequestFacts;
  readonly actor: Actor | undefined;
  /** The API version that the request is in; `undefined` where the API has no versions. */
  apiVersion: RequestVersion | undefined;
  /** How often the write was tried. */
  attempts = 1;
  /** What is known of a write that came too late; only where somebody observes. */
  conflict: ConflictFacts | undefined;
  /** When the request came, by `performance.now()`. */
  readonly startedAt: number;

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
    this.startedAt = startedAt;
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
  publish({ status, outcome, route, collection, resource, actor = this.actor, reported }: Decided): void {
    const { request, settings, attempts, conflict } = this;
    publish(settings.observe, {
      kind: "request",
      native: request.native,
      method: methodLabel(request.method),
      route,
      collection,
      apiVersion: this.apiVersion?.name,
      resource,
      actor: actor?.name,
      status,
      outcome,
      problem: isProblemSlug(outcome) ? outcome : undefined,
      attempts,
      conflict,
      reported,
      durationMs: performance.now() - this.startedAt,
    });
  }
}
