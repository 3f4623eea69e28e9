import {
  assertNever,
  type Conditions,
  type EntityTagList,
  type FailedCondition,
  formatEntityTag,
  parseEntityTagList,
} from "@unclash/core";
import type { RequestLimits } from "../http/request-limits.js";

/** The headers that a request came with, and how much of them is read. */
interface Given {
  readonly header: (name: string) => string | undefined;
  readonly settings: { readonly requestLimits: RequestLimits };
}

/** The condition that failed, as the client gave it, for the member `expected`. */
export function expectedState(
  exchange: Given,
  conditions: Conditions,
  failed: FailedCondition,
): Readonly<Record<string, unknown>> {
  switch (failed) {
    case "if-match":
      return { etag: givenTags(exchange) };
    case "etag":
      return { etag: conditions.etag === undefined ? [] : [formatEntityTag(conditions.etag)] };
    case "version":
      return { version: conditions.version };
    case "if-unmodified-since":
      return { unmodifiedSince: exchange.header("if-unmodified-since") };
    case "if-none-match":
      return unexpectedState(conditions.ifNoneMatch);
    default:
      return assertNever(failed);
  }
}

/** What must not be there: anything, or a state with one of these entity-tags. */
function unexpectedState(list: EntityTagList | undefined): Readonly<Record<string, unknown>> {
  return list?.kind === "tags" ? { notEtag: list.tags.map(formatEntityTag) } : { absent: true };
}

/** The tags as they were sent: the conditions may hold more, where what proxies make of them is taken too. */
function givenTags({ header, settings: { requestLimits } }: Given): readonly string[] {
  const list = parseEntityTagList(header("if-match") ?? "", { tagsMax: requestLimits.entityTagsMax });
  return list.kind === "tags" ? list.tags.map(formatEntityTag) : ["*"];
}
