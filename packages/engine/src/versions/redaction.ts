import { CallbackError, type Conditions, type ProblemEntry } from "@unclash/core";
import {
  evaluatePointer,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  parsePointer,
  pointerOf,
} from "@unclash/core/json";
import type { StoredRecord, Text } from "@unclash/core/store";
import { readContent } from "../http/body.js";
import { invalidContent, malformed, type Refused, refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { type KeyedWrite, keyedWrite } from "../idempotency/in-commit.js";
import { readSentKey } from "../idempotency/sent-key.js";
import { readConditions } from "../preconditions/conditions.js";
import { type Preferences, readPreferences } from "../preconditions/preferences.js";
import type { Collection } from "../resources/collection.js";
import type { Addressed, CollectionExchange } from "../resources/collection-exchange.js";
import {
  contentOf,
  fieldsOf,
  parseRepresentation,
  representationText,
  shownText,
  shownVersion,
  storedShape,
} from "../states/representation.js";
import { readVersionParameter } from "./history.js";
import { withoutMembers } from "./without-members.js";

/** What is to be taken out of a past state: well-formed, and not yet compared with what is there. */
export interface RedactionRequest extends Addressed {
  readonly kind: "redaction";
  /** As clients name it. */
  readonly version: number;
  readonly paths: readonly RedactedPath[];
  readonly conditions: Conditions;
  readonly preferences: Preferences;
  readonly keyed: KeyedWrite | undefined;
}

interface RedactedPath {
  readonly pointer: string;
  readonly tokens: readonly string[];
}

/** Reads all that a redaction says; everything malformed about it is named at once. */
export async function readRedactionRequest(
  exchange: CollectionExchange,
  addressed: Addressed,
  rawVersion: string,
): Promise<RedactionRequest | Refused> {
  const errors: ProblemEntry[] = [];
  const version = readVersionParameter("version", [rawVersion], errors) ?? 0;
  const read = await readContent(exchange, ["application/json"]);
  if (read.kind === "refused") return read;
  if (read.kind === "malformed") errors.push(...read.errors);
  const body = read.kind === "content" ? read.value : undefined;
  const paths = body === undefined ? [] : readPaths(exchange, body, errors);
  const conditions = readConditions(exchange, undefined, errors);
  const sent = readSentKey(exchange.header("idempotency-key"), exchange.actor);
  if (sent?.kind === "malformed") errors.push(sent.error);
  if (errors.length > 0) return malformed(errors);
  const preferences = readPreferences(exchange, []);
  const keyed = sent?.kind === "key" ? keyedWrite(exchange, sent.key, { preferences, body }) : undefined;
  return { kind: "redaction", ...addressed, version, paths, conditions, preferences, keyed };
}

/** So many members that mean nothing are named at most. */
const othersMax = 10;

function readPaths(exchange: CollectionExchange, body: Json, errors: ProblemEntry[]): readonly RedactedPath[] {
  const members = isJsonObject(body) ? body : {};
  const others = Object.keys(members).filter((name) => name !== "paths");
  for (const name of others.slice(0, othersMax)) {
    errors.push({ code: "unknown-member", pointer: pointerOf([name]), detail: sentences.redactionMembers });
  }
  const { patchOperationsMax } = exchange.settings.requestLimits;
  const given = Object.hasOwn(members, "paths") ? members["paths"] : undefined;
  if (!isJsonArray(given) || given.length === 0) {
    errors.push({ code: "malformed-paths", pointer: "/paths", detail: sentences.paths });
    return [];
  }
  if (given.length > patchOperationsMax) {
    errors.push({ code: "too-many-paths", pointer: "/paths", detail: sentences.pathsMax(patchOperationsMax) });
    return [];
  }
  return given.flatMap((pointer, index) => {
    const parsed = typeof pointer === "string" ? parsePointer(pointer) : undefined;
    if (typeof pointer === "string" && parsed?.kind === "pointer") return { pointer, tokens: parsed.tokens };
    const detail = parsed?.kind === "malformed" ? parsed.detail : sentences.paths;
    errors.push({ code: "malformed-pointer", pointer: `/paths/${index}`, detail });
    return [];
  });
}

/** The text of a state without some of its members. */
export interface RedactedText {
  readonly kind: "text";
  readonly text: Text;
  /** JSON Pointers to these members, in the shape that the state is stored in. */
  readonly paths: readonly string[];
}

/** The text of a state without some of its members; or why they can't be taken out. */
export function redactedText(
  { collection, id, key, paths }: RedactionRequest,
  past: StoredRecord,
  current: StoredRecord | undefined,
): RedactedText | Refused {
  const shown = shownFields(collection, past);
  const fields = fieldsOf(collection, parseRepresentation(past.text ?? "{}"));
  const stored = storedPaths(collection, past, paths, { shown: shown ?? {}, fields });
  const errors = paths.flatMap(({ tokens }, index): readonly ProblemEntry[] => {
    const detail = pathFault(collection.ownMembers, tokens, shown ?? fields) ?? stored[index]?.fault;
    return detail === undefined ? [] : [{ pointer: `/paths/${index}`, detail }];
  });
  if (errors.length > 0) return invalidContent(errors);
  if (current?.version === past.version)
    return refused("invalid-state", sentences.redactsCurrent(key), { members: { resource: key } });
  const left = withoutMembers(
    fields,
    stored.map(({ tokens }) => tokens),
  );
  const content = contentOf(isJsonObject(left) ? left : {});
  return {
    kind: "text",
    text: representationText(collection, id, shownVersion(collection, past), content),
    paths: stored.map(({ tokens }) => pointerOf(tokens)),
  };
}

/** The fields as the caller's API version shows them; nothing where an earlier redaction keeps them from that. */
function shownFields(collection: Collection, past: StoredRecord): JsonObject | undefined {
  try {
    return fieldsOf(collection, parseRepresentation(shownText(collection, past)));
  } catch (thrown) {
    if (thrown instanceof CallbackError) return undefined;
    throw thrown;
  }
}

interface StoredPath {
  readonly tokens: readonly string[];
  readonly fault?: string;
}

/**
 * The paths in the shape that the state is stored in: what the caller's API version calls them may be other places. One
 * that is only a part of a member there would take more out than was asked for.
 */
function storedPaths(
  { view }: Collection,
  past: StoredRecord,
  paths: readonly RedactedPath[],
  { shown, fields }: { readonly shown: JsonObject; readonly fields: JsonObject },
): readonly StoredPath[] {
  const stored = view && storedShape({ view }, past);
  if (view === undefined || stored === undefined || view.chain.isSame(stored, view.version.number)) return paths;
  return paths.map(({ pointer }): StoredPath => {
    const renamed = view.chain.renamePointer(pointer, view.version.number, stored, fields);
    const parsed = parsePointer(renamed);
    const tokens = parsed.kind === "pointer" ? parsed.tokens : [];
    const isThere = tokens.length > 0 && evaluatePointer(fields, tokens) !== undefined;
    if (isThere && view.chain.renamePointer(renamed, stored, view.version.number, shown) === pointer) return { tokens };
    return { tokens, fault: sentences.redactInItsVersion(view.names[stored - 1] ?? "") };
  });
}

function pathFault(ownMembers: readonly string[], tokens: readonly string[], fields: Json): string | undefined {
  const [first] = tokens;
  if (first === undefined) return sentences.redactsWhole;
  if (ownMembers.includes(first)) return sentences.notRedactable(first);
  return evaluatePointer(fields, tokens) === undefined ? sentences.nothingThere : undefined;
}
