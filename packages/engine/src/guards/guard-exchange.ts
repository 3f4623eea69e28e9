import {
  CallbackError,
  checkJson,
  formatEntityTag,
  isJsonObject,
  type Json,
  type JsonObject,
  type Problem,
  type ProblemSlug,
  type ResponsePlan,
} from "@unclash/core";
import type { Actor } from "../access/actor.js";
import { isObserved, publish } from "../access/observe.js";
import { jsonLimitsOf } from "../http/body.js";
import { parseMediaType } from "../http/media-type.js";
import { isSafe } from "../http/methods.js";
import { header, type RequestFacts } from "../http/request.js";
import { type ProblemDetails, planOfProblem, problemOf } from "../http/responses.js";
import { lastModified } from "../resources/written.js";
import type { LoadedState } from "../states/loaded-state.js";
import { modifiedAtOf, type TagFault, tagOfState } from "../states/row-state.js";
import { GuardError } from "./guard-error.js";
import type { GuardSettings } from "./guard-settings.js";

/** One request at a guard. */
export class GuardExchange {
  readonly settings: GuardSettings;
  readonly request: RequestFacts;
  readonly actor: Actor | undefined;
  /** The name of what the request is for; `undefined` where it is for no single resource. */
  readonly resource: string | undefined;
  /**
   * A PUT, PATCH or DELETE of no single resource. A router behind the guard may find one all the same, where it reads the path
   * otherwise, or where the guard's own path has no such parameter: so it goes no further.
   */
  isAstray = false;
  /** The version that the content names, where it is a text. */
  versionText: string | undefined;
  readonly #startedAt = performance.now();

  constructor(settings: GuardSettings, request: RequestFacts, actor: Actor | undefined) {
    this.settings = settings;
    this.request = request;
    this.actor = actor;
    this.resource =
      settings.resource === undefined ? (request.base + request.path).slice(1) : this.#named(settings.resource);
  }

  /**
   * The name that the app gives. To name nothing is to say that no state is held against the request: by a parameter that is
   * not there, a write would get past in silence.
   */
  #named(resource: NonNullable<GuardSettings["resource"]>): string | undefined {
    const { native, method } = this.request;
    const name = resource(native);
    if (typeof name === "string") return name;
    const isLoose = isSafe(method) || this.settings.load === undefined;
    if (name === null || (name === undefined && isLoose)) {
      this.isAstray = !isLoose && method !== "POST";
      return undefined;
    }
    const isMisspelt = (this.request.base + this.request.path).includes("//");
    if (name === undefined && (isMisspelt || this.settings.reportOnly)) {
      this.isAstray = true;
      return undefined;
    }
    throw new CallbackError(
      "resource",
      `must return the name of the resource, and returned ${name} for ${method} ${this.instance}: it reads a parameter that the ` +
        "guard's path does not have. Only null says that a request is for no single resource",
    );
  }

  /** The path of the request as its client knows it. */
  get instance(): string {
    return this.settings.publicPath + this.request.base + this.request.path;
  }

  readonly header = (name: string): string | undefined => header(this.request, name);

  /** What the guard answers in place of the handler; in the app's own format, where it has one. */
  refusal(slug: ProblemSlug, detail: string, details: ProblemDetails = {}): GuardError {
    return this.#answered(problemOf(this, slug, detail, details), slug, details.headers);
  }

  /** The same of an answer that was made without this guard. */
  adopt({ body, outcome, headers }: ResponsePlan): GuardError {
    return this.#answered(JSON.parse(body ?? "{}"), outcome, headers);
  }

  /** 503, for now: a store did not answer, and the handler has not run. */
  unavailable(detail: string): GuardError {
    const headers = { "retry-after": "1" };
    return this.refusal("store-unavailable", detail, { members: { outcome: "not-applied" }, headers });
  }

  #answered(problem: Problem, outcome: string, headers?: Readonly<Record<string, string>>): GuardError {
    const own = this.settings.problem?.(problem, this.request.native);
    const content = own === undefined || own === problem ? undefined : ownContent(own);
    return new GuardError(planOfProblem(problem, outcome, headers, content), problem);
  }

  /** Tells observers how the request was decided. */
  tell(status: number, outcome: string, more: { readonly strategy?: string; readonly reported?: string } = {}): void {
    if (!isObserved(this.settings.observe)) return;
    publish(this.settings.observe, {
      method: this.request.method,
      route: undefined,
      resource: this.resource,
      actor: this.actor?.name,
      status,
      outcome,
      strategy: more.strategy,
      attempts: 1,
      durationMs: performance.now() - this.#startedAt,
      ...(more.reported !== undefined && { reported: more.reported }),
    });
  }

  /** The entity-tag of a state as a header has it. */
  etagOf(state: LoadedState, fault?: TagFault): string {
    return formatEntityTag(tagOfState(state, this.settings.digest, fault));
  }

  /** What caches are told of a state: ask each time, so that nobody edits a remembered version. */
  validators(state: LoadedState, etag: string = this.etagOf(state)): Record<string, string> {
    const headers: Record<string, string> = this.cachingHeaders();
    headers["etag"] = etag;
    const modifiedAt = modifiedAtOf(state);
    if (modifiedAt !== undefined) headers["last-modified"] = lastModified({ modifiedAt });
    return headers;
  }

  /** The same of what has no state of its own, such as a list. */
  cachingHeaders(): Record<string, string> {
    const { cacheControl, vary } = this.settings;
    const headers = { "cache-control": cacheControl ?? (this.actor === undefined ? "no-cache" : "private, no-cache") };
    return vary === undefined ? headers : { ...headers, vary };
  }

  /** The content as the framework has parsed it, where it is sound JSON. */
  get json(): Json | undefined {
    const { body } = this.request;
    if (body.kind !== "parsed") return undefined;
    const checked = checkJson(body.value, jsonLimitsOf(this.settings.limits));
    return checked.kind === "sound" ? checked.value : undefined;
  }

  get content(): JsonObject | undefined {
    const { json } = this;
    return json !== undefined && isJsonObject(json) ? json : undefined;
  }

  /** What of a representation are fields: all but `id`, version and entity-tag. */
  fieldsOf(representation: JsonObject): JsonObject {
    const { versionField, etagField } = this.settings;
    const isField = ([name]: readonly [string, unknown]): boolean =>
      name !== "id" && name !== versionField && name !== etagField;
    return Object.fromEntries(Object.entries(representation).filter(isField));
  }

  get mediaType(): string {
    return parseMediaType(this.header("content-type") ?? "").essence;
  }
}

function ownContent(own: unknown): { readonly type: string; readonly text: string } {
  if (typeof own === "string") return { type: "text/plain; charset=utf-8", text: own };
  return { type: "application/json; charset=utf-8", text: JSON.stringify(own) ?? "" };
}
