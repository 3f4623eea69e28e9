import {
  type CurrentState,
  type EntityTag,
  type Moment,
  parseEntityTag,
  readVersionTag,
  type Version,
} from "@unclash/core";
import { valueText } from "../idempotency/value-text.js";
import type { LoadedState, StateVersion } from "./loaded-state.js";

/** From a row's text to what stands between the quotes of its entity-tag. */
export type RowDigest = (text: string) => string;

/**
 * The entity-tag of a state.
 *
 * @throws TypeError where what the app gave can't be made into a strong one: the fault is the app's, not the client's
 */
export function tagOfState({ version, etag }: Pick<LoadedState, "version" | "etag">, digest: RowDigest): EntityTag {
  return etag === undefined ? tagOfVersion(version, digest) : strongTag(etag, "etag");
}

function tagOfVersion(version: StateVersion, digest: RowDigest): EntityTag {
  if (version instanceof Date) return { weak: false, opaque: String(timeOf(version)) };
  switch (typeof version) {
    case "number":
      if (!Number.isSafeInteger(version)) throw unusable(`is ${version}: a number must be whole and at most 2^53 - 1`);
      return { weak: false, opaque: String(version) };
    case "bigint":
      return { weak: false, opaque: String(version) };
    case "string":
      return /^(?:W\/)?"/.test(version) ? strongTag(version, "version") : strongTag(`"${version}"`, "version");
    case "object":
      if (version !== null) return { weak: false, opaque: digest(valueText(version)) };
      throw unusable("is null: give the row's version, or the row itself");
    default:
      throw unusable(`is ${typeof version}: give a number, a Date, a string, or the row itself`);
  }
}

function strongTag(text: string, member: string): EntityTag {
  const tag = parseEntityTag(text);
  if (tag === undefined || tag.opaque === "")
    throw unusable("holds characters that no entity-tag may have (RFC 9110 §8.8.3)", member);
  if (tag.weak) throw unusable("is a weak entity-tag, which If-Match never matches (RFC 9110 §13.1.1)", member);
  return tag;
}

function unusable(problem: string, member = "version"): TypeError {
  return new TypeError(`The ${member} of a guarded resource ${problem}.`);
}

function timeOf(date: Date): Moment {
  const time = date.getTime();
  if (Number.isNaN(time)) throw unusable("is an invalid Date");
  return time;
}

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

/** When a state was written, in milliseconds; `undefined` where the app did not say, or gave no real date. */
export function modifiedAtOf({ modifiedAt, version }: LoadedState): Moment | undefined {
  const given = modifiedAt ?? (version instanceof Date ? version : undefined);
  const time = given instanceof Date ? given.getTime() : given;
  return time !== undefined && Number.isFinite(time) ? time : undefined;
}

/** What of a state preconditions are compared with. */
export function factsOfState(state: LoadedState | undefined, digest: RowDigest): CurrentState {
  if (state === undefined) return { kind: "absent" };
  const modifiedAt = modifiedAtOf(state);
  const version = shownVersionOf(state);
  return {
    kind: "present",
    etag: tagOfState(state, digest),
    ...(modifiedAt !== undefined && { modifiedAt }),
    ...(version !== undefined && { version }),
  };
}
