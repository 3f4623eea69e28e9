import { fromClient } from "../access/client-address.js";
import type { RequestFacts } from "../http/request.js";
import { identifyCaller } from "../pipeline/line.js";
import type { GuardError } from "./guard-error.js";
import { GuardExchange } from "./guard-exchange.js";
import type { GuardSettings } from "./guard-settings.js";
import type { KeyedRequest } from "./keyed-request.js";
import type { Terms } from "./settle-write.js";
import { warnOfNoResource } from "./silent-handlers.js";
import { readTerms } from "./terms.js";

/** A request whose sender is known, and what it says; or the answer to one that goes no further. */
export type Opened = { readonly exchange: GuardExchange } & (
  | { readonly kind: "terms"; readonly terms: Terms; readonly keyed: KeyedRequest | undefined }
  | { readonly kind: "refuse"; readonly error: GuardError }
);

/** The first two steps of every request at a guard: identify → malformed. */
export async function openExchange(settings: GuardSettings, received: RequestFacts): Promise<Opened> {
  const request = fromClient(received, settings.trust);
  const caller = await identifyCaller(settings, request);
  const exchange = new GuardExchange(settings, request, caller.kind === "known" ? caller.actor : undefined);
  if (exchange.isAstray) warnOfNoResource(exchange);
  if (exchange.isAstray && !settings.reportOnly) {
    const detail = `There is no single resource at ${exchange.instance}, and ${request.method} changes one.`;
    return { exchange, kind: "refuse", error: exchange.refusal("not-found", detail) };
  }
  if (caller.kind === "known" || settings.reportOnly) return { exchange, ...readTerms(exchange) };
  const headers = { "www-authenticate": caller.challenge };
  const error = exchange.refusal("unauthenticated", "The credentials are wrong.", { headers });
  return { exchange, kind: "refuse", error };
}
