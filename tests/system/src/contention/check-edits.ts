/** How one of many edits of a resource was answered. */
export interface EditAnswer {
  /** The field, and the item's id, that only this edit has put into the resource. */
  readonly mark: string;
  readonly status: number;
  /** The version that it was answered with. */
  readonly version: number | undefined;
}

/** The marks that a state of the resource has. */
export interface EditedVersion {
  readonly version: number;
  readonly fields: readonly string[];
  readonly items: readonly string[];
}

/**
 * What is wrong with edits of one resource at once that all were to be merged: each must have made a version of its
 * own, in which its mark is there for the first time, and none may be missing from any version that came after.
 *
 * @param before the state that was there before them
 * @param after all versions that came after it
 */
export function faultsInEdits(
  answers: readonly EditAnswer[],
  before: EditedVersion,
  after: readonly EditedVersion[],
): readonly string[] {
  const faults: string[] = [];
  const states = after.toSorted((one, other) => one.version - other.version);
  const expected = answers.map((_, at) => before.version + 1 + at);
  const versions = states.map(({ version }) => version);
  if (versions.join() !== expected.join()) faults.push(`the versions are ${versions}`);
  for (const { mark, status, version } of answers) {
    if (status !== 200) faults.push(`${mark} was answered ${status}`);
    for (const part of ["fields", "items"] as const) {
      const counts = states.filter((state) => count(state[part], mark) !== (state.version < (version ?? 0) ? 0 : 1));
      if (counts.length > 0)
        faults.push(`${mark}, of version ${version}, is wrong in the ${part} of ${numbersOf(counts)}`);
    }
  }
  return faults;
}

function count(marks: readonly string[], mark: string): number {
  return marks.filter((one) => one === mark).length;
}

function numbersOf(states: readonly EditedVersion[]): string {
  return states.map(({ version }) => version).join();
}
