import {
  conflictingPointers,
  diffJson,
  type FailedCondition,
  isJsonObject,
  type ResponsePlan,
  type StoredRecord,
  type Text,
} from "@unclash/core";
import type { Exchange } from "../access/exchange.js";
import { problemPlan } from "../http/responses.js";
import { expectedState } from "../preconditions/expected-state.js";
import { weakenedEntries } from "../preconditions/proxy-tags.js";
import type { WriteIntent } from "../resources/write-request.js";
import {
  type Content,
  contentOf,
  entityTagOf,
  fieldsOf,
  isUnchanged,
  parseRepresentation,
  shownVersion,
} from "../states/representation.js";
import { validate } from "../states/schema.js";
import { currentMember, showsCurrent, stateLinks } from "./current-state.js";
import { namedVersion } from "./merge-base.js";
import { propose } from "./propose.js";
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
  // What is hidden is as absent as what its reader would find to be.
  const disclosed = intent.hidden || (await exchange.mayRead(key));
  const errors =
    current === undefined || !disclosed ? [] : weakenedEntries(intent.conditions, entityTagOf(collection, current));
  return problemPlan(exchange, "version-conflict", detailOf(conflict, disclosed), {
    status: statusOf(exchange, conflict),
    members: {
      resource: key,
      expected: expectedState(exchange, conflict.intent.conditions, conflict.failed),
      ...(disclosed && (current === undefined ? { identical: false } : await disclosure(exchange, conflict, current))),
      ...(errors.length > 0 && { errors }),
      links: stateLinks(collection, path),
    },
  });
}

/** The answer to a POST that is to happen only where the collection does not exist. */
export function collectionExists(exchange: Exchange, { collection }: WriteIntent): ResponsePlan {
  const { name } = collection;
  return problemPlan(exchange, "version-conflict", `${name} exists, and this request is for one that does not.`, {
    status: exchange.settings.conflictStatus,
    members: {
      resource: name,
      expected: { absent: true },
      identical: false,
      links: { resource: exchange.pathOf(name) },
    },
  });
}

/** 409, or what the app set for a header's condition that no strategy looked at further. */
function statusOf(exchange: Exchange, { failed, strategy }: Conflict): number {
  const plain = strategy === "reject" || strategy === "first-write-wins";
  return failed !== "version" && failed !== "etag" && plain ? exchange.settings.conflictStatus : 409;
}

function detailOf({ intent, failed, current }: Conflict, disclosed: boolean): string {
  const { key, collection } = intent;
  if (!disclosed) return `${key} is not in the state that this request is for.`;
  if (current === undefined) return `${key} does not exist, and this request is for an existing one.`;
  if (failed === "if-none-match") return `${key} exists, and this request is for one that does not.`;
  if (failed === "if-unmodified-since") return `${key} has been modified since.`;
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
  { intent, base, strategy }: Conflict,
  current: StoredRecord,
): Promise<Readonly<Record<string, unknown>>> {
  const { collection, id } = intent;
  const text = current.text ?? "{}";
  const known = base === undefined || base.text === null ? undefined : base.text;
  const proposed = await proposedContent(exchange, intent, known ?? text);
  const isCompared = known !== undefined && Math.max(known.length, text.length) <= comparedTextMax;
  // What was before is not for who may only see what is.
  const isPastShown = isCompared && (await exchange.permission("history", intent.key)) === "allow";
  return {
    current: currentMember(collection, current, { withContent: showsCurrent(collection, strategy) }),
    ...(isPastShown && changesSince(intent, known, text, proposed)),
    identical: proposed !== undefined && isUnchanged(collection, id, current, proposed),
  };
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
  const checked = await validate(collection, proposal.value);
  // As the text would say it: what a schema makes of a date, say, is compared with what was stored.
  return contentOf(checked.kind === "valid" ? fieldsOf(collection, checked.fields) : proposal.value);
}
