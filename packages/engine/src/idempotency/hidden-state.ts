import { sentences } from "../http/sentences.js";

/** What of a problem tells of a state, and is left out for who may not read it. */
const ofState: ReadonlySet<string> = new Set([
  ...["current", "changes", "conflictingFields", "identical", "conflict", "holder", "from", "to", "allowed"],
]);

/**
 * The content of a kept problem for who may no longer read the state that it shows: as a fresh answer would be, without
 * what it tells of the state. Nothing for content that is no problem of unclash: an app's own format may show anything.
 */
export function withoutStateMembers(content: string | Uint8Array | null, typePrefix: string): string | undefined {
  const problem = parsed(content);
  const type = problem?.["type"];
  if (problem === undefined || typeof type !== "string" || !type.startsWith(typePrefix)) return undefined;
  const { resource } = problem;
  const left = Object.entries(problem).filter(([name]) => !ofState.has(name));
  const detail = details[type.slice(typePrefix.length)]?.(typeof resource === "string" ? resource : "The resource");
  return JSON.stringify({ ...Object.fromEntries(left), ...(detail !== undefined && { detail }) });
}

/** A detail may name the version that is there. */
const details: Readonly<Record<string, (resource: string) => string>> = {
  "version-conflict": (resource) => sentences.stateDiffers(resource),
  "invalid-state": () => sentences.changeNotAllowed,
};

function parsed(content: string | Uint8Array | null): Readonly<Record<string, unknown>> | undefined {
  if (content === null) return undefined;
  try {
    const value: unknown = JSON.parse(typeof content === "string" ? content : Buffer.from(content).toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
