import {
  conflictingPointers,
  diffJson,
  type FailedCondition,
  formatEntityTag,
  isJsonObject,
  type ResponsePlan,
  type StoredRecord,
  type Text,
} from "@unclash/core";
import { namedVersion } from "./base-state.js";
import type { Exchange } from "./exchange.js";
import { expectedState } from "./expected-state.js";
import type { WriteIntent } from "./intent.js";
import { problemPlan } from "./plan.js";
import { propose } from "./propose.js";
import { weakenedEntries } from "./proxy-tags.js";
import {
  type Content,
  contentOf,
  entityTagOf,
  fieldsOf,
  isUnchanged,
  parseRepresentation,
  shownVersion,
} from "./representation.js";
import { validate } from "./schema.js";
import type { Strategy } from "./strategy.js";

/** A write that is refused because its precondition does not hold. */
export interface Conflict {
  readonly intent: WriteIntent;
  readonly failed: FailedCondition;
  /** The living state, if there is one. */
  readonly current: StoredRecord | undefined;
  /** The earlier state that the client named, where it is still known. */
  readonly base: StoredRecord | undefined;
  readonly strategy: Strategy;
}

/** The answer to a conflict: what was expected, what there is instead, and what of it the write would touch. */
export async function conflictPlan(exchange: Exchange, conflict: Conflict): Promise<ResponsePlan> {
  const { intent, current } = conflict;
  const { collection, id, key } = intent;
  const path = exchange.pathOf(collection.name, id);
  const disclosed = current !== undefined && (await exchange.mayRead(key));
  const errors = current === undefined ? [] : weakenedEntries(intent.conditions, entityTagOf(collection, current));
  return problemPlan(exchange, "version-conflict", detailOf(conflict, disclosed), {
    status: statusOf(exchange, conflict),
    members: {
      resource: key,
      expected: expectedState(exchange, conflict.intent.conditions, conflict.failed),
      ...(disclosed && (await disclosure(exchange, conflict, current))),
      ...(errors.length > 0 && { errors }),
      links: { resource: path, versions: `${path}/versions` },
    },
  });
}

/** 409, or what the app set for a header's condition that no strategy looked at further. */
function statusOf(exchange: Exchange, { failed, strategy }: Conflict): number {
  const plain = strategy === "reject" || strategy === "first-write-wins";
  return failed !== "version" && plain ? exchange.settings.conflictStatus : 409;
}

function detailOf({ intent, failed, current }: Conflict, disclosed: boolean): string {
  const { key, collection } = intent;
  if (current === undefined) return `${key} does not exist, and this request is for an existing one.`;
  if (failed === "if-none-match") return `${key} exists, and this request is for one that does not.`;
  if (failed === "if-unmodified-since") return `${key} has been modified since.`;
  if (!disclosed) return `${key} is not in the state that this request is for.`;
  const named = namedVersion(intent);
  const version = shownVersion(collection, current);
  if (named === undefined || named === version)
    return `${key} is at version ${version}, and this request names another state.`;
  return `${key} is at version ${version}, and this request is for version ${named}.`;
}

/** How long the text of a state may be, in UTF-16 code units, for its changes to be told: they cost a look at all of it. */
const comparedTextMax = 65_536;

/** What a GET by the same caller would show, and what can be said from it. */
async function disclosure(
  exchange: Exchange,
  { intent, current, base, strategy }: Conflict,
  disclosed: StoredRecord | undefined = current,
): Promise<Readonly<Record<string, unknown>>> {
  if (disclosed === undefined || disclosed.text === null) return {};
  const { collection, id } = intent;
  const known = base === undefined || base.text === null ? undefined : base.text;
  const proposed = await proposedContent(exchange, intent, known ?? disclosed.text);
  const isCompared = known !== undefined && Math.max(known.length, disclosed.text.length) <= comparedTextMax;
  return {
    current: {
      version: shownVersion(collection, disclosed),
      etag: formatEntityTag(entityTagOf(collection, disclosed)),
      modifiedAt: new Date(disclosed.modifiedAt).toISOString(),
      ...(disclosed.by !== null && { by: disclosed.by }),
      ...(showsCurrent(intent, strategy) && { representation: parseRepresentation(disclosed.text) }),
    },
    ...(isCompared && changesSince(intent, known, disclosed.text, proposed)),
    identical: proposed !== undefined && isUnchanged(collection, id, disclosed, proposed),
  };
}

function showsCurrent({ collection }: WriteIntent, strategy: Strategy): boolean {
  return collection.discloseCurrent || strategy === "first-write-wins";
}

/** What others changed since the state that the client named, and what of that the client's write touches. */
function changesSince({ change, collection }: WriteIntent, baseText: Text, text: Text, proposed?: Content): object {
  const base = fieldsOf(collection, parseRepresentation(baseText));
  const changes = diffJson(base, fieldsOf(collection, parseRepresentation(text)));
  const whole = [{ op: "remove", path: "" }] as const;
  const mine = change.kind === "delete" ? whole : diffJson(base, proposed ? parseRepresentation(proposed.text) : base);
  return { conflictingFields: conflictingPointers(changes, mine, base), changes };
}

/** The fields that the write would have left behind, had nobody been faster; as the schema takes them, where it does. */
async function proposedContent(exchange: Exchange, intent: WriteIntent, onto: Text): Promise<Content | undefined> {
  const { change, collection } = intent;
  if (change.kind === "delete") return undefined;
  const proposal = propose(exchange, intent, change.kind === "replace" ? {} : parseRepresentation(onto));
  if (proposal.kind === "refused" || !isJsonObject(proposal.value)) return undefined;
  const checked = await validate(collection.schema, proposal.value);
  // As the text would say it: what a schema makes of a date, say, is compared with what was stored.
  return contentOf(checked.kind === "valid" ? fieldsOf(collection, checked.fields) : proposal.value);
}
