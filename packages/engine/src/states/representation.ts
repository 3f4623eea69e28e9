import { type EntityTag, formatEntityTag } from "@unclash/core";
import { isJsonObject, type JsonObject, jsonEqual } from "@unclash/core/json";
import type { StoredRecord, Text } from "@unclash/core/store";
import type { NamedDigest } from "./digest.js";
import { mayBeReordered } from "./reordered.js";

/** How a collection shows its states. */
export interface Shape {
  readonly versionField: string | false;
  /** The members of a representation that are no fields: `id`, version and entity-tag. */
  readonly ownMembers: readonly string[];
  /** Whether versions are times. */
  readonly timestamps: boolean;
  /** Makes entity-tags from content; `undefined`: they are made from versions. */
  readonly digest: NamedDigest | undefined;
}

/** A state, stored or about to be: all of it but what only a commit gives, and no client sees. */
export type State = Omit<StoredRecord, "revision">;

/** The fields of a state, and their text: of a large one it costs as much as all the rest, so it is made once. */
export interface Content {
  readonly fields: JsonObject;
  readonly text: Text;
}

export function contentOf(fields: JsonObject): Content {
  return { fields, text: JSON.stringify(fields) };
}

/**
 * The text of a state: its fields, behind `id` and version. It is made once, when the state is written, and served
 * as it is for ever after.
 */
export function representationText(shape: Shape, id: string, version: number, { text }: Content): Text {
  const head = representationHead(shape, id, version);
  return text === "{}" ? `${head}}` : `${head},${text.slice(1)}`;
}

function representationHead(shape: Shape, id: string, version: number): string {
  const field = shape.versionField;
  return `{"id":${JSON.stringify(id)}${field === false ? "" : `,${JSON.stringify(field)}:${version}`}`;
}

/** Whether the fields are those that a state has already; the order of members makes no difference. */
export function isUnchanged(shape: Shape, id: string, current: State, content: Content): boolean {
  const head = representationHead(shape, id, shownVersion(shape, current));
  if (current.text === null || !current.text.startsWith(head)) return false;
  // What comes behind the head is compared in place: a whole text would have to be put together for it, and copied.
  const rest = current.text.slice(head.length);
  if (!/^[,}]/.test(rest)) return false;
  const before = rest.startsWith(",") ? rest.slice(1) : rest;
  const after = content.text.slice(1);
  if (after === before) return true;
  return (
    mayBeReordered(after, before) && jsonEqual(parseRepresentation(`{${after}`), parseRepresentation(`{${before}`))
  );
}

/** The fields of a representation: all but `id`, version and entity-tag. */
export function fieldsOf({ ownMembers }: Pick<Shape, "ownMembers">, representation: JsonObject): JsonObject {
  return withoutMembers(representation, ownMembers);
}

/** Reads the fields of a record, where it holds a state: a copy that whoever gets it may change. */
export function fieldsIn(
  shape: Pick<Shape, "ownMembers">,
  record: Pick<State, "text"> | undefined,
): () => JsonObject | undefined {
  const text = record?.text ?? undefined;
  return () => (text === undefined ? undefined : fieldsOf(shape, parseRepresentation(text)));
}

/** The representation that a text holds. Only texts that `representationText` made are given to it. */
export function parseRepresentation(text: Text): JsonObject {
  const value = JSON.parse(text);
  if (!isJsonObject(value)) throw new TypeError("A stored representation is no JSON object.");
  return value;
}

function withoutMembers(object: JsonObject, names: readonly string[]): JsonObject {
  if (!names.some((name) => Object.hasOwn(object, name))) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** The version that clients see: the count of writes, or the time of the last one. */
export function shownVersion(shape: Shape, record: State): number {
  return shape.timestamps ? record.modifiedAt : record.version;
}

/** The version that clients will see of what is about to be written. */
export function nextShownVersion(shape: Shape, version: number, at: number): number {
  return shape.timestamps ? at : version;
}

/** The entity-tag of a state: from its version and tag alone, unless the collection takes it from the content. */
export function entityTagOf(shape: Shape, record: State): EntityTag {
  const { digest } = shape;
  if (digest === undefined || record.text === null) {
    return { weak: false, opaque: `${shownVersion(shape, record)}-${record.tag}` };
  }
  const { text } = record;
  // A tag stands for one text of a key for ever, so what was computed once is true for ever.
  return { weak: false, opaque: digest(text, `${record.tag} ${record.key}`) };
}

export function etagHeader(shape: Shape, record: State): string {
  return formatEntityTag(entityTagOf(shape, record));
}
