import type { Base, Case, Operation, State, Violation } from "./history.js";
import { acknowledged, mayHaveBeenApplied, told } from "./outcome.js";

/** Who wrote each version, as far as that can be told. */
export type Writers = ReadonlyMap<number, Operation>;

/** Finds the writer of each state: by its marker, and of a tombstone by the state that it replaced. */
export function writersOf({ history: { states }, operations }: Case): Writers {
  const byMarker = new Map(operations.flatMap((one) => (one.marker === undefined ? [] : [[one.marker, one] as const])));
  const deletes = operations.filter(({ method }) => method === "DELETE");
  const writers = new Map<number, Operation>();
  states.forEach((state, index) => {
    const writer = state.deleted ? deleterOf(states[index - 1], deletes) : byMarker.get(state.marker ?? "");
    if (writer !== undefined) writers.set(state.version, writer);
  });
  return writers;
}

// Several may have named the same state. The one that was told that it succeeded is the one.
function deleterOf(deleted: State | undefined, deletes: readonly Operation[]): Operation | undefined {
  const candidates = deletes.filter(({ base }) => base !== undefined && deleted !== undefined && names(base, deleted));
  return candidates.find(acknowledged) ?? candidates.find(mayHaveBeenApplied) ?? candidates[0];
}

export function names(base: Base, state: State): boolean {
  return "etag" in base ? base.etag === state.etag : base.version === state.version;
}

/** Each state was written by one write, and each write made one state at most. */
export function checkWriters({ history: { resource, states } }: Case, writers: Writers): Violation[] {
  const violations: Violation[] = [];
  const effects = new Map<Operation, number>();
  for (const { version, body } of states) {
    const writer = writers.get(version);
    if (writer === undefined) {
      violations.push({ kind: "from-nowhere", resource, detail: `nobody wrote version ${version}: ${body}` });
      continue;
    }
    effects.set(writer, (effects.get(writer) ?? 0) + 1);
    if (acknowledged(writer) === undefined && !mayHaveBeenApplied(writer)) {
      violations.push({ kind: "refused-with-effect", resource, detail: `${told(writer)} made version ${version}` });
    }
  }
  for (const [writer, count] of effects) {
    if (count <= effectsMax(writer)) continue;
    violations.push({ kind: "applied-twice", resource, detail: `${told(writer)} made ${count} versions` });
  }
  return violations;
}

// What was made and then deleted may be made again by the copy of the request: it names no state.
function effectsMax({ base, duplicated }: Operation): number {
  return base === undefined && duplicated ? 2 : 1;
}
