import { isJsonObject } from "@unclash/core/json";
import { applyChange, type ChangeTarget, replacesState } from "../conflicts/change.js";
import { comparedBytesMax, type Loss } from "../conflicts/conflict.js";
import {
  type Content,
  contentOf,
  fieldsIn,
  fieldsOf,
  isUnchanged,
  parseRepresentation,
  shownShape,
} from "../states/representation.js";
import { validateShape } from "../states/schema.js";
import type { RecordState } from "../states/selected-state.js";
import { schemaForCaller } from "./collection.js";
import type { CollectionExchange } from "./collection-exchange.js";
import type { WriteRequest } from "./write-request.js";

/** The states that a stale write lies between. */
export interface Between {
  readonly base: RecordState;
  readonly current: RecordState;
}

/** What a change of this request applies to. */
export function targetOf({ settings }: CollectionExchange, { key, collection }: WriteRequest): ChangeTarget {
  return { resource: key, ownMembers: collection.ownMembers, limits: settings.requestLimits };
}

/** What a write that a strategy lets through goes over, for observers; nothing where that costs too much to say. */
export function lossIfSettled(
  exchange: CollectionExchange,
  request: WriteRequest,
  { base, current }: Between,
): Pick<Loss, "since" | "proposed"> | undefined {
  const { change, collection } = request;
  if (base.exceeds(comparedBytesMax) || current.exceeds(comparedBytesMax)) return undefined;
  const before = base.representation();
  const since = { base: fieldsOf(collection, before), current: fieldsOf(collection, current.representation()) };
  if (change.kind === "delete") return { since, proposed: undefined };
  const applied = applyChange(change, replacesState(change) ? {} : before, targetOf(exchange, request));
  if (applied.kind === "refused" || !isJsonObject(applied.value)) return undefined;
  return { since, proposed: fieldsOf(collection, applied.value) };
}

/** What a refused write would lose, as far as its sender may know. */
export async function lossOf(
  exchange: CollectionExchange,
  request: WriteRequest,
  { base, current }: Pick<Between, "current"> & { readonly base: RecordState | undefined },
): Promise<Loss> {
  const { collection, id, key } = request;
  const proposed = await proposedContent(exchange, request, base ?? current);
  const identical =
    proposed !== undefined && isUnchanged(collection, id, current.record, proposed, shownShape(collection));
  const isCompared = base !== undefined && !base.exceeds(comparedBytesMax) && !current.exceeds(comparedBytesMax);
  if (!isCompared) return { identical, proposed: undefined };
  // What was before is not for who may only see what is.
  const verdict = await exchange.ask("history", key, fieldsIn(collection, current.record));
  if (verdict !== "allow") return { identical, proposed: undefined };
  return {
    identical,
    proposed: proposed && parseRepresentation(proposed.text),
    since: {
      base: fieldsOf(collection, base.representation()),
      current: fieldsOf(collection, current.representation()),
    },
  };
}

/**
 * The fields that the write would have left behind, had nobody been faster; as the schema takes them, where it does.
 */
async function proposedContent(
  exchange: CollectionExchange,
  request: WriteRequest,
  onto: RecordState,
): Promise<Content | undefined> {
  const { change, collection } = request;
  if (change.kind === "delete") return undefined;
  const representation = replacesState(change) ? {} : onto.representation();
  const applied = applyChange(change, representation, targetOf(exchange, request));
  if (applied.kind === "refused" || !isJsonObject(applied.value)) return undefined;
  const { errorsMax } = exchange.settings.requestLimits;
  const checked = await validateShape(schemaForCaller(collection), applied.value, errorsMax);
  // As the text would say it: what a schema makes of a date, say, is compared with what was stored.
  return contentOf(checked.kind === "valid" ? fieldsOf(collection, checked.fields) : applied.value);
}
