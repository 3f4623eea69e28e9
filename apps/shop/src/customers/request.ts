import {
  type Conditions,
  idFault,
  type ParsedConditions,
  type ProblemEntry,
  parseConditions,
  type ResponsePlan,
  unsupportedConditions,
} from "@unclash/core";
import type { Json } from "@unclash/core/json";
import { type Identify, type PageRequest, RefusedCredentials, type RequestFacts, readPaging } from "unclash";
import { uuidv7 } from "uuidv7";
import { headerOf } from "./body.js";
import { type Change, mediaTypes, type TakenChange, takeChange } from "./change.js";
import { emptyReply, malformedReply, problemReply } from "./reply.js";

/** A well-formed request for customers: what is left is what the guard and the database have to say. */
export type CustomerRequest = (ListRequest | ReadRequest | WriteRequest) & {
  /** What stands before `/customers` in the path. */
  readonly base: string;
  /** The whole path, for problems. */
  readonly instance: string;
  readonly method: string;
};

export interface ListRequest extends PageRequest {
  readonly kind: "list";
  readonly conditions: Conditions;
}

export interface ReadRequest {
  readonly kind: "read";
  readonly id: string;
}

export interface WriteRequest {
  readonly kind: "write";
  /** That of the path; of a POST, that of the content, or a new one. */
  readonly id: string;
  /** The client chose the id. */
  readonly idGiven: boolean;
  readonly change: Change;
  /** The content as it was sent, for the guard; `undefined` where there is none. */
  readonly content: Json | undefined;
  readonly conditions: Conditions;
}

/** A request that may go on to the guard, or the answer to one that may not. */
export type TakenRequest =
  | { readonly kind: "taken"; readonly request: CustomerRequest }
  | { readonly kind: "answered"; readonly plan: ResponsePlan };

const pageSizes = { pageSizeDefault: 20, pageSizeMax: 100 };

const methods = {
  list: ["GET", "HEAD", "POST", "OPTIONS"],
  one: ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"],
} as const satisfies Record<string, readonly string[]>;

/**
 * Takes a request before any guard sees it, and answers what is the same whatever there is: 401, 404 of an unknown
 * path, 405, OPTIONS, then all that is malformed. Its path is `facts.path`, which begins with `/customers`.
 */
export async function takeRequest<Native>(
  facts: RequestFacts<Native>,
  identify: Identify<Native>,
): Promise<TakenRequest> {
  const instance = facts.base + facts.path;
  try {
    await identify(facts);
  } catch (thrown) {
    if (!(thrown instanceof RefusedCredentials)) throw thrown;
    const headers = { "www-authenticate": thrown.challenge };
    return answered(problemReply(instance, "unauthenticated", "The credentials are wrong.", { headers }));
  }
  const [, rawId, rest] = facts.path.split("/", 4).slice(1);
  if (rawId === "" || rest !== undefined || !/^\/customers(?:\/|$)/.test(facts.path)) {
    return answered(problemReply(instance, "not-found", "There is nothing at this path."));
  }
  const allowed: readonly string[] = rawId === undefined ? methods.list : methods.one;
  const allow = { allow: allowed.join(", ") };
  if (facts.method === "OPTIONS") return answered(emptyReply(204, "ok", { ...allow, ...acceptPatch(allowed) }));
  if (!allowed.includes(facts.method)) {
    const detail = `The methods here are ${allow.allow}.`;
    return answered(problemReply(instance, "method-not-allowed", detail, { headers: allow }));
  }
  return rawId === undefined ? takeList(facts, instance) : takeOne(facts, instance, rawId);
}

function acceptPatch(allowed: readonly string[]): Readonly<Record<string, string>> {
  return allowed.includes("PATCH") ? { "accept-patch": mediaTypes.PATCH.join(", ") } : {};
}

async function takeList(facts: RequestFacts, instance: string): Promise<TakenRequest> {
  if (facts.method === "POST") return takeWrite(facts, instance, "POST", undefined);
  const errors: ProblemEntry[] = [];
  const paging = readPaging(new URLSearchParams(facts.query), pageSizes, errors);
  if (errors.length === 0 && paging.after !== undefined && idFault(paging.after) !== undefined) {
    errors.push({ code: "malformed-cursor", parameter: "after", detail: "`after` is not a cursor of this list." });
  }
  const parsed = conditionsOf(facts);
  if (parsed.kind === "malformed") errors.push(...parsed.errors);
  if (errors.length > 0 || parsed.kind === "malformed") return answered(malformedReply(instance, errors));
  const { base, method } = facts;
  return taken({ kind: "list", base, instance, method, ...paging, conditions: parsed.conditions });
}

async function takeOne(facts: RequestFacts, instance: string, rawId: string): Promise<TakenRequest> {
  const decoded = decodeId(rawId);
  if ("detail" in decoded) return answered(malformedReply(instance, [decoded]));
  const { base, method } = facts;
  if (method === "PUT" || method === "PATCH" || method === "DELETE")
    return takeWrite(facts, instance, method, decoded.id);
  return taken({ kind: "read", base, instance, method, id: decoded.id });
}

async function takeWrite(
  facts: RequestFacts,
  instance: string,
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  addressed: string | undefined,
): Promise<TakenRequest> {
  const errors: ProblemEntry[] = [];
  const content = await takeChange(facts, method, addressed, errors);
  if (content.kind === "refused") return answered(content.plan);
  const parsed = conditionsOf(facts, content);
  if (parsed.kind === "malformed") errors.push(...parsed.errors);
  else if (method === "POST") errors.push(...unsupportedConditions(parsed.conditions));
  if (errors.length > 0 || parsed.kind === "malformed") return answered(malformedReply(instance, errors));
  const given = addressed ?? content.id;
  return taken({
    kind: "write",
    base: facts.base,
    instance,
    method,
    id: given ?? uuidv7(),
    idGiven: given !== undefined,
    change: content.change,
    content: content.content,
    conditions: parsed.conditions,
  });
}

function conditionsOf(
  facts: RequestFacts,
  { version, etag }: Pick<TakenChange, "version" | "etag"> = {},
): ParsedConditions {
  const named = { ...(version !== undefined && { version }), ...(etag !== undefined && { etag }) };
  return parseConditions((name) => headerOf(facts, name), { method: facts.method, now: Date.now(), ...named });
}

function decodeId(raw: string): { readonly id: string } | ProblemEntry {
  try {
    const id = decodeURIComponent(raw);
    const fault = idFault(id);
    return fault === undefined ? { id } : { ...fault, parameter: "id" };
  } catch {
    return { code: "malformed-id", parameter: "id", detail: "An id must be percent-encoded UTF-8." };
  }
}

function answered(plan: ResponsePlan): TakenRequest {
  return { kind: "answered", plan };
}

function taken(request: CustomerRequest): TakenRequest {
  return { kind: "taken", request };
}
