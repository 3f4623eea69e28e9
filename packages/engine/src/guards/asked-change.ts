import { type ProblemEntry, UsageError } from "@unclash/core";
import type { Json } from "@unclash/core/json";
import { type AskedChange, type ContentMethod, contentTypes, readChange, readId } from "../conflicts/read-change.js";
import { acceptedType, checkParsed, jsonLimitsOf, type ReadContent } from "../http/body.js";
import type { Refused } from "../http/refusal.js";
import type { GuardExchange } from "./guard-exchange.js";
import { hasContent } from "./unread-body.js";

/** The method of a request whose content says what is to become of a resource; nothing for any other. */
export function contentMethod({ request: { method } }: GuardExchange): ContentMethod | undefined {
  return method === "POST" || method === "PUT" || method === "PATCH" ? method : undefined;
}

/**
 * Reads what the content of a request asks for; 415 where it has another media type. What is malformed about it is
 * added to the errors.
 *
 * @throws UsageError where no parser of the app's has read it
 */
export function readAsked(
  exchange: GuardExchange,
  method: ContentMethod,
  errors: ProblemEntry[],
): AskedChange | Refused | undefined {
  const { settings } = exchange;
  const mediaType = acceptedType(exchange, contentTypes(method));
  if (typeof mediaType !== "string") return mediaType;
  const content = exchange.parsed ?? unparsed(exchange, mediaType);
  return readChange(method, content, { shape: settings, limits: settings.requestLimits }, errors);
}

function unparsed(exchange: GuardExchange, mediaType: string): Exclude<ReadContent, Refused> {
  const { requestLimits } = exchange.settings;
  if (!hasContent(exchange)) return checkParsed(mediaType, "", jsonLimitsOf(requestLimits));
  throw new UsageError(
    "applyChange",
    `can't see the content of ${exchange.request.method} ${exchange.instance}: no body parser before the guard has ` +
      `read ${mediaType}. Put one there that does, such as ` +
      'express.json({ type: ["application/json", "application/*+json"] })',
  );
}

/**
 * Reads the id that content names; what is wrong with it is added to the errors. That of a PUT or PATCH must be the
 * resource's own, where that is known.
 *
 * @param own the id of the resource, as its row shows it. @default what the app's `resource` has behind its last `/`
 */
export function readAskedId(
  exchange: GuardExchange,
  { members }: AskedChange,
  own: Json | undefined,
  errors: ProblemEntry[],
): string | undefined {
  const isCreation = exchange.request.method === "POST";
  const addressed = isCreation ? undefined : (own ?? namedId(exchange));
  if (members === undefined || (addressed === undefined && !isCreation)) return undefined;
  return readId(members, addressed, exchange.settings.requestLimits.idBytesMax, errors);
}

function namedId({ settings, resource }: GuardExchange): string | undefined {
  if (settings.resource === undefined || resource === undefined || !resource.includes("/")) return undefined;
  return resource.slice(resource.lastIndexOf("/") + 1);
}
