/**
 * The value of a `Vary` that names what both parties go by: what is set already (a CORS middleware has put `Origin`
 * there), as it stands, and those of the names that are not in it.
 */
export function joinedVary(before: number | string | readonly string[] | undefined, names: string): string {
  const said = before === undefined ? "" : String(before);
  const known = new Set(namesIn(said));
  if (known.has("*")) return said;
  const missing = namesIn(names).filter((name) => !known.has(name));
  return [...(said === "" ? [] : [said]), ...missing].join(", ");
}

function namesIn(field: string): readonly string[] {
  return field.split(",").map((name) => name.trim().toLowerCase());
}
