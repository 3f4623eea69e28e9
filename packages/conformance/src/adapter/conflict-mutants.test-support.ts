import { isJsonObject, type Json, type JsonObject } from "@unclash/core/json";
import type { ResponsePlan } from "unclash/adapter";
import { type Mutant, withHeaders, without } from "./mutant.test-support.js";
import type { Facts, Twist } from "./tiny.test-support.js";

/** An adapter that changes the content of some requests. */
function sending(isMeant: (facts: Facts) => boolean, change: (content: JsonObject) => JsonObject): Twist {
  return {
    facts(facts) {
      const { body } = facts;
      if (body.kind !== "unread" || !isMeant(facts)) return facts;
      const read: typeof body.read = async (max) => {
        const found = await body.read(max);
        if (found.kind !== "bytes" || found.bytes.length === 0) return found;
        const content: Json = JSON.parse(found.bytes.toString());
        return isJsonObject(content) ? { ...found, bytes: Buffer.from(JSON.stringify(change(content))) } : found;
      };
      return { ...facts, body: { ...body, read } };
    },
  };
}

/** An adapter that changes the content of some answers. */
function answering(
  isMeant: (plan: ResponsePlan, facts: Facts) => boolean,
  change: (content: JsonObject, facts: Facts) => JsonObject,
): Twist {
  return {
    plan(plan, facts) {
      const content: Json | undefined = plan.body === null || !isMeant(plan, facts) ? undefined : JSON.parse(plan.body);
      if (!isJsonObject(content)) return plan;
      const body = JSON.stringify(change(content, facts));
      const length = String(Buffer.byteLength(body));
      return { ...withHeaders(plan, { "content-length": length }), body };
    },
  };
}

/** An adapter that changes a header of some requests. */
function withHeader(name: string, isMeant: (facts: Facts) => boolean, value: string | undefined): Twist {
  return {
    facts: (facts) =>
      isMeant(facts) && facts.headers[name] !== undefined
        ? { ...facts, headers: { ...facts.headers, [name]: value } }
        : facts,
  };
}

const isConflict = ({ outcome }: ResponsePlan): boolean => outcome === "version-conflict";
const isPatch = ({ method }: Facts): boolean => method === "PATCH";
const isDelete = ({ method }: Facts): boolean => method === "DELETE";

/** Adapters, and servers, with a fault in what they make of late writes that are merged. */
const mergeMutants: readonly Mutant[] = [
  {
    does: "drops Unclash-Conflict",
    twist: { plan: (plan) => withHeaders(plan, { "unclash-conflict": undefined }) },
    caughtBy: "a late PUT, merge patch or JSON Patch is merged over the state that it names, and its answer says so",
  },
  {
    does: "takes a version out of content",
    twist: sending(isPatch, ({ version: _, ...fields }) => fields),
    caughtBy: "the version in the content names the state of a merge as an entity-tag does",
  },
  {
    does: "takes an anonymous caller for another one",
    twist: { facts: (facts) => ({ ...facts, headers: { authorization: "Bearer alice", ...facts.headers } }) },
    caughtBy: "an anonymous caller's write is merged as any other, and its answer says so without an id",
  },
  {
    does: "does not name what a merge leaves open",
    twist: answering(isConflict, (content) => ({ ...content, conflictingFields: [] })),
    caughtBy: "what both have changed is a conflict that names the fields and shows the current state",
  },
  {
    does: "does not name what a merge could not write",
    twist: answering(isConflict, ({ conflictingFields, errors, ...rest }) =>
      errors === undefined ? { conflictingFields: conflictingFields ?? [], ...rest } : { errors, ...rest },
    ),
    caughtBy: "a merge that would break the schema or a rule is a conflict that names the field",
  },
  {
    does: "takes a value that another has for a conflict",
    twist: answering(
      ({ outcome }) => outcome === "duplicate",
      (content) => ({ ...content, type: String(content["type"]).replace("duplicate", "version-conflict") }),
    ),
    caughtBy: "a merge that takes another's unique value is a duplicate, and writes nothing",
  },
  {
    does: "drops the entity-tag of what a write leaves as it was",
    twist: { plan: (plan) => (plan.outcome === "unchanged" ? withHeaders(plan, { etag: undefined }) : plan) },
    caughtBy: "a merge that comes out as the current state writes nothing",
  },
  {
    does: "deletes whatever is there",
    twist: withHeader("if-match", isDelete, "*"),
    caughtBy: "a late DELETE is merged with nothing, and a write over a deletion neither",
  },
  {
    does: "drops Preference-Applied",
    twist: { plan: (plan) => withHeaders(plan, { "preference-applied": undefined }) },
    caughtBy: "a request may ask for merge or manual where they are allowed, and is not heard where they are not",
  },
  {
    does: "cuts what a conflict says to its first sentence",
    twist: answering(isConflict, (content) => ({
      ...content,
      detail: String(content["detail"]).replace(/(?<=\.) .*/s, ""),
    })),
    caughtBy: "where the state that was named is no longer kept, nothing is merged or parked, and the answer says so",
  },
  {
    does: "merges a write again that is repeated with its key",
    twist: without("idempotency-key"),
    caughtBy: "with a key, a merge is answered again as it was, with its id, and happens once",
  },
  {
    does: "carries out what is only to be tried out",
    twist: without("prefer"),
    caughtBy: "a merge that is tried out is answered as it would be, and leaves neither version nor record",
  },
  {
    does: "patches whatever is there",
    twist: withHeader("if-match", isPatch, "*"),
    caughtBy: "40 merging writers of one resource at once are all applied, and no edit is lost",
  },
];

export const conflictMutants: readonly Mutant[] = mergeMutants;
