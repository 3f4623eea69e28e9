import { type ProblemEntry, unsupportedConditions } from "@unclash/core";
import { isJsonObject, type Json, type JsonObject, pointerOf } from "@unclash/core/json";
import { resolutions } from "../conflicts/records/record.js";
import { readContent } from "../http/body.js";
import { malformed, type Refused } from "../http/refusal.js";
import { sentences } from "../http/sentences.js";
import { type KeyedWrite, keyedWrite } from "../idempotency/in-commit.js";
import { readSentKey } from "../idempotency/sent-key.js";
import { isVersion, malformedVersion, readConditions } from "../preconditions/conditions.js";
import { type Preferences, readPreferences } from "../preconditions/preferences.js";
import type { CollectionExchange } from "./collection-exchange.js";

/** How a conflict is to be resolved: well-formed, and not yet compared with what is there. */
export interface ResolutionRequest {
  readonly kind: "resolution";
  /** The id of the conflict, as it was sent. */
  readonly conflict: string;
  readonly resolution: (typeof resolutions)[number];
  /** The content of the resource, where that is sent. */
  readonly value: Json;
  /** The version that the resource must be at. @default the one that the conflict found */
  readonly version: number | undefined;
  readonly preferences: Preferences;
  readonly keyed: KeyedWrite | undefined;
}

/** Reads all that a resolution says; everything malformed about it is named at once. */
export async function readResolution(exchange: CollectionExchange): Promise<ResolutionRequest | Refused> {
  const errors: ProblemEntry[] = [];
  const read = await readContent(exchange, ["application/json"]);
  if (read.kind === "refused") return read;
  if (read.kind === "malformed") errors.push(...read.errors);
  const body = read.kind === "content" ? read.value : undefined;
  const members = body === undefined ? undefined : readMembers(isJsonObject(body) ? body : {}, errors);
  errors.push(...unsupportedConditions(readConditions(exchange, undefined, errors)));
  const sent = readSentKey(exchange.header("idempotency-key"), exchange.actor);
  if (sent?.kind === "malformed") errors.push(sent.error);
  if (members === undefined || errors.length > 0) return malformed(errors);
  const preferences = readPreferences(exchange, []);
  const keyed = sent?.kind === "key" ? keyedWrite(exchange, sent.key, { preferences, body }) : undefined;
  return { kind: "resolution", ...members, preferences, keyed };
}

const known: readonly string[] = ["conflict", "resolution", "value", "version"];

/** So many members that mean nothing are named at most. */
const othersMax = 10;

function readMembers(
  body: JsonObject,
  errors: ProblemEntry[],
): Pick<ResolutionRequest, "conflict" | "resolution" | "value" | "version"> | undefined {
  for (const name of Object.keys(body)
    .filter((each) => !known.includes(each))
    .slice(0, othersMax)) {
    errors.push({ code: "unknown-member", pointer: pointerOf([name]), detail: sentences.resolutionMembers });
  }
  const { conflict, resolution: asked, value, version } = body;
  if (typeof conflict !== "string")
    errors.push({ code: "malformed-conflict", pointer: "/conflict", detail: sentences.conflictMember });
  const resolution = resolutions.find((each) => each === asked);
  if (resolution === undefined)
    errors.push({
      code: "malformed-resolution",
      pointer: "/resolution",
      detail: sentences.resolutionMember(resolutions),
    });
  if (version !== undefined && !isVersion(version)) errors.push(malformedVersion("version"));
  if (resolution === "custom" && value === undefined)
    errors.push({ code: "malformed-value", pointer: "/value", detail: sentences.valueMissing });
  if (resolution !== undefined && resolution !== "custom" && value !== undefined)
    errors.push({ code: "malformed-value", pointer: "/value", detail: sentences.valueUnused });
  if (typeof conflict !== "string" || resolution === undefined) return undefined;
  return { conflict, resolution, value: value ?? null, version: isVersion(version) ? version : undefined };
}
