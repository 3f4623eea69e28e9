/** Remembers what was computed under a name, the newest `sizeMax` of them. */
export function createMemo(sizeMax: number): (name: string, compute: () => string) => string {
  const known = new Map<string, string>();
  return (name, compute) => {
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    const computed = compute();
    if (known.size >= sizeMax) deleteOldest(known);
    known.set(name, computed);
    return computed;
  };
}

/** Deletes what was put into a map first. */
export function deleteOldest(map: Map<unknown, unknown>): void {
  for (const oldest of map.keys()) {
    map.delete(oldest);
    return;
  }
}
