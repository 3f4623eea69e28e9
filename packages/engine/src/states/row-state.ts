import { CallbackError, type EntityTag, parseEntityTag, readVersionTag } from "@unclash/core";
import { extentOf, type JsonObject } from "@unclash/core/json";
import { describeValue, isPromise } from "@unclash/core/options";
import type { Moment, Version } from "@unclash/core/store";
import type { LoadedState, StateVersion } from "./loaded-state.js";
import type { SelectedState } from "./selected-state.js";
import { valueText } from "./value-text.js";

/** From a row's text to what stands between the quotes of its entity-tag. */
export type RowDigest = (text: string) => string;

/** Makes the error for what no entity-tag can be made of. @param problem such as: `gave a version that is NaN` */
export type TagFault = (problem: string) => Error;

/** What `load` gave is the app's fault, not the client's. */
export const faultOfLoad: TagFault = (problem) => new CallbackError("load", problem);

/**
 * The entity-tag of a state: a strong one, and no two versions of a kind have the same.
 *
 * @throws CallbackError that names `load`, or what `fault` makes, where none can be made of what the app gave
 */
export function tagOfState(
  { version, etag }: Pick<LoadedState, "version" | "etag">,
  digest: RowDigest,
  fault: TagFault = faultOfLoad,
): EntityTag {
  if (etag === undefined) return { weak: false, opaque: opaqueOf(version, digest, fault) };
  const tag = typeof etag === "string" ? parseEntityTag(etag) : undefined;
  if (tag === undefined || tag.opaque === "")
    throw fault(`gave an \`etag\` that is no entity-tag, quotes included (RFC 9110 §8.8.3): ${describeValue(etag)}`);
  if (tag.weak) throw fault(weak("etag"));
  return tag;
}

function opaqueOf(version: StateVersion, digest: RowDigest, fault: TagFault): string {
  if (version instanceof Date) {
    if (Number.isNaN(version.getTime())) throw fault("gave a `version` that is an invalid Date");
    return String(version.getTime());
  }
  switch (typeof version) {
    case "number":
      if (!Number.isSafeInteger(version))
        throw fault(`gave a \`version\` that is ${version}: a number must be whole and at most 2^53 - 1`);
      return String(version);
    case "bigint":
      return String(version);
    case "string":
      return opaqueOfText(version, digest, fault);
    default:
      return opaqueOfRow(version, digest, fault);
  }
}

/** A text in quotes is an entity-tag of the app's own; any other is made into one, whatever it holds. */
function opaqueOfText(version: string, digest: RowDigest, fault: TagFault): string {
  if (version === "") throw fault("gave a `version` that is an empty text");
  const tag = /^(?:W\/)?"/.test(version) ? parseEntityTag(version) : undefined;
  if (tag?.weak) throw fault(weak("version"));
  if (tag !== undefined && tag.opaque !== "") return tag.opaque;
  const encoded = percentEncoded(version);
  return encoded.length <= opaqueLengthMax ? encoded : `%h${digest(version)}`;
}

const weak = (member: string): string =>
  `gave a \`${member}\` that is a weak entity-tag, which If-Match never matches (RFC 9110 §13.1.1)`;

/** Longer ones would fill up the headers of clients. */
const opaqueLengthMax = 256;

const plainText = /^[!#$&-~]+$/;

/**
 * A text as what an entity-tag may hold between its quotes: percent-encoded where it holds anything else. `%` is
 * encoded too, so that no two texts have the same.
 */
function percentEncoded(text: string): string {
  if (plainText.test(text)) return text;
  let encoded = "";
  for (const character of text) {
    if (plainText.test(character)) encoded += character;
    else if (isLoneSurrogate(character)) encoded += `%u${character.charCodeAt(0).toString(16)}`;
    else for (const byte of Buffer.from(character)) encoded += `%${byte.toString(16).padStart(2, "0").toUpperCase()}`;
  }
  return encoded;
}

function isLoneSurrogate(character: string): boolean {
  return character.length === 1 && /[\uD800-\uDFFF]/.test(character);
}

/** A row is hashed. What holds nothing that tells it from others would have one tag for all states. */
function opaqueOfRow(version: unknown, digest: RowDigest, fault: TagFault): string {
  const wanted = "it must be a number, a Date, a text, or the row itself";
  const refused = `gave a \`version\` that is ${describeValue(version)}: ${wanted}`;
  if (typeof version !== "object" || version === null || isPromise(version) || version instanceof Error)
    throw fault(refused);
  const text = valueText(version);
  if (textsOfNothing.has(text) || text.startsWith("[object ")) throw fault(refused);
  return digest(text);
}

const textsOfNothing: ReadonlySet<string> = new Set(["{}", "[]", "{[]}", "{}[]", "bytes:", "null", '""', "unreadable"]);

/** The number that a body's version is compared with, and clients are told; `undefined` where the state has none. */
export function shownVersionOf({ version }: Pick<LoadedState, "version">): Version | undefined {
  if (version instanceof Date) return version.getTime();
  if (typeof version === "number") return version;
  if (typeof version === "object") return undefined;
  return versionInTag(String(version).replace(/^"|"$/g, ""));
}

/** The number that an entity-tag of a guard's own making holds, or one that `versionTag` of core made. */
export function versionInTag(opaque: string): Version | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(opaque)) return readVersionTag(opaque)?.version;
  const version = Number(opaque);
  return Number.isSafeInteger(version) ? version : undefined;
}

/**
 * Whether an entity-tag can't be one of a resource whose states are like this one: no number where all of its tags are
 * numbers. Of tags that hold texts nobody can tell, but for those that Express makes of bodies. A weak one may be ours:
 * a proxy weakens tags when it compresses.
 */
export function isForeignTag({ opaque }: EntityTag, { version, etag }: LoadedState): boolean {
  if (/^[0-9a-f]+-[A-Za-z0-9+/]{27}$/.test(opaque)) return true;
  if (etag !== undefined || typeof version === "string") return false;
  const isNumber = isCounted({ version }) || version instanceof Date;
  return isNumber ? !/^-?[0-9]+$/.test(opaque) : !/^[A-Za-z0-9_-]{20,}$/.test(opaque);
}

/** Whether a state's version is a number that says by itself which versions there were before. */
export function isCounted({ version }: Pick<LoadedState, "version">): boolean {
  return typeof version === "number" || typeof version === "bigint";
}

/** Whether the entity-tag of a state is a digest of its row. */
export function isHashed({ version, etag }: Pick<LoadedState, "version" | "etag">): boolean {
  return etag === undefined && typeof version === "object" && !(version instanceof Date);
}

/** When a state was written, in milliseconds; `undefined` where the app did not say, or gave no real date. */
export function modifiedAtOf({ modifiedAt, version }: LoadedState): Moment | undefined {
  const given = modifiedAt ?? (version instanceof Date ? version : undefined);
  if (typeof modifiedAt === "string")
    throw faultOfLoad(`gave a \`modifiedAt\` that is ${describeValue(modifiedAt)}: it must be a Date, or milliseconds`);
  const time = given instanceof Date ? given.getTime() : given;
  return time !== undefined && Number.isFinite(time) ? time : undefined;
}

/** What a guard says of the rows that its app loads. */
export interface RowShape {
  readonly digest: RowDigest;
  /** What the caller may see of a row; `undefined` where the app does not say. */
  readonly represent: ((value: unknown) => JsonObject | undefined) | undefined;
}

/**
 * A state that the app has loaded. What is made of it is made once: the tag of a row that is hashed costs more than all
 * the rest.
 */
export class RowState implements SelectedState {
  readonly loaded: LoadedState;
  readonly #shape: RowShape;
  #etag: EntityTag | undefined;
  #shown: { readonly representation: JsonObject | undefined } | undefined;

  constructor(shape: RowShape, loaded: LoadedState) {
    this.#shape = shape;
    this.loaded = loaded;
  }

  get etag(): EntityTag {
    this.#etag ??= tagOfState(this.loaded, this.#shape.digest);
    return this.#etag;
  }

  get version(): Version | undefined {
    return shownVersionOf(this.loaded);
  }

  get modifiedAt(): Moment | undefined {
    return modifiedAtOf(this.loaded);
  }

  get by(): string | null | undefined {
    return this.loaded.by;
  }

  representation(): JsonObject | undefined {
    this.#shown ??= { representation: this.#shape.represent?.(this.loaded.value) };
    return this.#shown.representation;
  }

  exceeds(bytes: number): boolean {
    const shown = this.representation();
    if (shown === undefined) return false;
    return extentOf(shown, "at-most").bytes > bytes && extentOf(shown, "exactly").bytes > bytes;
  }
}
