import type { ProblemEntry } from "@unclash/core";
import { isJsonObject, type Json, type JsonObject } from "@unclash/core/json";
import type { Key, Reading, Write } from "@unclash/core/store";
import { readByKey } from "../commits/snapshot.js";
import { invalidContent, noObject, type Refused, refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { type Content, contentOf, fieldsIn, fieldsOf, type State } from "../states/representation.js";
import { validate } from "../states/schema.js";
import { entriesForCaller, faultForCaller, initialEntryForCaller } from "./callers-names.js";
import type { CollectionExchange } from "./collection-exchange.js";
import { warnOfOwnMembers } from "./collection-fields.js";
import { warnOfOtherContent } from "./newest-shape.js";
import type { Reference } from "./references.js";
import { referenceWrites, referredKey } from "./referrers.js";
import { type ChangeRule, type FieldChange, initialFaults, type StateFault, stateFault } from "./transitions.js";
import type { WriteRequest } from "./write-request.js";

/** A state that may be written, with what must still hold when it is; or why it may not. */
export type Validated =
  | {
      readonly kind: "valid";
      readonly content: Content;
      readonly reads: readonly Reading[];
      readonly writes: readonly Write[];
    }
  | Refused;

/** A proposed state. */
export interface Proposed {
  readonly value: Json;
  /** The same as the caller's API version has it, where that has another shape, and the caller has sent it. */
  readonly shown?: JsonObject;
}

/**
 * Checks a proposed state: its schema (422), what rules forbid (403), start values and references (422), then steps of
 * states and rules (409).
 */
export async function validateWrite(
  exchange: CollectionExchange,
  request: WriteRequest,
  { value: proposed, shown }: Proposed,
  current: State | undefined,
): Promise<Validated> {
  const { collection } = request;
  if (!isJsonObject(proposed)) return noObject;
  const checked = await validate(collection, proposed, exchange.settings.requestLimits.errorsMax);
  if (checked.kind === "invalid") {
    warnOfOwnMembers(collection, checked.errors);
    return invalidContent(entriesForCaller(collection, checked.errors, shown), checked.count);
  }
  const fields = fieldsOf(collection, checked.fields);
  const before = comparesStates(request) ? fieldsIn(collection, current)() : undefined;
  const ruled = applyRules(request, { before, after: fields, actor: exchange.actor });
  if (ruled === "forbidden") {
    const { key, idGiven } = request;
    const resource = idGiven ? key : `${collection.name}/*`;
    return exchange.notPermitted(current === undefined ? "create" : "change", resource);
  }
  const references = changedReferences(exchange, request, before, fields);
  const missing = entriesForCaller(collection, await missingReferences(exchange, references), shown);
  const misplaced = current === undefined ? initialFaults(collection.states, fields) : [];
  const errors = [...misplaced.map((each) => initialEntryForCaller(collection, each, fields)), ...missing];
  if (errors.length > 0) return invalidContent(errors);
  const fault = (before && stateFault(collection.states, before, fields)) ?? ruled;
  if (fault !== undefined) {
    const isShown = before === undefined || (await exchange.mayRead(request.key, fieldsIn(collection, current)));
    const told = faultForCaller(collection, fault, { before, after: fields });
    return invalidState(request, isShown ? told : withoutState(told));
  }
  warnOfOtherContent(collection, shown, fields);
  return {
    kind: "valid",
    content: contentOf(fields),
    reads: references.flatMap(({ key }) => (key === undefined ? [] : { key, expect: "present" })),
    writes: referenceWrites(exchange.settings.requestLimits, request, () => before, fields),
  };
}

/** Parsing the current state costs as much as all the rest: it is done only where a rule asks for it. */
function comparesStates({ collection }: WriteRequest): boolean {
  return collection.states.size > 0 || collection.rules.length > 0 || collection.references.length > 0;
}

interface SetReference extends Pick<Reference, "field" | "collection"> {
  /** `undefined`: what stands there can't be an id. */
  readonly key: Key | undefined;
}

/**
 * The references that this write sets; one that stays may name what is gone meanwhile. One to the resource itself leads
 * to what the write leaves behind.
 */
function changedReferences(
  exchange: CollectionExchange,
  { collection, key: own }: WriteRequest,
  before: JsonObject | undefined,
  after: JsonObject,
): readonly SetReference[] {
  return collection.references.flatMap((reference) => {
    const { field, collection: target } = reference;
    const id = after[field];
    if (id === undefined || id === null || id === before?.[field]) return [];
    const key = referredKey(exchange.settings.requestLimits, reference, after);
    return key === own ? [] : [{ field, collection: target, key }];
  });
}

async function missingReferences(
  exchange: CollectionExchange,
  references: readonly SetReference[],
): Promise<readonly ProblemEntry[]> {
  if (references.length === 0) return [];
  const snapshot = await readByKey(
    exchange.reader,
    references.flatMap(({ key }) => key ?? []),
  );
  const errors: ProblemEntry[] = [];
  for (const { field, collection, key } of references) {
    const found = key === undefined ? undefined : snapshot.record(key);
    const target = exchange.settings.collections.get(collection);
    const exists =
      target !== undefined &&
      found !== undefined &&
      found.deleted !== true &&
      (await exchange.mayRead(found.key, fieldsIn(target, found)));
    if (!exists) errors.push({ pointer: `/${field}`, detail: sentences.noReferred });
  }
  return errors;
}

/** The refusal of the first rule that refuses. */
function applyRules({ collection }: WriteRequest, change: FieldChange): ReturnType<ChangeRule> {
  for (const rule of collection.rules) {
    const refusal = rule(change);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** What is left of a fault for who may not read the state that it tells of. */
function withoutState({ field }: StateFault): StateFault {
  return { field, detail: sentences.changeNotAllowed };
}

function invalidState({ key }: WriteRequest, { detail, ...fault }: StateFault): Refused {
  return refused("invalid-state", detail, { members: { resource: key, ...fault } });
}
