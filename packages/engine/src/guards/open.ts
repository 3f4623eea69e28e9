import { identifyCaller } from "../access/actor.js";
import { fromClient } from "../access/client-address.js";
import { type Refused, refused, tooManyHeaders } from "../http/refusal.js";
import type { RequestFacts } from "../http/request.js";
import { GuardExchange } from "./guard-exchange.js";
import type { GuardSettings } from "./guard-settings.js";
import type { KeyedRequest } from "./keyed-request.js";
import { warnOfNoResource } from "./silent-handlers.js";
import type { Terms } from "./terms.js";
import { readTerms } from "./terms.js";

/** A request whose sender is known, and what it says; or why it goes no further. */
export type Opened = { readonly exchange: GuardExchange } & (
  | { readonly kind: "terms"; readonly terms: Terms; readonly keyed: KeyedRequest | undefined }
  | Refused
);

/** The first two steps of every request at a guard: identify → malformed. */
export async function openExchange(settings: GuardSettings, received: RequestFacts): Promise<Opened> {
  const request = fromClient(received, settings.trust);
  if (received.headersCut === true && !settings.reportOnly)
    return { exchange: new GuardExchange(settings, request, undefined), ...tooManyHeaders };
  const caller = await identifyCaller(settings.identify, request);
  const exchange = new GuardExchange(settings, request, caller.kind === "known" ? caller.actor : undefined);
  if (exchange.isAstray) warnOfNoResource(exchange);
  if (exchange.isAstray && !settings.reportOnly) {
    const detail = `There is no single resource at ${exchange.instance}, and ${request.method} changes one.`;
    return { exchange, ...refused("not-found", detail) };
  }
  return caller.kind === "refused" && !settings.reportOnly
    ? { exchange, ...caller }
    : { exchange, ...readTerms(exchange) };
}
