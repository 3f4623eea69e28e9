import { parsePrefer, preferredReturn } from "@unclash/core";
import type { RequestLimits } from "../http/request-limits.js";

/** The strategies that a request can ask for with `Prefer: on-conflict=…`, where its collection allows them. */
export const strategyNames = ["reject", "last-write-wins", "first-write-wins", "merge", "manual"] as const;

export type StrategyName = (typeof strategyNames)[number];

/** What of `Prefer` (RFC 7240) means something here. Whatever can't be honoured is ignored, as the RFC wants it. */
export interface Preferences {
  readonly minimal: boolean;
  readonly dryRun: boolean;
  /** The strategy asked for, where the app lets the request ask for it. */
  readonly onConflict: StrategyName | undefined;
}

/** Reads what a request prefers; of strategies only those that are allowed. */
export function readPreferences(
  exchange: {
    readonly header: (name: string) => string | undefined;
    readonly settings: { readonly requestLimits: RequestLimits };
  },
  allowedStrategies: readonly StrategyName[],
): Preferences {
  const field = exchange.header("prefer");
  if (field === undefined) return { minimal: false, dryRun: false, onConflict: undefined };
  const asked = parsePrefer(field, { itemsMax: exchange.settings.requestLimits.preferItemsMax });
  return {
    minimal: preferredReturn(asked) === "minimal",
    // Whoever sends `dry-run=true` means it too: to take that for a real write would be the worse mistake.
    dryRun: asked.has("dry-run") && asked.get("dry-run") !== "false",
    onConflict: allowedStrategies.find((name) => name === asked.get("on-conflict")),
  };
}
