import { isDeepStrictEqual } from "node:util";
import type { Writers } from "./check-writers.js";
import { names } from "./check-writers.js";
import type { Answered, Case, Fields, Operation, State, Verdict, Violation } from "./history.js";
import { acknowledged, told } from "./outcome.js";

/** Each acknowledged write is the version that its answer named, as its answer told it. */
export function checkAcknowledged({ history: { resource, states }, operations, mayBeLost }: Case): Verdict {
  const violations: Violation[] = [];
  const lost: Operation[] = [];
  const byVersion = new Map(states.map((state) => [state.version, state]));
  const byTag = new Map(states.flatMap((state) => (state.etag === undefined ? [] : [[state.etag, state] as const])));
  for (const operation of operations) {
    const answer = acknowledged(operation);
    if (answer === undefined) continue;
    const isThere =
      operation.method === "DELETE"
        ? isTombstoneOver(operation, byTag, byVersion)
        : byVersion.get(answer.version ?? 0)?.etag === answer.etag;
    if (isThere) {
      violations.push(...contentOf(operation, answer, byVersion, resource));
    } else if (mayBeLost(operation)) {
      lost.push(operation);
    } else {
      violations.push({ kind: "lost-update", resource, detail: `${told(operation)} is not in the history` });
    }
  }
  return { violations, lost };
}

function isTombstoneOver(
  { base }: Operation,
  byTag: ReadonlyMap<string, State>,
  byVersion: ReadonlyMap<number, State>,
): boolean {
  if (base === undefined) return false;
  const deleted = "etag" in base ? byTag.get(base.etag) : byVersion.get(base.version);
  return deleted !== undefined && byVersion.get(deleted.version + 1)?.deleted === true;
}

function contentOf(
  operation: Operation,
  answer: Answered,
  byVersion: ReadonlyMap<number, State>,
  resource: string,
): Violation[] {
  if (operation.method === "DELETE") return [];
  const body = byVersion.get(answer.version ?? 0)?.body;
  if (body === answer.body) return [];
  const detail = `${told(operation)} was answered ${answer.body}, and the history has ${body}`;
  return [{ kind: "wrong-content", resource, detail }];
}

/** What was written replaced the state that it named, holds what was sent, and shares its base with nobody. */
export function checkBases(
  { history: { resource, states }, operations, mayBeLost }: Case,
  writers: Writers,
): Violation[] {
  const violations: Violation[] = [];
  const byVersion = new Map(states.map((state) => [state.version, state]));
  for (const [version, writer] of writers) {
    const [before, after] = [byVersion.get(version - 1), byVersion.get(version)];
    if (!replaced(writer, before)) {
      const detail = `${told(writer)} made version ${version} over ${before?.etag ?? "nothing"}`;
      violations.push({ kind: "wrong-base", resource, detail });
    } else if (after?.body !== undefined && !isDeepStrictEqual(fieldsOf(after), expectedOf(writer, before))) {
      const detail = `${told(writer)} sent ${JSON.stringify(writer.sent)} over ${before?.body}, and made ${after.body}`;
      violations.push({ kind: "wrong-content", resource, detail });
    }
  }
  const takers = new Map<string, Operation>();
  for (const operation of operations) {
    if (operation.base === undefined || acknowledged(operation) === undefined || mayBeLost(operation)) continue;
    const { base } = operation;
    const key = "etag" in base ? base.etag : (byVersion.get(base.version)?.etag ?? `version ${base.version}`);
    const taker = takers.get(key);
    if (taker !== undefined) {
      violations.push({ kind: "shared-base", resource, detail: `${told(taker)} and ${told(operation)}` });
    }
    takers.set(key, operation);
  }
  return violations;
}

function replaced({ base }: Operation, before: State | undefined): boolean {
  if (base === undefined) return before === undefined || before.deleted;
  return before !== undefined && names(base, before);
}

function expectedOf({ method, sent }: Operation, before: State | undefined): Fields {
  return method === "PATCH" && before !== undefined ? { ...fieldsOf(before), ...sent } : { ...sent };
}

function fieldsOf({ body }: State): Fields {
  const { id: _id, version: _version, ...fields }: Record<string, unknown> = JSON.parse(body ?? "{}");
  return fields;
}
