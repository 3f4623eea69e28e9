import { idFault, type ProblemEntry, type ResponsePlan } from "@unclash/core";
import type { Identify, RequestFacts } from "unclash";
import { parseMediaType } from "unclash/adapter";
import { emptyReply, problemReply, type Refusal } from "./reply.js";

/** A request for the customers, or for one, that goes on to the guard. */
export interface CustomerRequest extends Pick<RequestFacts, "method" | "base" | "headers"> {
  /** The whole path, for problems. */
  readonly instance: string;
  /** That of the path; none on the list's. */
  readonly id: string | undefined;
  /** What was sent, as a parser of the framework would leave it. */
  readonly content: unknown;
}

/** A request that may go on to the guard, or the answer to one that may not. */
export type TakenRequest =
  | { readonly kind: "taken"; readonly request: CustomerRequest }
  | { readonly kind: "answered"; readonly plan: ResponsePlan };

const methods = {
  list: ["GET", "HEAD", "POST", "OPTIONS"],
  one: ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"],
};

const bytesMax = 1_048_576;

/** Answers what is the same whatever there is: 404 of an unknown path, 405, OPTIONS, 400, 413; reads the content. */
export async function takeRequest<Native>(
  facts: RequestFacts<Native>,
  identify: Identify<Native>,
): Promise<TakenRequest> {
  const { method, base, path, headers } = facts;
  const instance = base + path;
  const taken = (id?: string, content?: unknown): TakenRequest => {
    return { kind: "taken", request: { method, base, headers, instance, id, content } };
  };
  const answer = (plan: ResponsePlan): TakenRequest => ({ kind: "answered", plan });
  const refuse = (refusal: Refusal): TakenRequest => answer(problemReply(instance, refusal));
  // Whoever comes with wrong credentials is answered by the guard.
  if (!(await isKnown(facts, identify))) return taken(path);
  const [found, rawId] = /^\/customers(?:\/([^/]+))?$/.exec(path) ?? [];
  if (found === undefined) return refuse({ slug: "not-found", detail: "There is nothing at this path." });
  const allowed = rawId === undefined ? methods.list : methods.one;
  const allow = { allow: allowed.join(", ") };
  if (method === "OPTIONS")
    return answer(
      emptyReply(204, "ok", rawId === undefined ? allow : { ...allow, "accept-patch": patchTypes.join(", ") }),
    );
  if (!allowed.includes(method))
    return refuse({ slug: "method-not-allowed", detail: `The methods here are ${allow.allow}.`, headers: allow });
  const id = rawId === undefined ? undefined : decodeId(rawId);
  if (typeof id === "object")
    return refuse({ slug: "malformed-request", detail: id.detail, members: { errors: [id] } });
  if (!["POST", "PUT", "PATCH"].includes(method)) return taken(id);
  // Content of another media type the guard refuses, unread.
  if (!/^application\/(?:.+\+)?json$/.test(parseMediaType(String(headers["content-type"] ?? "")).essence))
    return taken(id, "");
  const read = await readContent(facts);
  return read.kind === "refused" ? refuse(read.refusal) : taken(id, read.content);
}

/** Reads content as the parser of a framework would. */
async function readContent({
  headers,
  body,
}: RequestFacts): Promise<
  { readonly kind: "read"; readonly content: unknown } | { readonly kind: "refused"; readonly refusal: Refusal }
> {
  if (body.kind === "parsed") return { kind: "read", content: body.value };
  const coding = String(headers["content-encoding"] ?? "identity")
    .trim()
    .toLowerCase();
  if (coding !== "identity" && coding !== "") {
    const accepted = { "accept-encoding": "identity" };
    const detail = "The content must not be encoded.";
    return { kind: "refused", refusal: { slug: "unsupported-media-type", detail, headers: accepted } };
  }
  const isLarge = Number(headers["content-length"] ?? 0) > bytesMax;
  const read = isLarge ? ({ kind: "too-large" } as const) : await body.read(bytesMax);
  if (read.kind !== "too-large") return { kind: "read", content: read.kind === "bytes" ? read.bytes : "" };
  const detail = `The content may have at most ${bytesMax} bytes.`;
  return { kind: "refused", refusal: { slug: "payload-too-large", detail } };
}

const patchTypes = ["application/merge-patch+json", "application/json-patch+json"];

async function isKnown<Native>(facts: RequestFacts<Native>, identify: Identify<Native>): Promise<boolean> {
  try {
    await identify(facts);
    return true;
  } catch {
    return false;
  }
}

function decodeId(raw: string): string | ProblemEntry {
  try {
    const id = decodeURIComponent(raw);
    const fault = idFault(id);
    return fault === undefined ? id : { ...fault, parameter: "id" };
  } catch {
    return { code: "malformed-id", parameter: "id", detail: "An id must be percent-encoded UTF-8." };
  }
}
