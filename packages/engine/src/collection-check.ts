import { ConfigurationError, indexNameBytesMax, indexValuesMax } from "@unclash/core";
import type { CollectionOptions } from "./collection.js";
import { headerValue, namesOnly, oneOf, retentionOnly } from "./configuration.js";
import { checkStateRule } from "./states.js";
import { strategyNames } from "./strategy.js";

const namePattern = /^[a-z][a-z0-9-]{0,62}$/;

/** Names that routes of the contract or records of the store need for themselves. */
const reservedNames: ReadonlySet<string> = new Set([
  "conflict",
  "conflicts",
  "conflict-notifications",
  "dashboard",
  "docs",
  "health",
  "idempotency",
  "limit",
  "lock",
  "lock-queue",
  "locks",
  "metrics",
  "openapi.json",
  "resolve-conflict",
  "subscription",
  "transaction",
  "transactions",
]);

/** Refuses a collection's options where one can't be, with a `ConfigurationError` that names it. */
export function checkCollection(name: string, options: CollectionOptions, known: ReadonlySet<string>): void {
  const at = (option: string): string => `collections.${name}.${option}`;
  if (!namePattern.test(name) || reservedNames.has(name) || /^v[0-9]+$/.test(name)) {
    throw new ConfigurationError(
      `collections.${name}`,
      "is no name for a collection: lower-case letters, digits and `-`, and none that unclash's own routes have",
    );
  }
  if (typeof options.schema?.["~standard"]?.validate !== "function") {
    throw new ConfigurationError(at("schema"), "must be a Standard Schema, as zod, valibot and arktype make them");
  }
  oneOf(at("precondition"), options.precondition, ["required", "optional"]);
  oneOf(at("versions"), options.versions, ["counted", "timestamps"]);
  if (typeof options.strategy !== "function") oneOf(at("strategy"), options.strategy, strategyNames);
  const allowed = options.allowedStrategies ?? [];
  for (const item of allowed === "all" ? [] : allowed) oneOf(at("allowedStrategies"), item, strategyNames);
  for (const [field, target] of Object.entries(options.references ?? {})) {
    if (!known.has(target)) throw new ConfigurationError(at(`references.${field}`), `names no collection: ${target}`);
  }
  namesOnly(at("unique"), options.unique);
  for (const field of options.unique ?? []) {
    if (Buffer.byteLength(`${name}.${field}`) > indexNameBytesMax || (options.unique?.length ?? 0) > indexValuesMax) {
      throw new ConfigurationError(at("unique"), `may hold ${indexValuesMax} names that are no longer than 64 bytes`);
    }
  }
  retentionOnly(at("retention"), options.retention);
  if (options.retention === "none" && settlesStaleWrites(options)) {
    throw new ConfigurationError(at("retention"), "must keep some past states where a strategy compares with them");
  }
  headerValue(at("cacheControl"), options.cacheControl);
  for (const [field, rule] of Object.entries(options.states ?? {})) checkStateRule(at(`states.${field}`), rule);
  if (options.versionField === "id" || options.versionField === "") {
    throw new ConfigurationError(at("versionField"), "must be a name other than `id`, or false");
  }
}

/** Whether a stale write may be let through, for which the state that it was made for must still be known. */
function settlesStaleWrites({ strategy, allowedStrategies = [] }: CollectionOptions): boolean {
  const settles = (name: unknown): boolean => typeof name === "function" || name === "last-write-wins";
  return settles(strategy) || allowedStrategies === "all" || allowedStrategies.some(settles);
}
