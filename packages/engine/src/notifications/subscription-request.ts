import { type ProblemEntry, unsupportedConditions } from "@unclash/core";
import { isJsonObject, type Json, type JsonObject, pointerOf } from "@unclash/core/json";
import { readContent } from "../http/body.js";
import { malformed, type Refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { type KeyedWrite, keyedWrite } from "../idempotency/in-commit.js";
import { readSentKey } from "../idempotency/sent-key.js";
import { readConditions } from "../preconditions/conditions.js";
import { type Preferences, readPreferences } from "../preconditions/preferences.js";
import { type FilterCheck, filterFaults, readResources, readTypes } from "./filter-members.js";
import { type NotifiedExchange, notificationsOf } from "./notified-exchange.js";
import { checkCallbackUrl } from "./webhooks/callback-url.js";
import { secretFault } from "./webhooks/secret.js";

/** What a write of a subscription says besides its content. */
export interface SubscriptionHeaders {
  readonly preferences: Preferences;
  readonly keyed: KeyedWrite | undefined;
}

/** What is to be subscribed to: well-formed, and valid but for its faults. */
export interface CreationRequest {
  readonly kind: "creation";
  readonly resources: readonly string[];
  readonly types: readonly string[];
  readonly callback: { readonly url: string; readonly secret: string | undefined } | undefined;
  readonly preferences: Preferences;
  /** All that is not valid. What it is about must not be used. */
  readonly faults: readonly ProblemEntry[];
}

/** How a subscription is to be changed: what is `undefined` stays as it is. */
export interface ChangeRequest extends SubscriptionHeaders {
  readonly kind: "change";
  readonly resources: readonly string[] | undefined;
  readonly types: readonly string[] | undefined;
  readonly url: string | undefined;
  readonly enabled: boolean | undefined;
  readonly faults: readonly ProblemEntry[];
}

/** Reads all that the creation of a subscription says: 415, 413, or 400 for everything malformed about it at once. */
export async function readCreation(exchange: NotifiedExchange): Promise<CreationRequest | Refused> {
  const errors: ProblemEntry[] = [];
  const read = await readMembers(exchange, ["application/json"], ["resources", "types", "callback"], errors);
  if (read.kind === "refused") return read;
  readCallbackMembers(read.members["callback"], ["url", "secret"], errors);
  refuseConditions(exchange, errors);
  refuseKey(exchange, errors);
  if (errors.length > 0) return malformed(errors);
  const faults: ProblemEntry[] = [...read.faults];
  const { resources, types, callback } = read.members;
  const check = filterCheck(exchange, faults);
  const filter = {
    resources: read.faults.length > 0 ? [] : readResources(resources, check),
    types: types === undefined ? [] : readTypes(types, check),
  };
  faults.push(...filterFaults(filter, check.patternsMax));
  return {
    kind: "creation",
    ...filter,
    callback: callback === undefined ? undefined : readCallback(exchange, callback, faults),
    preferences: readPreferences(exchange, []),
    faults,
  };
}

const patchTypes = ["application/merge-patch+json", "application/json"];

/** Reads all that the change of a subscription says. `null` for `types` is a merge patch's word for all of them. */
export async function readChange(exchange: NotifiedExchange): Promise<ChangeRequest | Refused> {
  const errors: ProblemEntry[] = [];
  const read = await readMembers(exchange, patchTypes, ["resources", "types", "callback", "enabled"], errors);
  if (read.kind === "refused") return read;
  readCallbackMembers(read.members["callback"], ["url"], errors);
  refuseConditions(exchange, errors);
  const headers = readHeaders(exchange, read.body, errors);
  if (errors.length > 0) return malformed(errors);
  const faults: ProblemEntry[] = [...read.faults];
  const { resources, types, callback, enabled } = read.members;
  const check = filterCheck(exchange, faults);
  if (enabled !== undefined && typeof enabled !== "boolean")
    faults.push({ pointer: "/enabled", detail: sentences.enabledMember });
  return {
    kind: "change",
    resources: resources === undefined ? undefined : readResources(resources, check),
    types: types === undefined ? undefined : types === null ? [] : readTypes(types, check),
    url: callback === undefined ? undefined : readCallback(exchange, callback, faults)?.url,
    enabled: typeof enabled === "boolean" ? enabled : undefined,
    ...headers,
    faults,
  };
}

/** Reads what a request about a subscription says that needs no content: 400 for everything malformed about it. */
export function readBareRequest(
  exchange: NotifiedExchange,
  takesKey: "takes a key" | "answers with a secret",
): ({ readonly kind: "bare" } & SubscriptionHeaders) | Refused {
  const errors: ProblemEntry[] = [];
  refuseConditions(exchange, errors);
  if (takesKey === "answers with a secret") refuseKey(exchange, errors);
  const headers = readHeaders(exchange, undefined, errors);
  return errors.length > 0 ? malformed(errors) : { kind: "bare", ...headers };
}

/** So many members that mean nothing are named at most. */
const othersMax = 10;

interface ReadMembers {
  readonly kind: "members";
  readonly body: Json | undefined;
  readonly members: JsonObject;
  readonly faults: readonly ProblemEntry[];
}

/** Reads the members of the content; those that mean nothing, and what does not parse, are added to the errors. */
async function readMembers(
  exchange: NotifiedExchange,
  accepted: readonly string[],
  known: readonly string[],
  errors: ProblemEntry[],
): Promise<ReadMembers | Refused> {
  const read = await readContent(exchange, accepted);
  if (read.kind === "refused") return read;
  if (read.kind === "malformed") {
    errors.push(...read.errors);
    return { kind: "members", body: undefined, members: {}, faults: [] };
  }
  const { value: body } = read;
  if (!isJsonObject(body))
    return { kind: "members", body, members: {}, faults: [{ pointer: "", detail: sentences.subscriptionObject }] };
  refuseOthers(body, known, [], errors);
  return { kind: "members", body, members: body, faults: [] };
}

function readCallbackMembers(callback: Json | undefined, known: readonly string[], errors: ProblemEntry[]): void {
  if (callback !== undefined && isJsonObject(callback)) refuseOthers(callback, known, ["callback"], errors);
}

function refuseOthers(
  members: JsonObject,
  known: readonly string[],
  within: readonly string[],
  errors: ProblemEntry[],
): void {
  const others = Object.keys(members).filter((name) => !known.includes(name));
  const detail = sentences.subscriptionMembers(within.length > 0, known);
  for (const name of others.slice(0, othersMax))
    errors.push({ code: "unknown-member", pointer: pointerOf([...within, name]), detail });
}

function refuseConditions(exchange: NotifiedExchange, errors: ProblemEntry[]): void {
  errors.push(...unsupportedConditions(readConditions(exchange, undefined, errors)));
}

/** An answer that holds a secret must not be kept for a repeat. */
function refuseKey({ header }: NotifiedExchange, errors: ProblemEntry[]): void {
  if (header("idempotency-key") === undefined) return;
  const detail = sentences.keyOfSecret;
  errors.push({ code: "unsupported-idempotency-key", header: "Idempotency-Key", detail });
}

function readHeaders(exchange: NotifiedExchange, body: Json | undefined, errors: ProblemEntry[]): SubscriptionHeaders {
  const preferences = readPreferences(exchange, []);
  const sent = readSentKey(exchange.header("idempotency-key"), exchange.actor);
  if (sent?.kind === "malformed") errors.push(sent.error);
  const keyed = sent?.kind === "key" ? keyedWrite(exchange, sent.key, { preferences, body }) : undefined;
  return { preferences, keyed };
}

function filterCheck(exchange: NotifiedExchange, faults: ProblemEntry[]): FilterCheck {
  const { filterPatternsMax } = notificationsOf(exchange).limits;
  return { exchange, patternsMax: filterPatternsMax, faults };
}

function readCallback(
  exchange: NotifiedExchange,
  callback: Json,
  faults: ProblemEntry[],
): { readonly url: string; readonly secret: string | undefined } | undefined {
  if (!isJsonObject(callback)) {
    faults.push({ pointer: "/callback", detail: sentences.callbackObject });
    return undefined;
  }
  const { url, secret } = callback;
  const checked = checkCallbackUrl(url, notificationsOf(exchange));
  if (checked.kind === "invalid") faults.push({ pointer: "/callback/url", detail: checked.detail });
  const fault = secret === undefined ? undefined : secretFault(secret);
  if (fault !== undefined) faults.push({ pointer: "/callback/secret", detail: sentences.secretMember(fault) });
  const isText = typeof secret === "string" && fault === undefined;
  if (checked.kind === "invalid" || typeof url !== "string") return undefined;
  return { url, secret: isText ? secret : undefined };
}
