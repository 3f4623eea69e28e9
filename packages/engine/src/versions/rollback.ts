import { notFound, type Refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import type { CollectionExchange } from "../resources/collection-exchange.js";
import type { WriteRequest } from "../resources/write-request.js";
import { fieldsIn } from "../states/representation.js";
import { findVersion } from "./history.js";

/** A write with all that it needs to be decided; or 404 for a rollback to a version that is not there. */
export type Resolved = { readonly kind: "write"; readonly request: WriteRequest } | Refused;

/**
 * Reads the state that a rollback goes back to: from then on it is a PUT of those fields. Any other write stays as it
 * is.
 */
export function readTarget(exchange: CollectionExchange, request: WriteRequest): Resolved | Promise<Resolved> {
  const { change } = request;
  return change.kind === "rollback" ? readPast(exchange, request, change.version) : { kind: "write", request };
}

async function readPast(exchange: CollectionExchange, request: WriteRequest, version: number): Promise<Resolved> {
  const { collection, key, hidden } = request;
  const past = hidden ? undefined : await findVersion(exchange, request, version);
  if (past === undefined) return notFound(sentences.versionOf(key, version));
  const fields = fieldsIn(collection, past)() ?? null;
  return { kind: "write", request: { ...request, change: { kind: "rollback", version, fields } } };
}
