import { isJsonObject, type JsonObject } from "@unclash/core/json";
import type { ResponsePlan } from "unclash/adapter";
import { answering, type Mutant, sending, withHeader, withHeaders, without } from "./mutant.test-support.js";
import { resolutionMutants } from "./resolution-mutants.test-support.js";
import type { Facts, Twist } from "./tiny.test-support.js";

const isShown = ({ path }: Facts): boolean => /\/conflicts\/./.test(path);

/** Changes what is shown of a conflict. */
function showing(change: (conflict: JsonObject) => JsonObject): Twist {
  return answering(({ status }, facts) => status === 200 && isShown(facts), change);
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

/** The same in what they make of conflicts that are parked, shown and listed. */
const parkMutants: readonly Mutant[] = [
  {
    does: "shows a current state without what it holds",
    twist: answering(isConflict, ({ current, ...rest }) => {
      const { representation: _, ...told } = isJsonObject(current) ? current : {};
      return { ...rest, current: told };
    }),
    caughtBy: "a write that is parked is a conflict that shows what is there, and waits with all three states",
  },
  {
    does: "shows no conflict what was proposed",
    twist: showing(({ proposed: _, ...rest }) => rest),
    caughtBy: "a patch is parked as what it would have made of the state that it names, and a deletion as null",
  },
  {
    does: "takes who is anonymous for somebody",
    twist: { facts: (facts) => ({ ...facts, headers: { authorization: "Bearer alice", ...facts.headers } }) },
    caughtBy: "an anonymous caller's write is parked as any other, and not told where",
  },
  {
    does: "does not tell what is wrong with a late write",
    twist: answering(isConflict, ({ errors: _, ...rest }) => rest),
    caughtBy: "what can't be written is not parked, and its sender is told why; nor is what is there already",
  },
  {
    does: "takes a function's park for a strategy's",
    twist: showing((conflict) => ({ ...conflict, strategy: "manual" })),
    caughtBy: "a function parks what was proposed, or a value of its own",
  },
  {
    does: "parks a write again that is repeated with its key",
    twist: without("idempotency-key"),
    caughtBy: "with a key, what was parked is answered again with the same id, and parked once",
  },
  {
    does: "counts nothing",
    twist: showing((conflict) => ({ ...conflict, count: 0 })),
    caughtBy: "refusals are counted in one record a second, where the collection says so, and nowhere else",
  },
  {
    does: "tells nobody of a record",
    twist: answering(isConflict, ({ conflict: _, ...rest }) => rest),
    caughtBy: "100 conflicts of a resource are open at once, and one that finds as many is a plain conflict",
  },
  {
    does: "drops a filter of conflicts",
    twist: { url: (url) => url.replace(/([?&])state=[^&]*&?/, "$1") },
    caughtBy: "a list shows one's own conflicts, the newest first, by resource and state, page by page",
  },
  {
    does: "takes the first of several filters",
    twist: { url: (url) => url.replace(/(state=[^&]*)&state=[^&]*/, "$1") },
    caughtBy: "a list of conflicts is refused for a parameter, limit, state or cursor that it does not have",
  },
  {
    does: "answers a method that a conflict does not know as if nothing were there",
    twist: { plan: (plan) => (plan.status === 405 ? { ...plan, status: 404 } : plan) },
    caughtBy: "routes of conflicts know their methods and paths, and no others",
  },
];

/** Adapters, and servers, with a fault in what they make of conflicts. */
export const conflictMutants: readonly Mutant[] = [...mergeMutants, ...parkMutants, ...resolutionMutants];
