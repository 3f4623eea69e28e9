/** How one of many writes of a resource was answered. */
export interface WriteAnswer {
  /** What only this write has put into the resource. */
  readonly mark: string;
  readonly status: number;
  /** The version and the mark of the representation that it was answered with. */
  readonly version: number | undefined;
  readonly shown: string | undefined;
}

/** A state that the resource had, or has. */
export interface MarkedVersion {
  readonly version: number;
  readonly mark: string;
}

/**
 * What is wrong with the answers to writes of one resource that all were to be applied.
 *
 * @param before the version that was there before them
 * @param after all versions that came after it, and were read at the end
 */
export function faultsInLine(
  answers: readonly WriteAnswer[],
  before: number,
  after: readonly MarkedVersion[],
): readonly string[] {
  const faults = answers.flatMap(({ mark, status, version, shown }) => {
    if (status !== 200) return [`${mark} was answered ${status}`];
    if (shown !== mark) return [`${mark} was answered with ${shown}`];
    const made = after.filter((one) => one.mark === mark).map((one) => one.version);
    return made.length === 1 && made[0] === version ? [] : [`${mark} is in versions [${made}], and not in ${version}`];
  });
  const versions = after.map(({ version }) => version).toSorted((one, other) => one - other);
  const expected = answers.map((_, at) => before + 1 + at);
  return versions.join() === expected.join() ? faults : [...faults, `the versions are ${versions}`];
}
