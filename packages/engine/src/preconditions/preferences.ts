import { parsePrefer, preferredReturn } from "@unclash/core";
import { type StrategyName, strategyNames } from "../conflicts/strategy.js";
import type { Limits } from "../http/request-limits.js";

/** What of `Prefer` (RFC 7240) means something here. Whatever can't be honoured is ignored, as the RFC wants it. */
export interface Preferences {
  readonly minimal: boolean;
  readonly dryRun: boolean;
  /** The strategy asked for, where the collection allows it. */
  readonly onConflict: StrategyName | undefined;
}

const none: Preferences = { minimal: false, dryRun: false, onConflict: undefined };

/** Reads what a request prefers; of strategies only those that the app lets it ask for. */
export function readPreferences(
  exchange: { readonly header: (name: string) => string | undefined; readonly settings: { readonly limits: Limits } },
  { allowedStrategies }: { readonly allowedStrategies: ReadonlySet<string> },
): Preferences {
  const field = exchange.header("prefer");
  if (field === undefined) return none;
  const asked = parsePrefer(field, { itemsMax: exchange.settings.limits.preferItemsMax });
  const strategy = strategyNames.find((name) => name === asked.get("on-conflict"));
  return {
    minimal: preferredReturn(asked) === "minimal",
    // Whoever sends `dry-run=true` means it too: to take that for a real write would be the worse mistake.
    dryRun: asked.has("dry-run") && asked.get("dry-run") !== "false",
    onConflict: strategy !== undefined && allowedStrategies.has(strategy) ? strategy : undefined,
  };
}
