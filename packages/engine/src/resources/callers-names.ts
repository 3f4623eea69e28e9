import { CallbackError, type ProblemEntry } from "@unclash/core";
import { evaluatePointer, type Json, type JsonObject, parsePointer } from "@unclash/core/json";
import { sentences } from "../http/sentences.js";
import type { Collection } from "./collection.js";
import type { InitialFault, StateFault } from "./transitions.js";

// What is refused in the newest shape is told in the names of the caller's API version.

type Viewed = Pick<Collection, "view">;

/** Whether the caller's API version shows states in the newest shape, names and all. */
export function isNewest({ view }: Viewed): boolean {
  return view === undefined || view.chain.isSame(view.chain.newest, view.version.number);
}

/**
 * A JSON Pointer into the newest shape, as the caller's API version has it: the nearest place above where it has none.
 *
 * @param shown the fields that it leads into as that version has them, where they are known
 */
export function pointerForCaller({ view }: Viewed, pointer: string, shown: JsonObject = {}): string {
  if (view === undefined || isNewest({ view })) return pointer;
  const { chain, version } = view;
  return chain.renamePointer(pointer, chain.newest, version.number, shown);
}

/**
 * The entries of a problem about fields of the newest shape.
 *
 * @param shown those fields as the caller's API version has them, where they are known
 */
export function entriesForCaller(
  collection: Viewed,
  errors: readonly ProblemEntry[],
  shown: JsonObject | undefined,
): readonly ProblemEntry[] {
  if (isNewest(collection)) return errors;
  return errors.map((entry) => {
    const { pointer } = entry;
    return pointer === undefined ? entry : { ...entry, pointer: pointerForCaller(collection, pointer, shown) };
  });
}

/**
 * A fault of a change, with the values that the caller's API version has for those of its field. Of a field that this
 * does not show, nothing is told but that the change is not allowed.
 */
export function faultForCaller(
  collection: Viewed,
  fault: StateFault,
  { before, after }: { readonly before: JsonObject | undefined; readonly after: JsonObject },
): StateFault {
  if (isNewest(collection)) return fault;
  const field = pointerForCaller(collection, fault.field, shownToCaller(collection, after));
  const { from, to, allowed, ...told } = fault;
  if (allowed === undefined) return { ...told, field };
  const shownAs = (value: Json | undefined): Json | undefined =>
    value === undefined
      ? undefined
      : valueForCaller(collection, { pointer: fault.field, value, fields: before ?? after });
  const values = { from: shownAs(from), to: shownAs(to) };
  const steps = allowed.map(shownAs).filter((value) => value !== undefined);
  if (field === "" || values.from === undefined || values.to === undefined) {
    return { field, detail: sentences.changeNotAllowed };
  }
  const name = field.slice(1);
  const detail = sentences.transition(name, JSON.stringify(values.from), JSON.stringify(values.to));
  return { field, detail, from: values.from, to: values.to, allowed: steps };
}

/**
 * The entry of a problem about a field of a new resource that does not start as it must, with the values that the
 * caller's API version has for those that it may start with.
 */
export function initialEntryForCaller(
  collection: Viewed,
  { field, initial }: InitialFault,
  fields: JsonObject,
): ProblemEntry {
  const pointer = pointerForCaller(collection, field, shownToCaller(collection, fields));
  const shown = isNewest(collection)
    ? initial
    : initial.flatMap((value) => valueForCaller(collection, { pointer: field, value, fields }) ?? []);
  const names = [...new Set(shown.map((value) => JSON.stringify(value)))].join(" or ");
  const isShown = pointer !== "" && names !== "";
  return { pointer, detail: isShown ? sentences.initialState(names) : sentences.startNotAllowed };
}

/** What a member of the newest shape would be in the caller's API version, had it this value. */
function valueForCaller(
  collection: Viewed,
  { pointer, value, fields }: { readonly pointer: string; readonly value: Json; readonly fields: JsonObject },
): Json | undefined {
  const [name, ...below] = tokensOf(pointer);
  if (name === undefined || below.length > 0) return undefined;
  const shown = shownToCaller(collection, { ...fields, [name]: value });
  const tokens = tokensOf(pointerForCaller(collection, pointer, shown));
  return shown === undefined || tokens.length === 0 ? undefined : evaluatePointer(shown, tokens);
}

function tokensOf(pointer: string): readonly string[] {
  const parsed = parsePointer(pointer);
  return parsed.kind === "pointer" ? parsed.tokens : [];
}

/**
 * Fields of the newest shape as the caller's API version shows them. A state that rules refuse, or one that they could
 * have led to, need not be in any shape: where the app's `down` can't convert it, there is nothing to look at, and the
 * schemas alone say which places there are.
 */
export function shownToCaller({ view }: Viewed, fields: JsonObject | undefined): JsonObject | undefined {
  if (view === undefined || fields === undefined || isNewest({ view })) return fields;
  try {
    return view.chain.convert(fields, view.chain.newest, view.version.number);
  } catch (thrown) {
    if (thrown instanceof CallbackError) return undefined;
    throw thrown;
  }
}
