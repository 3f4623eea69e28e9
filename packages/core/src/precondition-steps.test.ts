import assert from "node:assert/strict";
import fc from "fast-check";
import { test } from "vitest";
import type { EntityTag, EntityTagList } from "./http/entity-tag.js";
import {
  type Conditions,
  type CurrentState,
  evaluatePreconditions,
  type PreconditionDecision,
  type RangeCondition,
} from "./precondition.js";

const any: EntityTagList = { kind: "any" };
const list = (...tags: EntityTag[]): EntityTagList => ({ kind: "tags", tags });

const SECOND = 1_767_225_600_000;
const absent: CurrentState = { kind: "absent" };

/** The steps of RFC 9110 §13.2.2 as the text lists them, each condition a question about what the current state is. */
function reference(method: string, conditions: Conditions, state: CurrentState): string {
  const present = state.kind === "present" ? state : undefined;
  const read = ["GET", "HEAD"].includes(method);
  const names = (of: EntityTagList, known: readonly (EntityTag | undefined)[], mayBeWeak: boolean) =>
    of.kind === "any"
      ? present !== undefined
      : of.tags.some((a) => known.some((b) => b?.opaque === a.opaque && (mayBeWeak || !(a.weak || b.weak))));
  const second = (moment: number) => new Date(moment).toISOString().slice(0, 19);
  const newer = (date: number | undefined) =>
    date !== undefined && present?.modifiedAt !== undefined ? second(present.modifiedAt) > second(date) : undefined;
  if (["OPTIONS", "TRACE", "CONNECT"].includes(method)) return "proceed";
  const { ifMatch, ifNoneMatch, ifRange } = conditions;
  if (ifMatch && !names(ifMatch, [present?.etag, ...(present?.alsoKnownAs ?? [])], false)) return "failed if-match";
  if (conditions.version !== undefined && conditions.version !== present?.version) return "failed version";
  if (conditions.etag && !names(list(conditions.etag), [present?.etag, ...(present?.alsoKnownAs ?? [])], false))
    return "failed etag";
  if (!ifMatch && newer(conditions.ifUnmodifiedSince) === true) return "failed if-unmodified-since";
  if (ifNoneMatch && names(ifNoneMatch, [present?.etag], true)) return read ? "not-modified" : "failed if-none-match";
  if (!ifNoneMatch && read && newer(conditions.ifModifiedSince) === false) return "not-modified";
  if (method !== "GET" || !ifRange) return "proceed";
  if (ifRange.kind === "tag")
    return `proceed ${names(list(ifRange.tag), [present?.etag], false) ? "honour" : "ignore"}`;
  const exact = ifRange.kind === "date" && present?.aloneInItsSecond && present.modifiedAt !== undefined;
  return `proceed ${exact && second(present.modifiedAt) === second(ifRange.date) ? "honour" : "ignore"}`;
}

function inWords(decision: PreconditionDecision): string {
  if (decision.kind === "failed") return `failed ${decision.condition}`;
  return decision.kind === "proceed" && decision.range !== undefined ? `proceed ${decision.range}` : decision.kind;
}

test("any conditions on any state are decided as the RFC's steps say, and nothing is changed by that", () => {
  const tag = fc.record({ weak: fc.boolean(), opaque: fc.constantFrom("a", "b", "*") });
  const tags = fc.oneof(
    fc.constant(any),
    fc.array(tag, { maxLength: 3 }).map((some) => list(...some)),
  );
  const moment = fc.integer({ min: SECOND - 1500, max: SECOND + 1500 });
  const version = fc.integer({ min: 3, max: 4 });
  const range: fc.Arbitrary<RangeCondition> = fc.oneof(
    fc.record({ kind: fc.constant("tag" as const), tag }),
    fc.record({ kind: fc.constant("date" as const), date: moment }),
    fc.constant({ kind: "unreadable" as const }),
  );
  const conditions = fc.record(
    {
      ...{ ifMatch: tags, ifNoneMatch: tags, ifModifiedSince: moment, ifUnmodifiedSince: moment, ifRange: range },
      ...{ version, etag: tag },
    },
    { requiredKeys: [] },
  );
  const state: fc.Arbitrary<CurrentState> = fc.oneof(
    { weight: 1, arbitrary: fc.constant(absent) },
    {
      weight: 6,
      arbitrary: fc.record(
        {
          kind: fc.constant("present" as const),
          etag: tag,
          alsoKnownAs: fc.array(tag, { maxLength: 2 }),
          modifiedAt: moment,
          aloneInItsSecond: fc.boolean(),
          version,
        },
        { requiredKeys: ["kind"] },
      ),
    },
  );
  const method = fc.constantFrom("GET", "GET", "HEAD", "PUT", "PATCH", "DELETE", "POST", "OPTIONS", "get");
  fc.assert(
    fc.property(method, conditions, state, (name, said, there) => {
      const before = JSON.stringify([said, there]);
      assert.equal(inWords(evaluatePreconditions(name, said, there)), reference(name, said, there));
      assert.equal(JSON.stringify([said, there]), before);
    }),
    { numRuns: 10_000 },
  );
});
