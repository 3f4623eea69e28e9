import { type Conditions, satisfiesRequirement } from "@unclash/core";
import { type Refused, refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";

/** Which preconditions a resource requires of writes. */
export interface Requirement {
  readonly preconditionRequired: boolean;
  readonly datesSuffice: boolean;
  readonly versionField: string | false;
}

/**
 * Whether a write lacks its precondition. An absent resource is created only by who says that it is absent: a date says
 * nothing about it.
 *
 * @param isDated whether it is there, and known when it was written
 */
export function lacksPrecondition(
  { preconditionRequired, datesSuffice }: Requirement,
  method: string,
  conditions: Conditions,
  isDated: boolean,
): boolean {
  return preconditionRequired && !satisfiesRequirement(method, conditions, { datesSuffice: datesSuffice && isDated });
}

/** 428, with what to send. */
export function preconditionRequired(
  { versionField }: Requirement,
  { resource, path, creates }: { readonly resource: string; readonly path: string; readonly creates: boolean },
): Refused {
  const field = versionField === false ? "" : `, or its ${versionField} in the content`;
  const creation = creates ? "; to create it by PUT, send If-None-Match: *" : "";
  const detail = sentences.preconditionRequired(resource, field + creation);
  return refused("precondition-required", detail, { members: { links: { resource: path } } });
}
