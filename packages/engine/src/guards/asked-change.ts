import { type ProblemEntry, UsageError } from "@unclash/core";
import { jsonPatchType, mergePatchType } from "../conflicts/change.js";
import {
  type AskedChange,
  type ContentMethod,
  contentTypes,
  contradictoryId,
  readChange,
  readGivenId,
} from "../conflicts/read-change.js";
import { acceptedType, checkParsed, jsonLimitsOf, type ReadContent } from "../http/body.js";
import type { Refused } from "../http/refusal.js";
import type { RowState } from "../states/row-state.js";
import type { GuardExchange } from "./guard-exchange.js";
import { hasContent } from "./unread-body.js";

/** What of an app's asks for the content of a request. */
export type ContentAsker = "applyChange" | "readId" | "checkContent";

/** The method of a request whose content says what is to become of a resource; nothing for any other. */
export function contentMethod({ request: { method } }: GuardExchange): ContentMethod | undefined {
  return method === "POST" || method === "PUT" || method === "PATCH" ? method : undefined;
}

/**
 * Reads what the content of a request asks for; 415 where it has another media type. What is malformed about it is
 * added to the errors.
 *
 * @param asker what of the app's wants it: a call, or a guard's option
 * @throws UsageError where no parser of the app's has read it
 */
export function readAsked(
  exchange: GuardExchange,
  { method, asker }: { readonly method: ContentMethod; readonly asker: ContentAsker },
  errors: ProblemEntry[],
): AskedChange | Refused | undefined {
  const { settings } = exchange;
  const mediaType = acceptedType(exchange, contentTypes(method, settings.jsonPatchAsMerge));
  if (typeof mediaType !== "string") return mediaType;
  const content = exchange.parsed ?? unparsed(exchange, mediaType, asker);
  return readChange(method, content, { format: settings, limits: settings.requestLimits }, errors);
}

function unparsed(exchange: GuardExchange, mediaType: string, asker: ContentAsker): Exclude<ReadContent, Refused> {
  const { requestLimits } = exchange.settings;
  if (!hasContent(exchange)) return checkParsed(mediaType, "", jsonLimitsOf(requestLimits));
  const [call, option] = asker === "checkContent" ? ["guard", "with `checkContent` "] : [asker, ""];
  throw new UsageError(
    call,
    `${option}can't see the content of ${exchange.request.method} ${exchange.instance}: ` +
      "no body parser before the guard has " +
      `read ${mediaType}. Put one there that reads application/json, ${mergePatchType} and ${jsonPatchType}`,
  );
}

/**
 * Whether a request is to make a resource, and is held against no state: a POST to a list. One that is held against a
 * state, such as a POST of an item's own action, has preconditions as a PUT has.
 *
 * @param selected the state that it is held against; "not loaded": only what is for no single resource is known to be
 *   a creation by then
 */
export function isCreation(
  { request, resource }: GuardExchange,
  selected: RowState | undefined | "not loaded",
): boolean {
  return request.method === "POST" && (selected === "not loaded" ? resource : selected) === undefined;
}

/** Whether a POST has no content, as that of an action may have none. */
export function isEmptyPost(exchange: GuardExchange): boolean {
  const { method, body } = exchange.request;
  if (method !== "POST" || hasContent(exchange)) return false;
  // Some parsers make `{}` of no content.
  return (exchange.header("content-type") ?? "") === "" || body.kind !== "parsed" || body.value === undefined;
}

/**
 * The id that the content of a POST gives to what it makes; what is wrong with it is added to the errors. Nothing for
 * any other method.
 */
export function readAskedId(
  { request, settings }: GuardExchange,
  { members }: AskedChange,
  errors: ProblemEntry[],
): string | undefined {
  if (request.method !== "POST" || members === undefined) return undefined;
  return readGivenId(members, settings.requestLimits.idBytesMax, errors);
}

/**
 * What is wrong with the content of a PUT or PATCH that names another id than the row that it is for; nothing where
 * there is no such row, as it alone shows its id. The app's names and paths are no ids.
 */
export function otherIdAsked(
  { request }: GuardExchange,
  { members }: AskedChange,
  selected: RowState | undefined,
): ProblemEntry | undefined {
  const own = ownId(selected);
  return request.method === "POST" || members === undefined || own === undefined
    ? undefined
    : contradictoryId(members, own);
}

/** The id of a row, as it is shown; nothing where the app does not show one. */
function ownId(selected: RowState | undefined): string | undefined {
  const shown = selected && (selected.representation() ?? selected.loaded.value);
  if (typeof shown !== "object" || shown === null || !("id" in shown)) return undefined;
  const { id } = shown;
  return typeof id === "string" || typeof id === "number" || typeof id === "bigint" ? String(id) : undefined;
}
