import type { Answered, Outcome } from "./history.js";
import type { HttpAnswer, NoAnswer } from "./http-client.js";

/**
 * What an answer tells of a resource: a representation, the tombstone's version of a 410, what is current instead in a
 * conflict. A 5xx leaves open what happened, unless it says that nothing was applied.
 *
 * `known` is what a 304 confirms.
 */
export function readAnswer(
  answer: HttpAnswer | NoAnswer,
  known?: { readonly etag: string; readonly version: number },
): Outcome {
  if (!("status" in answer)) return answer;
  const { status, headers, body } = answer;
  if (status === 304) return { kind: "answered", status, ...known };
  if (status === 204) return { kind: "answered", status };
  const content: unknown = parse(body);
  if (status >= 500) {
    const said = member(content, "outcome");
    return said === "not-applied" ? { kind: "answered", status } : { kind: "unknown", why: `${status}: ${body}` };
  }
  if (status < 300) return { kind: "answered", status, ...stateOf(content, headers["etag"]), body };
  if (status === 410) return { kind: "answered", status, ...stateOf(content, undefined) };
  const current = member(content, "current");
  const representation = member(current, "representation");
  const text = representation === undefined ? {} : { body: JSON.stringify(representation) };
  return { kind: "answered", status, ...stateOf(current, member(current, "etag")), ...text };
}

function stateOf(content: unknown, etag: unknown): Pick<Answered, "version" | "etag"> {
  const version = member(content, "version");
  return { ...(typeof version === "number" && { version }), ...(typeof etag === "string" && { etag }) };
}

/** A member of what may be an object. */
export function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
