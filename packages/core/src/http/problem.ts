/** The last part of a problem's `type`: what can go wrong. */
export type ProblemSlug =
  | "malformed-request"
  | "unauthenticated"
  | "forbidden"
  | "not-found"
  | "gone"
  | "method-not-allowed"
  | "not-acceptable"
  | "api-version-ended"
  | "unsupported-media-type"
  | "version-conflict"
  | "duplicate"
  | "invalid-state"
  | "conflict-closed"
  | "idempotency-in-progress"
  | "idempotency-key-reused"
  | "validation-failed"
  | "precondition-required"
  | "payload-too-large"
  | "quota-exceeded"
  | "store-unavailable";

/** The status and the title of each problem type (RFC 9457 §3.1). */
const problems: Readonly<Record<ProblemSlug, { readonly status: number; readonly title: string }>> = {
  "malformed-request": { status: 400, title: "The request is malformed" },
  unauthenticated: { status: 401, title: "Credentials are missing or wrong" },
  forbidden: { status: 403, title: "Not allowed" },
  "not-found": { status: 404, title: "Not found" },
  gone: { status: 410, title: "The resource was deleted" },
  "method-not-allowed": { status: 405, title: "The method is not allowed here" },
  "not-acceptable": { status: 406, title: "No such representation" },
  "api-version-ended": { status: 410, title: "The API version has ended" },
  "unsupported-media-type": { status: 415, title: "The media type is not supported here" },
  "version-conflict": { status: 409, title: "The resource has changed" },
  duplicate: { status: 409, title: "The value is taken" },
  "invalid-state": { status: 409, title: "The state of the resource does not allow this change" },
  "conflict-closed": { status: 409, title: "The conflict is closed" },
  "idempotency-in-progress": { status: 409, title: "A request with this key is still running" },
  "idempotency-key-reused": { status: 422, title: "The key was used for another request" },
  "validation-failed": { status: 422, title: "The content is not valid" },
  "precondition-required": { status: 428, title: "A precondition is required" },
  "payload-too-large": { status: 413, title: "The body is too large" },
  "quota-exceeded": { status: 429, title: "The quota is used up" },
  "store-unavailable": { status: 503, title: "The store is not available" },
};

/** All that can go wrong. */
export const problemSlugs: readonly string[] = Object.keys(problems);

export function isProblemSlug(value: unknown): value is ProblemSlug {
  return typeof value === "string" && Object.hasOwn(problems, value);
}

/** An entry of a problem's `errors`: what is wrong, and where. */
export interface ProblemEntry {
  readonly code?: string;
  readonly detail: string;
  /** JSON Pointer into the body (RFC 6901). */
  readonly pointer?: string;
  readonly header?: string;
  readonly parameter?: string;
}

/** A problem details object (RFC 9457 §3.1), with the extension members of its type at top level (§3.2). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  /** The path of the request that met it. */
  readonly instance: string;
  readonly [member: string]: unknown;
}

export interface ProblemRequest {
  readonly slug: ProblemSlug;
  readonly detail: string;
  readonly instance: string;
  /** What stands before the slug in `type`. @default "urn:problem-type:unclash:" */
  readonly typePrefix?: string;
  /** For the one type whose status can be set: `version-conflict`, 409 or 412. */
  readonly status?: number;
  /** Extension members; one whose value is `undefined` is left out. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** What `type` begins with unless the app says otherwise. */
export const problemTypePrefix = "urn:problem-type:unclash:";

/** Makes a problem details object. Its members stand in the order: standard ones first, extensions after. */
export function createProblem(request: ProblemRequest): Problem {
  const { slug, detail, instance, typePrefix = problemTypePrefix, members = {} } = request;
  const { status, title } = problems[slug];
  return { type: typePrefix + slug, title, status: request.status ?? status, detail, instance, ...members };
}
