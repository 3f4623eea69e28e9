import { CallbackError, formatEntityTag } from "@unclash/core";
import { isJsonObject, type Json, type JsonObject } from "@unclash/core/json";
import { isPromise } from "@unclash/core/options";
import type { Actor } from "../access/actor.js";
import { type Decided, Exchange } from "../access/exchange.js";
import type { AskedChange } from "../conflicts/read-change.js";
import { checkParsed, jsonLimitsOf, type ReadContent } from "../http/body.js";
import { parseMediaType } from "../http/media-type.js";
import { isSafe } from "../http/methods.js";
import type { Refused } from "../http/refusal.js";
import { describeRequest, type RequestFacts } from "../http/request.js";
import { lastModified, problemOf, problemResponse } from "../http/responses.js";
import { watchPending } from "../options/pending-callbacks.js";
import { type Loaded, type LoadedState, stateOf } from "../states/loaded-state.js";
import { faultOfLoad, RowState, type TagFault, tagOfState } from "../states/row-state.js";
import { GuardError } from "./guard-error.js";
import type { GuardSettings } from "./guard-settings.js";
import { formatProblem } from "./own-format.js";
import type { SettledRecord } from "./settled-record.js";

/** One request at a guard. */
export class GuardExchange extends Exchange<GuardSettings> {
  /** The name of what the request is for; `undefined` where it is for no single resource. */
  readonly resource: string | undefined;
  /**
   * A PUT, PATCH or DELETE of no single resource. A router behind the guard may find one all the same, where it reads
   * the path otherwise, or where the guard's own path has no such parameter: so it goes no further.
   */
  lacksResource = false;
  /** The version that the content names, where it is a text. */
  versionText: string | undefined;
  /** What the content asks for, where that was read before the handler runs. */
  asked: AskedChange | undefined;
  /** The record of a strategy that has let its write through, for when that is done. */
  settledRecord: SettledRecord | undefined;
  /** That of a guard around this one, which has let the request pass before. */
  outer: GuardExchange | undefined;
  #parsed: Exclude<ReadContent, Refused> | undefined;
  /** The route as it was known when the request came in; only where somebody observes. */
  readonly #routeBefore: string | undefined;

  constructor(settings: GuardSettings, request: RequestFacts, actor: Actor | undefined, startedAt?: number) {
    super(settings, request, actor, startedAt);
    if (this.isObserved) this.#routeBefore = settings.routeOf?.(request.native, undefined);
    this.resource =
      settings.resource === undefined ? (request.base + request.path).slice(1) : this.#named(settings.resource);
  }

  /**
   * The name that the app gives. To name nothing is to say that no state is held against the request: by a parameter
   * that is not there, a write would get past in silence.
   */
  #named(resource: NonNullable<GuardSettings["resource"]>): string | undefined {
    const { native, method } = this.request;
    const name = resource(native);
    if (typeof name === "string") return name;
    const isLoose = isSafe(method) || this.settings.load === undefined;
    if (name === null || (name === undefined && isLoose)) {
      this.lacksResource = !isLoose && method !== "POST";
      return undefined;
    }
    const isMisspelt = (this.request.base + this.request.path).includes("//");
    if (name === undefined && (isMisspelt || this.settings.reportOnly)) {
      this.lacksResource = true;
      return undefined;
    }
    throw new CallbackError(
      "resource",
      `must return the name of the resource, and returned ${name} for ${method} ${this.instance}: it reads ` +
        "a parameter that the guard's path does not have. Only null says that a request is for no single resource",
    );
  }

  /** What a function of the app's gives; there is a warning where it is a promise that does not settle. */
  waitFor<Value>(callback: string, given: Value | PromiseLike<Value>): Value | Promise<Value> {
    return isPromise(given) ? watchPending(callback, given, () => describeRequest(this.request)) : given;
  }

  /** Tells observers how the request was decided, once it is answered. */
  publishAnswer(decided: Pick<Decided, "status" | "outcome" | "reported">): void {
    this.publish({ ...decided, route: this.#route(), resource: this.resource, actor: this.knownActor });
  }

  #route(): string | undefined {
    const { settings, request } = this;
    return settings.route?.(request.native) ?? settings.routeOf?.(request.native, this.#routeBefore);
  }

  /** The actor, also where a guard around this one has identified it. */
  get knownActor(): Actor | undefined {
    return this.actor ?? this.outer?.knownActor;
  }

  /** What the guard answers in place of the handler; in the app's own format, where it has one. */
  error({ refusal }: Refused): GuardError {
    const problem = problemOf(this, refusal);
    const content = formatProblem(this.settings.problem, problem, this.request.native);
    return new GuardError(problemResponse(problem, refusal, content), problem);
  }

  /** A state that the app has loaded, as this caller may see it. */
  select(loaded: Loaded, fault: TagFault = faultOfLoad): RowState {
    const { digest, represent } = this.settings;
    const { native } = this.request;
    const shape = { digest, represent: represent && ((value: unknown) => represent(value, native)) };
    return new RowState(shape, stateOf(loaded, fault));
  }

  /** The entity-tag of a state as a header has it. */
  etagOf(state: LoadedState, fault?: TagFault): string {
    return formatEntityTag(tagOfState(state, this.settings.digest, fault));
  }

  /** What caches are told of a state. */
  validators(state: RowState): Record<string, string> {
    const headers = this.cachingHeaders(this.settings.cacheControl);
    headers["etag"] = formatEntityTag(state.etag);
    const { modifiedAt } = state;
    if (modifiedAt !== undefined) headers["last-modified"] = lastModified({ modifiedAt });
    return headers;
  }

  /** The content as JSON, made of what the framework's parser has left; nothing where none has read it. */
  get parsed(): Exclude<ReadContent, Refused> | undefined {
    const { body } = this.request;
    if (body.kind !== "parsed") return undefined;
    this.#parsed ??= checkParsed(this.mediaType, body.value, jsonLimitsOf(this.settings.requestLimits));
    return this.#parsed;
  }

  /** The same, where it is sound. */
  get json(): Json | undefined {
    const { parsed } = this;
    return parsed?.kind === "content" ? parsed.value : undefined;
  }

  get content(): JsonObject | undefined {
    const { json } = this;
    return json !== undefined && isJsonObject(json) ? json : undefined;
  }

  get mediaType(): string {
    return parseMediaType(this.header("content-type") ?? "").essence;
  }
}
