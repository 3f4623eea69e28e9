import { isJsonObject } from "@unclash/core/json";
import { applyChange } from "../conflicts/change.js";
import type { StaleStates } from "../conflicts/merge-states.js";
import type { Strategy } from "../conflicts/strategy.js";
import { entriesIn, noObject, type Refused } from "../http/refusal.js";
import { fieldsOf } from "../states/representation.js";
import { validate } from "../states/schema.js";
import { entriesForCaller } from "./callers-names.js";
import type { CollectionExchange } from "./collection-exchange.js";
import { type Between, targetOf } from "./loss.js";
import { inNewestShape } from "./newest-shape.js";
import type { WriteRequest } from "./write-request.js";

/** What a strategy has to look at. By name, it is held against the schema before, as it would be as a write. */
export async function statesOf(
  exchange: CollectionExchange,
  request: WriteRequest,
  { base, current }: Between,
  strategy: Strategy,
): Promise<StaleStates | Refused> {
  const states = { base: base.fields(), current: current.fields() };
  const { change, collection } = request;
  if (change.kind === "delete") return { ...states, proposed: null };
  const applied = applyChange(change, base.representation(), targetOf(exchange, request));
  if (applied.kind === "refused") return applied;
  const content = await inNewestShape(exchange, request, applied.value, base);
  const isByName = typeof strategy !== "function";
  if (content.kind === "refused") return isByName ? { ...states, proposed: null, faults: entriesIn(content) } : content;
  if (!isJsonObject(content.value))
    return { ...states, proposed: null, ...(isByName && { faults: entriesIn(noObject) }) };
  if (!isByName) return { ...states, proposed: content.value };
  const checked = await validate(collection, content.value, exchange.settings.requestLimits.errorsMax);
  if (checked.kind === "valid") return { ...states, proposed: fieldsOf(collection, checked.fields) };
  return { ...states, proposed: content.value, faults: entriesForCaller(collection, checked.errors, content.shown) };
}
