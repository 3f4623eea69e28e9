/** Remembers what was computed under a name, the newest `sizeMax` of them. */
export function createMemo(sizeMax: number): (name: string, compute: () => string) => string {
  const known = new Map<string, string>();
  return (name, compute) => {
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    const computed = compute();
    if (known.size >= sizeMax)
      for (const oldest of known.keys()) {
        known.delete(oldest);
        break;
      }
    known.set(name, computed);
    return computed;
  };
}
