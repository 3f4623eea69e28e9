import { type EntityTag, formatEntityTag, StoreError } from "@unclash/core";
import { isJsonObject, type JsonObject, jsonEqual } from "@unclash/core/json";
import type { StoredRecord, Text } from "@unclash/core/store";
import { firstShape, randomPartOf, shapeOf, tagInShape } from "../commits/commit-tag.js";
import type { NamedDigest } from "./digest.js";
import { mayBeReordered } from "./reordered.js";
import type { VersionView } from "./version-view.js";

/** How a collection shows its states. */
export interface StateFormat {
  readonly versionField: string | false;
  /** The members of a representation that are no fields: `id`, version and entity-tag. */
  readonly ownMembers: readonly string[];
  /** Whether versions are times. */
  readonly timestamps: boolean;
  /** Makes entity-tags from content; `undefined`: they are made from versions. */
  readonly digest: NamedDigest | undefined;
  /** The API version in which they are shown; `undefined` where the API has no versions. */
  readonly view: VersionView | undefined;
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
export function representationText(format: StateFormat, id: string, version: number, { text }: Content): Text {
  const head = representationHead(format, id, version);
  return text === "{}" ? `${head}}` : `${head},${text.slice(1)}`;
}

function representationHead(format: StateFormat, id: string, version: number): string {
  const field = format.versionField;
  return `{"id":${JSON.stringify(id)}${field === false ? "" : `,${JSON.stringify(field)}:${version}`}`;
}

/**
 * Whether the fields are those that a state has already; the order of members makes no difference.
 *
 * @param shape that of the fields
 */
export function isUnchanged(
  format: StateFormat,
  id: string,
  current: State,
  content: Content,
  shape: number = newestShape(format),
): boolean {
  if (current.text === null) return false;
  if (isConverted(format, current, shape)) {
    const fields = converted(format, current, parseRepresentation(current.text), shape);
    return jsonEqual(fields, parseRepresentation(content.text));
  }
  const head = representationHead(format, id, shownVersion(format, current));
  if (!current.text.startsWith(head)) return false;
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
export function fieldsOf({ ownMembers }: Pick<StateFormat, "ownMembers">, representation: JsonObject): JsonObject {
  return withoutMembers(representation, ownMembers);
}

/**
 * Reads the fields of a record, where it holds a state, in the shape that the app's functions know: a copy that whoever
 * gets it may change.
 *
 * @throws StoreError, from what it gives, for a shape that this release does not know
 */
export function fieldsIn(
  format: Pick<StateFormat, "ownMembers" | "view">,
  record: StoredText | undefined,
): () => JsonObject | undefined {
  const text = record?.text ?? undefined;
  if (record === undefined || text === undefined) return () => undefined;
  return () => converted(format, record, parseRepresentation(text), newestShape(format));
}

/** What of a record says which state it holds, and in which shape. */
type StoredText = Pick<State, "key" | "tag" | "text">;

/** The fields of a record's representation, in a shape that need not be the one that they are stored in. */
function converted(
  format: Pick<StateFormat, "ownMembers" | "view">,
  record: Pick<State, "key" | "tag">,
  representation: JsonObject,
  shape: number,
): JsonObject {
  const stored = storedShape(format, record);
  const fields = fieldsOf(format, representation);
  return format.view === undefined ? fields : format.view.chain.convert(fields, stored, shape);
}

/** The shape of what the app's schema describes. */
export function newestShape({ view }: Pick<StateFormat, "view">): number {
  return view?.chain.newest ?? firstShape;
}

/** The shape in which the caller sees states. */
export function shownShape({ view }: Pick<StateFormat, "view">): number {
  return view?.version.number ?? firstShape;
}

/**
 * The shape that the text of a record is in.
 *
 * @throws StoreError where that is none that this release knows: a later one has written it, beside this one
 */
export function storedShape({ view }: Pick<StateFormat, "view">, { key, tag }: Pick<State, "key" | "tag">): number {
  const shape = shapeOf(tag);
  if (shape !== undefined && shape <= (view?.chain.newest ?? firstShape)) return shape;
  const detail = "a later release has written it, or its version was taken out of apiVersions";
  throw new StoreError(
    `${key} is in the shape of an API version that this process does not have: ${detail}.`,
    "not-applied",
  );
}

/** Whether the text of a record is in another shape than this one. */
function isConverted(format: Pick<StateFormat, "view">, record: Pick<State, "key" | "tag">, shape: number): boolean {
  const stored = storedShape(format, record);
  return format.view !== undefined && !format.view.chain.isSame(stored, shape);
}

/**
 * The text of a state as the caller's API version shows it: the text that is stored, where that is in its shape.
 *
 * @throws StoreError for a shape that this release does not know, and CallbackError from the app's `up` or `down`
 */
export function shownText(format: StateFormat, record: State): Text {
  const text = record.text ?? "{}";
  const shape = shownShape(format);
  if (!isConverted(format, record, shape)) return text;
  const representation = parseRepresentation(text);
  const fields = converted(format, record, representation, shape);
  return representationText(format, String(representation["id"]), shownVersion(format, record), contentOf(fields));
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
export function shownVersion(format: StateFormat, record: State): number {
  return format.timestamps ? record.modifiedAt : record.version;
}

/** The version that clients will see of what is about to be written. */
export function nextShownVersion(format: StateFormat, version: number, at: number): number {
  return format.timestamps ? at : version;
}

/**
 * The entity-tag of a state: from its version and tag alone, unless the collection takes it from the content. Each API
 * version but the one whose shape is stored has its own, with the version's name behind a dot.
 */
export function entityTagOf(format: StateFormat, record: State): EntityTag {
  const { view } = format;
  const opaque = storedTag(format, record);
  const isOwn = view !== undefined && shapeOf(record.tag) !== view.version.number;
  return { weak: false, opaque: isOwn ? `${opaque}.${view.version.name}` : opaque };
}

/** The cause of a state that was rewritten in a newer shape, and is otherwise the one before. */
export const migrateCause = "migrate";

/** The entity-tags that a state has in all API versions: each of them names it in `If-Match`. */
export function entityTagsOf(format: StateFormat, record: State): readonly EntityTag[] {
  const names = format.view?.names ?? [];
  const opaques = [storedTag(format, record), ...tagsBeforeMigration(format, record)];
  return opaques.flatMap((opaque) =>
    [opaque, ...names.map((name) => `${opaque}.${name}`)].map((each) => ({ weak: false, opaque: each })),
  );
}

/** The tags that the state can have had in the shapes before: a migration leaves its random part. */
function tagsBeforeMigration({ digest, timestamps }: StateFormat, { cause, tag, version }: State): readonly string[] {
  if (cause !== migrateCause || digest !== undefined || timestamps) return [];
  const random = randomPartOf(tag);
  const shapes = Array.from({ length: (shapeOf(tag) ?? firstShape) - firstShape }, (_, at) => firstShape + at);
  return shapes.map((shape) => `${version - 1}-${tagInShape(random, shape)}`);
}

function storedTag(format: StateFormat, record: State): string {
  const { digest } = format;
  if (digest === undefined || record.text === null) return `${shownVersion(format, record)}-${record.tag}`;
  const { text } = record;
  // A tag stands for one text of a key for ever, so what was computed once is true for ever.
  return digest(text, `${record.tag} ${record.key}`);
}

export function etagHeader(format: StateFormat, record: State): string {
  return formatEntityTag(entityTagOf(format, record));
}
