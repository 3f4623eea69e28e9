/** A state of a resource, as its history has it. */
export interface WrittenVersion {
  readonly resource: string;
  readonly version: number;
  readonly etag: string;
}

/** What a follower was told: a change, or that it may have missed some. */
export type Told = ({ readonly kind: "change"; readonly id: string } & WrittenVersion) | { readonly kind: "reset" };

/**
 * Holds what followers were told against what was written: each follower that began before the first write is told of
 * every version once, in order, and of nothing else; and an event has one id, whoever is told of it.
 *
 * @param written all versions of all resources, in order for each
 */
export function faultsInTold(
  written: readonly WrittenVersion[],
  followers: readonly (readonly Told[])[],
): readonly string[] {
  const ids = new Map<string, string>();
  return followers.flatMap((told, follower) =>
    [...faultsOfOne(written, told), ...faultsInIds(told, ids)].map((fault) => `Follower ${follower}: ${fault}`),
  );
}

function faultsOfOne(written: readonly WrittenVersion[], told: readonly Told[]): readonly string[] {
  const faults: string[] = [];
  const etags = new Map(written.map(({ resource, version, etag }) => [`${resource} ${version}`, etag]));
  const last = new Map<string, number>();
  for (const each of told) {
    if (each.kind === "reset") {
      faults.push("it was told that it may have missed something.");
      continue;
    }
    const { resource, version, etag } = each;
    const before = last.get(resource) ?? 0;
    if (version !== before + 1) faults.push(`${resource} ${version} came behind ${before}.`);
    const made = etags.get(`${resource} ${version}`);
    if (made === undefined) faults.push(`${resource} ${version} was never written.`);
    else if (made !== etag) faults.push(`${resource} ${version} is ${made}, and was told as ${etag}.`);
    last.set(resource, version);
  }
  for (const resource of new Set(written.map((each) => each.resource))) {
    const count = written.filter((each) => each.resource === resource).length;
    const heard = last.get(resource) ?? 0;
    if (heard < count) faults.push(`of ${resource} it was told up to ${heard}, of ${count}.`);
  }
  return faults;
}

function faultsInIds(told: readonly Told[], ids: Map<string, string>): readonly string[] {
  return told.flatMap((each) => {
    if (each.kind === "reset") return [];
    const name = `${each.resource} ${each.version}`;
    const known = ids.get(name) ?? each.id;
    ids.set(name, known);
    return known === each.id ? [] : [`${name} was told as ${each.id}, and as ${known}.`];
  });
}
