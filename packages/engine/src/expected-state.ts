import { assertNever, type Conditions, type FailedCondition, formatEntityTag, parseEntityTagList } from "@unclash/core";
import type { Limits } from "./limits.js";

/** The headers that a request came with, and how much of them is read. */
interface Given {
  readonly header: (name: string) => string | undefined;
  readonly settings: { readonly limits: Limits };
}

/** The condition that failed, as the client gave it, for the member `expected`; one for absence names no state. */
export function expectedState(
  exchange: Given,
  conditions: Conditions,
  failed: FailedCondition,
): Readonly<Record<string, unknown>> | undefined {
  switch (failed) {
    case "if-match":
      return { etag: givenTags(exchange) };
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

/** The tags as they were sent: the conditions may hold more, where what proxies make of them is taken too. */
function givenTags({ header, settings: { limits } }: Given): readonly string[] {
  const list = parseEntityTagList(header("if-match") ?? "", { tagsMax: limits.entityTagsMax });
  return list.kind === "tags" ? list.tags.map(formatEntityTag) : ["*"];
}
