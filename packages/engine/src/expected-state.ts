import { assertNever, type Conditions, type EntityTagList, type FailedCondition, formatEntityTag } from "@unclash/core";
import type { Exchange } from "./exchange.js";

/** The condition that failed, as the client gave it, for the member `expected`; one for absence names no state. */
export function expectedState(
  exchange: Exchange,
  conditions: Conditions,
  failed: FailedCondition,
): Readonly<Record<string, unknown>> | undefined {
  switch (failed) {
    case "if-match":
      return { etag: formatTags(conditions.ifMatch) };
    case "version":
      return { version: conditions.version };
    case "if-unmodified-since":
      return { unmodifiedSince: exchange.header("if-unmodified-since") };
    case "if-none-match":
      return undefined;
    default:
      return assertNever(failed);
  }
}

function formatTags(list: EntityTagList | undefined): readonly string[] {
  return list?.kind === "tags" ? list.tags.map(formatEntityTag) : ["*"];
}
