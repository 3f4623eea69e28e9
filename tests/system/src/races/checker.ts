import { isDeepStrictEqual } from "node:util";
import { applyMergePatch, isJsonObject, type Json, type JsonObject } from "@unclash/core/json";
import type { NewEvent, StoredRecord } from "@unclash/core/store";
import type { Aftermath, Operation, Settle } from "./history.js";

/**
 * Everything that is wrong with a history, each in a sentence; nothing where there is an order of its operations, one
 * after the other, in which each did what it was answered to have done.
 *
 * The versions of a resource are that order. So it is enough that each acknowledged write is one version over the state
 * that it named, that each answer shows a state that there was, and that no answer shows an older state than one that
 * was shown before it was asked for.
 */
export function violationsOf(
  operations: readonly Operation[],
  { versions, events }: Aftermath,
  settle: Settle = () => undefined,
): readonly string[] {
  const violations: string[] = [];
  for (const [resource, states] of versions) {
    const own = operations.filter((operation) => operation.resource === resource);
    const about = events.filter(({ key }) => key === resource);
    violations.push(...countingFaults(states), ...authorFaults(own, states, settle));
    for (const operation of own) violations.push(...answerFaults(operation, states, settle));
    violations.push(...orderFaults(own, states));
    violations.push(...eventFaults(resource, about, states, own));
  }
  return violations;
}

/** Each version has its event, and each write that a strategy has settled that of its conflict, in the same commit. */
function eventFaults(
  resource: string,
  events: readonly NewEvent[],
  states: readonly StoredRecord[],
  operations: readonly Operation[],
): readonly string[] {
  const told = events.map(({ type, version }) => `${type} ${version}`);
  const expected = states.flatMap(({ version, by }) => {
    const changed = `resource.changed ${version}`;
    const writer = operations.find(({ name }) => name === by);
    const resolved = `conflict.resolved ${version - 1}`;
    // Whose answer is not known may have been settled.
    const isSettled = writer !== undefined && (isAcknowledged(writer) ? isSettledBy(writer) : told.includes(resolved));
    return isSettled ? [changed, resolved] : [changed];
  });
  return isDeepStrictEqual(told, expected) ? [] : [`${resource} has the events ${told.join(", ")}`];
}

function isSettledBy({ answer: { settledBy } }: Operation): boolean {
  return settledBy !== undefined;
}

/** The entity-tag of a state. */
export function etagOf({ version, tag }: StoredRecord): string {
  return `"${version}-${tag}"`;
}

function countingFaults(states: readonly StoredRecord[]): readonly string[] {
  return states.flatMap(({ key, version, text, deleted }, at) => {
    const shown = text === null ? undefined : JSON.parse(text).version;
    return [
      ...(version === at + 1 ? [] : [`${key} has version ${version} where ${at + 1} comes`]),
      ...(deleted || shown === version ? [] : [`${key} in version ${version} shows version ${shown}`]),
    ];
  });
}

// Each acknowledged write is one version, unless nothing was to change, and a refused one is none.
function authorFaults(
  operations: readonly Operation[],
  states: readonly StoredRecord[],
  settle: Settle,
): readonly string[] {
  const names = new Set(operations.map(({ name }) => name));
  const strangers = states.filter(({ by }) => by === null || !names.has(by));
  return [
    ...strangers.map(({ key, version }) => `nobody wrote ${key} in version ${version}`),
    ...operations.flatMap((operation) => {
      const written = states.filter(({ by }) => by === operation.name).length;
      if (written === 1 && isAcknowledged(operation)) return [];
      if (written === 0 && (!isAcknowledged(operation) || changedNothing(operation, states, settle))) return [];
      return [`${describe(operation)} wrote ${written} versions`];
    }),
  ];
}

function isAcknowledged({ method, answer: { status } }: Operation): boolean {
  return method !== "GET" && status >= 200 && status < 300;
}

// What an app's own strategy makes of a stale write may be what is there already, too.
function changedNothing(operation: Operation, states: readonly StoredRecord[], settle: Settle): boolean {
  const { method, answer } = operation;
  const shown = states.find((state) => etagOf(state) === answer.etag);
  if (method === "DELETE" || answer.status !== 200 || shown === undefined) return false;
  const there = fieldsOf(shown);
  return isDeepStrictEqual(madeOf(operation, states, there, settle), there);
}

/** The state that an operation is for. */
function namedBy({ ifMatch, version }: Operation, states: readonly StoredRecord[]): StoredRecord | undefined {
  return states.find((one) => (ifMatch === undefined ? one.version === version : etagOf(one) === ifMatch));
}

/** What an operation makes of the fields that are there. */
function madeOf(
  operation: Operation,
  states: readonly StoredRecord[],
  there: JsonObject,
  settle: Settle,
): Json | undefined {
  const { method, fields = {}, answer } = operation;
  const onto = (base: JsonObject) => (method === "PATCH" ? applyMergePatch(base, fields) : fields);
  if (answer.settledBy !== "function") return onto(there);
  const named = namedBy(operation, states);
  const base = named === undefined ? {} : fieldsOf(named);
  const proposed = onto(base);
  return settle(base, there, isJsonObject(proposed) ? proposed : null);
}

function answerFaults(operation: Operation, states: readonly StoredRecord[], settle: Settle): readonly string[] {
  const { answer } = operation;
  const faults: string[] = [];
  if (answer.status === 200 || answer.status === 201) {
    const shown = states.find((state) => etagOf(state) === answer.etag);
    if (shown === undefined) faults.push(`shows ${answer.etag}, which never was`);
    else if (shown.text !== answer.body) faults.push(`shows ${answer.body} under ${answer.etag}`);
  } else if (answer.status >= 300 && observedVersion(operation, states) === "unknown") {
    faults.push("names a state that never was");
  } else if (
    answer.status === 409 &&
    operation.ifMatch !== undefined &&
    currentEtag(answer.body) === operation.ifMatch
  ) {
    faults.push("is a conflict with the very state that it names");
  }
  const at = states.findIndex(({ by }) => by === operation.name);
  if (at !== -1 && isAcknowledged(operation)) faults.push(...writeFaults(operation, states, at, settle));
  return faults.map((fault) => `${describe(operation)} ${fault}`);
}

// A write replaces what it named, and makes of it what it said.
function writeFaults(
  operation: Operation,
  states: readonly StoredRecord[],
  at: number,
  settle: Settle,
): readonly string[] {
  const { method, ifMatch, version, ifNoneMatch, answer } = operation;
  const state = states[at];
  const before = states[at - 1];
  const replaced = before?.deleted ? undefined : before;
  if (state === undefined) return [];
  const faults: string[] = [];
  const named = namedBy(operation, states);
  const namesAny = ifMatch === "*";
  if (answer.settledBy !== undefined) {
    if (named === undefined || named.version >= (replaced?.version ?? 0)) faults.push("was settled, and was not stale");
  } else if (namesAny ? replaced === undefined : (ifMatch ?? version) !== undefined && named !== replaced) {
    faults.push(`replaced version ${before?.version}, and named another`);
  }
  if ((ifNoneMatch || method === "POST") && replaced !== undefined) faults.push("created what was there");
  if ((method === "PATCH" || method === "DELETE") && replaced === undefined) faults.push("changed what was not there");
  if ((method === "DELETE") !== (state.deleted === true)) faults.push("left a tombstone, or none");
  if (method === "DELETE") return faults;
  if (etagOf(state) !== answer.etag) faults.push(`was answered ${answer.etag}, and made ${etagOf(state)}`);
  const there = replaced === undefined ? {} : fieldsOf(replaced);
  const made = madeOf(operation, states, there, settle);
  if (!isDeepStrictEqual(fieldsOf(state), made)) faults.push(`made ${state.text} of ${before?.text}`);
  return faults;
}

// Where the answers put each operation among the versions must not contradict the order in which they were asked.
function orderFaults(operations: readonly Operation[], states: readonly StoredRecord[]): readonly string[] {
  const placed = operations.flatMap((operation) => {
    const place = placeOf(operation, states);
    return place === undefined ? [] : [{ operation, place }];
  });
  return placed.flatMap((later) =>
    placed
      .filter((earlier) => earlier.operation.endedAt < later.operation.startedAt && earlier.place > later.place)
      .map((earlier) => `${describe(later.operation)} is behind the times: ${describe(earlier.operation)} was earlier`),
  );
}

// Twice the version that it wrote, or one more than twice the one that it saw; nothing where it tells no version.
function placeOf(operation: Operation, states: readonly StoredRecord[]): number | undefined {
  const written = states.find(({ by }) => by === operation.name)?.version;
  if (written !== undefined) return 2 * written;
  const seen = observedVersion(operation, states);
  return typeof seen === "number" ? 2 * seen + 1 : undefined;
}

// Which version an answer shows to be the current one, 0 for none so far; `unknown` where there never was such a one.
function observedVersion({ answer }: Operation, states: readonly StoredRecord[]): number | "unknown" | undefined {
  const { status, body = "null" } = answer;
  if (status === 404) return 0;
  if (status === 200 || status === 201)
    return states.find((state) => etagOf(state) === answer.etag)?.version ?? "unknown";
  const problem = JSON.parse(body);
  if (status === 410) {
    return states.find(({ version, deleted }) => deleted && version === problem.version)?.version ?? "unknown";
  }
  const etag = currentEtag(body);
  if (status !== 409 || etag === undefined) return undefined;
  const state = states.find((one) => etagOf(one) === etag && one.version === problem.current.version);
  return state?.version ?? "unknown";
}

function currentEtag(body = "null"): string | undefined {
  return JSON.parse(body)?.current?.etag;
}

function fieldsOf({ text }: StoredRecord): JsonObject {
  const value = JSON.parse(text ?? "{}");
  const { id: _, version: __, ...fields } = value;
  return fields;
}

function describe({ name, method, resource, answer }: Operation): string {
  return `${name} (${method} ${resource}, ${answer.status})`;
}
