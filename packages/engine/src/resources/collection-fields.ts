import { ConfigurationError, type ProblemEntry } from "@unclash/core";
import { parsePointer, pointerOf } from "@unclash/core/json";
import { describeValue, nearestName } from "@unclash/core/options";
import type { ConflictOptions } from "../conflicts/state-options.js";
import { warnOnce } from "../options/warnings.js";
import type { Schema } from "../states/schema.js";
import { type SchemaFields, schemaFields } from "../states/schema-fields.js";

/** The options that name fields. */
interface FieldNames {
  readonly schema: Schema;
  readonly unique?: readonly string[];
  readonly references?: object;
  readonly states?: object;
  readonly conflicts?: ConflictOptions;
  readonly versionField?: string | false;
  readonly etagField?: string | false;
}

/**
 * Checks the names of fields in a collection's options against its schema, as far as that can be looked into.
 *
 * @param path where the collection's options stand: `collections.articles`
 * @throws ConfigurationError for a field that is none, and for a schema with a member that is unclash's own
 */
export function checkCollectionFields(path: string, options: FieldNames): void {
  const { schema, unique = [], references = {}, states = {}, versionField = "version", etagField = "etag" } = options;
  const own = ["id", versionField, etagField].filter((name) => name !== false);
  const known = schemaFields(schema);
  checkSchema(`${path}.schema`, own, known);
  const named = { unique, references: Object.keys(references), states: Object.keys(states) };
  for (const [option, fields] of Object.entries(named)) {
    for (const field of fields) checkField(`${path}.${option}`, field, own, known);
  }
  const { policies, together } = options.conflicts?.merge ?? {};
  const groups = Array.isArray(together) ? together.flat() : [];
  for (const place of Object.keys(Object(policies))) checkPlace(`${path}.conflicts.merge.policies`, place, own, known);
  for (const place of groups) checkPlace(`${path}.conflicts.merge.together`, place, own, known);
}

/** A policy for a place that no state has does nothing. What is malformed about places is found where they are read. */
function checkPlace(path: string, pointer: unknown, own: readonly string[], known: SchemaFields | undefined): void {
  const parsed = typeof pointer === "string" ? parsePointer(pointer) : undefined;
  const [field] = parsed?.kind === "pointer" ? parsed.tokens : [];
  if (field !== undefined && field !== "*") checkField(path, field, own, known);
}

/** The members that are unclash's own are taken off a body before its schema sees it. */
function checkSchema(path: string, own: readonly string[], known: SchemaFields | undefined): void {
  const declared = own.find((name) => known?.names.has(name));
  if (declared === undefined) return;
  throw new ConfigurationError(
    path,
    `must not declare ${describeValue(declared)}, which is unclash's own: ${wayOut(declared)}`,
  );
}

/** A rule over a member that is never a field would never hold anything. */
function checkField(path: string, field: string, own: readonly string[], known: SchemaFields | undefined): void {
  if (own.includes(field)) {
    throw new ConfigurationError(
      path,
      `must name fields, and ${describeValue(field)} is unclash's own: ${wayOut(field)}`,
    );
  }
  if (known?.names.has(field)) return;
  if (field.startsWith("/")) throw new ConfigurationError(path, `must name fields, and ${pointerIn(field)}`);
  if (known === undefined || known.isOpen) return;
  const nearest = nearestName(field, [...known.names]);
  const hint = nearest === undefined ? "" : `. Did you mean \`${nearest}\`?`;
  throw new ConfigurationError(path, `must name fields of the schema, and ${describeValue(field)} is none${hint}`);
}

/** No schema that is open would miss a field of that name: it would never hold anything. */
function pointerIn(field: string): string {
  const parsed = parsePointer(field);
  const [name = "", ...below] = parsed.kind === "pointer" ? parsed.tokens : [];
  const instead = below.length === 0 ? `write ${describeValue(name)}` : "only members of the resource itself are";
  return `${describeValue(field)} is a JSON Pointer: ${instead}`;
}

function wayOut(name: string): string {
  return name === "id" ? "leave it out" : "leave it out, or give versionField or etagField another name, or false";
}

interface OwnMembers {
  readonly name: string;
  readonly ownMembers: readonly string[];
}

/**
 * Warns, once a collection, where a schema finds fault with the absence of a member that is unclash's own: no schema is
 * ever given one. Of schemas that can't be looked into, this shows first when something is written.
 */
export function warnOfOwnMembers(collection: OwnMembers, errors: readonly ProblemEntry[]): void {
  const asked = collection.ownMembers.filter((name) => errors.some(({ pointer }) => pointer === pointerOf([name])));
  if (asked.length === 0) return;
  warnOnce(
    "UNCLASH_SCHEMA_ASKS_FOR_OWN_MEMBER",
    collection,
    `collections.${collection.name}.schema asks for ${asked.join(" and ")}, which no schema is given: ` +
      "unclash takes its own members off a body before that is validated, so that every write is 422. Leave " +
      "them out of the schema.",
  );
}
