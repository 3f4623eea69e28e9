import { isDeepStrictEqual } from "node:util";
import { applyJsonPatch, isJsonArray, isJsonObject, type Json, type JsonObject } from "@unclash/core/json";
import type { StoredRecord } from "@unclash/core/store";
import { foreignNames, hiddenIn, itemsOf, objectOf, shownIn, type VersionName, wantedBy } from "./articles.js";
import type { Operation } from "./client.js";

/** A state of the article, in the shape of v2. */
interface State {
  readonly version: number;
  /** In v2; that in v1 has a suffix. */
  readonly etag: string;
  readonly by: string | null;
  readonly fields: JsonObject;
}

/**
 * All that is wrong with a race, each in a sentence. Each acknowledged write is one state over the very state that it
 * named, whichever API version named it; a write of v1 keeps all that v1 does not show; and each answer shows what was
 * there in the names of its own version.
 */
export function faultsOf(operations: readonly Operation[], records: readonly StoredRecord[]): readonly string[] {
  const states = records.map(stateOf);
  const names = new Set(operations.map(({ name }) => name));
  const strangers = states.filter(({ by }) => by === null || !names.has(by));
  return [
    ...strangers.map(({ version }) => `nobody wrote version ${version}`),
    ...operations.flatMap((operation) => {
      const faults = [...answerFaults(operation, states), ...writeFaults(operation, states)];
      return faults.map((fault) => `${describe(operation)} ${fault}`);
    }),
  ];
}

function stateOf({ version, tag, by, text }: StoredRecord): State {
  const { id: _, version: __, ...fields } = objectOf(JSON.parse(text ?? "{}"));
  return { version, etag: `"${version}-${tag}"`, by, fields };
}

function tagIn(version: VersionName, { etag }: State): string {
  return version === "v2" ? etag : etag.replace(/"$/, '.v1"');
}

/** The state that an entity-tag of any version names. */
function named(etag: string | undefined, states: readonly State[]): State | undefined {
  return states.find(({ etag: own }) => own === etag?.replace('.v1"', '"'));
}

function answerFaults(operation: Operation, states: readonly State[]): readonly string[] {
  const { version, status, etag, body } = operation;
  const foreign = foreignNames[version].filter((name) => namesIn(body).has(name));
  const faults = foreign.map((name) => `tells "${name}", which is of the other version`);
  if (status === 200 || status === 201) {
    const state = states.find((each) => tagIn(version, each) === etag);
    if (state === undefined) return [...faults, `shows ${etag}, which never was`];
    if (isShown(body, version, state)) return faults;
    return [...faults, `shows ${JSON.stringify(body)} under ${etag}`];
  }
  return status === 409 ? [...faults, ...conflictFaults(operation, states)] : [...faults, JSON.stringify(body)];
}

function isShown(body: Json | undefined, version: VersionName, state: State): boolean {
  return isDeepStrictEqual(body, { id: "1", version: state.version, ...shownIn(version, state.fields) });
}

/** A conflict is with another state than the one that was named, and tells both as the caller's version has them. */
function conflictFaults(operation: Operation, states: readonly State[]): readonly string[] {
  const { version, method, ifMatch, named: number, sent = {}, body } = operation;
  const { current, changes, conflictingFields } = body;
  const { etag, version: at, representation } = objectOf(current);
  const state = states.find((each) => tagIn(version, each) === etag);
  const base = number === undefined ? named(ifMatch, states) : states.find((each) => each.version === number);
  if (state === undefined || state.version !== at) return [`is a conflict with ${etag}, which never was`];
  if (base === undefined) return ["is a conflict, and named no state that was"];
  if (base === state) return ["is a conflict with the very state that it names"];
  const faults: string[] = [];
  if (representation !== undefined && !isShown(representation, version, state)) faults.push("tells another state");
  const [before, after] = [shownIn(version, base.fields), shownIn(version, state.fields)];
  const patched = applyJsonPatch(before, changes ?? null, { operationsMax: 1_000, bytesMax: 1_000_000 });
  if (patched.kind !== "patched" || !isDeepStrictEqual(patched.value, after)) faults.push("tells other changes");
  const mine = changedIn(before, wantedBy(method, sent, before));
  const both = changedIn(before, after).filter((place) => mine.includes(place));
  const told = isJsonArray(conflictingFields) ? conflictingFields.map(String) : [];
  if (!isDeepStrictEqual(told.filter((place) => !place.startsWith("/tags")).toSorted(), both.toSorted())) {
    faults.push(`tells ${told} to be in conflict, and ${both} are`);
  }
  return faults;
}

/** The places outside `tags` that differ between two versions of what a caller sees. */
function changedIn(before: JsonObject, after: JsonObject): readonly string[] {
  const [one, other] = [leavesOf(before), leavesOf(after)];
  return [...new Set([...one.keys(), ...other.keys()])].filter((place) => one.get(place) !== other.get(place));
}

function leavesOf({ tags: _, ...fields }: JsonObject): ReadonlyMap<string, Json> {
  const leaves = new Map<string, Json>();
  for (const [name, value] of Object.entries(fields)) {
    if (!isJsonObject(value)) leaves.set(`/${name}`, value);
    else for (const [below, leaf] of Object.entries(value)) leaves.set(`/${name}/${below}`, leaf);
  }
  return leaves;
}

function writeFaults(operation: Operation, states: readonly State[]): readonly string[] {
  const { name, version, method, status, etag, ifMatch, named: number, sent, settledBy } = operation;
  const written = states.filter(({ by }) => by === name);
  const [state] = written;
  if (method === "GET" || status >= 300 || sent === undefined) return written.length === 0 ? [] : ["wrote a state"];
  if (written.length > 1) return [`wrote ${written.length} states`];
  if (state === undefined) {
    const there = shownIn(version, named(etag, states)?.fields ?? {});
    return isDeepStrictEqual(wantedBy(method, sent, there), there) ? [] : ["wrote nothing"];
  }
  const before = states.find((each) => each.version === state.version - 1);
  const faults: string[] = tagIn(version, state) === etag ? [] : ["wrote another state than it shows"];
  if (before === undefined) return isDeepStrictEqual(shownIn(version, state.fields), sent) ? faults : ["made another"];
  const base = number === undefined ? named(ifMatch, states) : states.find((each) => each.version === number);
  const namesOne = number !== undefined || (ifMatch !== undefined && ifMatch !== "*");
  if (namesOne && (settledBy === undefined ? base !== before : (base?.version ?? 0) >= before.version)) {
    faults.push(`replaced version ${before.version}, and named another`);
  }
  const wanted = wantedBy(method, sent, shownIn(version, before.fields));
  if (!isDeepStrictEqual(shownIn(version, state.fields), wanted)) {
    faults.push(`made ${JSON.stringify(state.fields)} of ${JSON.stringify(before.fields)}`);
  }
  if (version === "v1") faults.push(...lostFaults(before.fields, state.fields));
  return faults;
}

/** What a write of v1 changed that v1 does not show. */
function lostFaults(before: JsonObject, after: JsonObject): readonly string[] {
  const ids = new Set(itemsOf(after["tags"]).map(({ id }) => id));
  const kept = [...hiddenIn(before)].filter(([place]) => {
    const [, id] = /^\/tags\/(.*)\/color$/.exec(place) ?? [];
    return id === undefined || ids.has(id);
  });
  const there = hiddenIn(after);
  return [
    ...kept.filter(([place, value]) => there.get(place) !== value).map(([place]) => `lost ${place}`),
    ...[...there.keys()].filter((place) => !hiddenIn(before).has(place)).map((place) => `made up ${place}`),
  ];
}

/** All names of members, and those that pointers hold. */
function namesIn(value: Json | undefined): ReadonlySet<string> {
  if (typeof value === "string") return new Set(value.startsWith("/") ? value.split("/") : []);
  if (isJsonArray(value)) return new Set(value.flatMap((item) => [...namesIn(item)]));
  if (!isJsonObject(value)) return new Set();
  return new Set(Object.entries(value).flatMap(([name, member]) => [name, ...namesIn(member)]));
}

function describe({ name, version, method, status }: Operation): string {
  return `${name} (${version} ${method}, ${status})`;
}
