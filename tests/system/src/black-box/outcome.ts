import type { Answered, Operation } from "./history.js";

/** The answer of a write that was accepted and changed something. */
export function acknowledged({ method, unchanged, outcome }: Operation): Answered | undefined {
  if (method === "GET" || unchanged || outcome.kind !== "answered") return undefined;
  return outcome.status < 300 ? outcome : undefined;
}

/** Whether the answer to a write says that it had no effect. */
export function isRefused({ method, outcome }: Operation): boolean {
  return method !== "GET" && outcome.kind === "answered" && outcome.status >= 400;
}

/** How often a write that was not acknowledged may have been applied. */
export function mayHaveBeenApplied(operation: Operation): boolean {
  if (operation.outcome.kind === "unknown") return true;
  return isRefused(operation) && operation.duplicated === true;
}

/** A write as the report of a violation names it. */
export function told({ number, client, method, base, outcome }: Operation): string {
  const condition = base === undefined ? "" : ` over ${"etag" in base ? base.etag : `version ${base.version}`}`;
  const end =
    outcome.kind === "answered"
      ? `${outcome.status}${outcome.version === undefined ? "" : `, version ${outcome.version}, ${outcome.etag}`}`
      : outcome.kind;
  return `${method} no. ${number} of client ${client}${condition} (${end})`;
}
