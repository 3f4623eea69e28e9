import { parseIndex } from "./pointer.js";
import { isJsonArray, isJsonObject, type Json, type JsonObject } from "./value.js";

/**
 * A document that is being edited. What it was made from never changes: an object or array is copied when it is first
 * edited, and that copy is the draft's own, edited in place from then on. So an edit costs the copies of its path once,
 * giving up costs nothing, and what was not edited is shared with the document.
 *
 * What is the draft's own hangs only on what is its own too, and in one place: see `share`.
 */
export interface Draft {
  root: Json;
  /** The draft's own arrays and objects, each under itself: this is what makes them writable. */
  readonly ownArrays: WeakMap<object, Json[]>;
  readonly ownObjects: WeakMap<object, Record<string, Json>>;
}

/** Begins a draft of a document. */
export function createDraft(document: Json): Draft {
  return { root: document, ownArrays: new WeakMap(), ownObjects: new WeakMap() };
}

/** A step from an object or array to what it has, or may get, under an index or a name. */
type Step<List, Members> =
  | { readonly kind: "item"; readonly in: List; readonly at: number }
  | { readonly kind: "member"; readonly in: Members; readonly at: string };

/** Where tokens lead. It is good until the next edit. */
export interface Place {
  readonly kind: "place";
  /** No steps: the whole document. */
  readonly path: readonly Step<readonly Json[], JsonObject>[];
  /** What is there; `undefined` where nothing is, but something can be added. */
  readonly value: Json | undefined;
}

/** Why tokens lead nowhere: nothing is there, or (`malformed`) nothing could be in any array (RFC 6901 §4). */
export interface NoPlace {
  readonly kind: "missing" | "malformed";
  readonly detail: string;
}

/** Follows tokens through the draft. `-` is the place past an array's end. */
export function findPlace(draft: Draft, tokens: readonly string[]): Place | NoPlace {
  const path: Step<readonly Json[], JsonObject>[] = [];
  let value: Json | undefined = draft.root;
  for (const token of tokens) {
    if (isJsonArray(value)) {
      const at: number | undefined = token === "-" ? value.length : parseIndex(token);
      if (at === undefined)
        return { kind: "malformed", detail: 'An array is indexed by digits without a leading 0, or "-".' };
      if (at > value.length) return { kind: "missing", detail: "The array is not as long as this." };
      path.push({ kind: "item", in: value, at });
      value = value[at];
    } else if (isJsonObject(value)) {
      path.push({ kind: "member", in: value, at: token });
      value = Object.hasOwn(value, token) ? value[token] : undefined;
    } else {
      return { kind: "missing", detail: "There is no object or array that could hold this." };
    }
  }
  return { kind: "place", path, value };
}

/** The same, where something has to be there. */
export function findPresent(draft: Draft, tokens: readonly string[]): (Place & { readonly value: Json }) | NoPlace {
  const place = findPlace(draft, tokens);
  if (place.kind !== "place") return place;
  if (place.value === undefined) return { kind: "missing", detail: "Nothing is there." };
  return { ...place, value: place.value };
}

/** Puts a value at a place: in an array before the item that is there, else over what is there. */
export function insert(draft: Draft, place: Place, value: Json): void {
  const step = ownPath(draft, place);
  if (step?.kind === "item") step.in.splice(step.at, 0, value);
  else write(draft, step, value);
}

/** Puts a value in the place of what is there. */
export function replace(draft: Draft, place: Place, value: Json): void {
  write(draft, ownPath(draft, place), value);
}

/** Takes out what is at a place, which is not the whole document. */
export function remove(draft: Draft, place: Place): void {
  const step = ownPath(draft, place);
  if (step?.kind === "item") step.in.splice(step.at, 1);
  else if (step !== undefined) delete step.in[step.at];
}

/**
 * Says that a value of the draft is about to stand in a second place. Edits in one would show in the other as far as it
 * is the draft's own: so it is no longer, and is copied again when it is edited next.
 */
export function share(draft: Draft, value: Json): void {
  const open: (readonly Json[] | JsonObject)[] = [];
  const enter = (part: Json) => {
    if (isJsonArray(part)) {
      if (draft.ownArrays.delete(part)) open.push(part);
    } else if (isJsonObject(part)) {
      if (draft.ownObjects.delete(part)) open.push(part);
    }
  };
  enter(value);
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const part of isJsonArray(next) ? next : Object.values(next)) enter(part);
  }
}

type OwnStep = Step<Json[], Record<string, Json>>;

/** Makes all on the way to a place the draft's own, and gives the last step; without one, the place is the document. */
function ownPath(draft: Draft, place: Place): OwnStep | undefined {
  let last: OwnStep | undefined;
  for (const step of place.path) {
    const mine = own(draft, step);
    if (mine.in !== step.in) write(draft, last, mine.in);
    last = mine;
  }
  return last;
}

function own({ ownArrays, ownObjects }: Draft, step: Place["path"][number]): OwnStep {
  if (step.kind === "item") {
    const mine = ownArrays.get(step.in) ?? step.in.slice();
    ownArrays.set(mine, mine);
    return { kind: "item", in: mine, at: step.at };
  }
  // A spread defines members and does not assign them, so that none of them can set a prototype.
  const mine = ownObjects.get(step.in) ?? { ...step.in };
  ownObjects.set(mine, mine);
  return { kind: "member", in: mine, at: step.at };
}

function write(draft: Draft, step: OwnStep | undefined, value: Json): void {
  if (step === undefined) draft.root = value;
  else if (step.kind === "item") step.in[step.at] = value;
  else step.in[step.at] = value;
}
