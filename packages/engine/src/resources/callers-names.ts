import { CallbackError, type ProblemEntry } from "@unclash/core";
import { evaluatePointer, type Json, type JsonObject, parsePointer } from "@unclash/core/json";
import { sentences } from "../http/sentences.js";
import type { Collection } from "./collection.js";
import type { StateFault } from "./transitions.js";

// What is refused in the newest shape is told in the names of the caller's API version.

type Viewed = Pick<Collection, "view">;

/** Whether the caller's names are those of the newest shape. */
function isNewest({ view }: Viewed): boolean {
  return view === undefined || view.chain.isSame(view.chain.newest, view.version.number);
}

/**
 * A JSON Pointer into the newest shape, as the caller's API version has it: the nearest place above where it has none.
 *
 * @param fields those that it leads into, where they are known
 */
export function pointerForCaller(
  collection: Viewed,
  pointer: string,
  fields: () => JsonObject | undefined = () => undefined,
): string {
  const { view } = collection;
  if (view === undefined || isNewest(collection)) return pointer;
  const { chain, version } = view;
  return chain.renamePointer(pointer, chain.newest, version.number, shownToCaller(collection, fields()) ?? {});
}

/** The entries of a problem about fields of the newest shape. */
export function entriesForCaller(
  collection: Viewed,
  errors: readonly ProblemEntry[],
  fields: JsonObject,
): readonly ProblemEntry[] {
  if (isNewest(collection)) return errors;
  return errors.map((entry) => {
    const { pointer } = entry;
    return pointer === undefined ? entry : { ...entry, pointer: pointerForCaller(collection, pointer, () => fields) };
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
  const field = pointerForCaller(collection, fault.field, () => after);
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

/** What a member of the newest shape would be in the caller's API version, had it this value. */
function valueForCaller(
  collection: Viewed,
  { pointer, value, fields }: { readonly pointer: string; readonly value: Json; readonly fields: JsonObject },
): Json | undefined {
  const [name, ...below] = tokensOf(pointer);
  if (name === undefined || below.length > 0) return undefined;
  const shown = shownToCaller(collection, { ...fields, [name]: value });
  const tokens = shown && tokensOf(pointerForCaller(collection, pointer, () => fields));
  return tokens === undefined || tokens.length === 0 ? undefined : evaluatePointer(shown ?? {}, tokens);
}

function tokensOf(pointer: string): readonly string[] {
  const parsed = parsePointer(pointer);
  return parsed.kind === "pointer" ? parsed.tokens : [];
}

/**
 * Fields as the caller's API version shows them. What is refused need not be in any shape: where the app's `down` can't
 * convert it, there is nothing to look at, and the schemas alone say which places there are.
 */
function shownToCaller({ view }: Viewed, fields: JsonObject | undefined): JsonObject | undefined {
  if (view === undefined || fields === undefined) return fields;
  try {
    return view.chain.convert(fields, view.chain.newest, view.version.number);
  } catch (thrown) {
    if (thrown instanceof CallbackError) return undefined;
    throw thrown;
  }
}
