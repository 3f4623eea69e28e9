import type { ResponsePlan } from "unclash/adapter";
import { answering, type Mutant, sending, withHeader, withHeaders, without } from "./mutant.test-support.js";
import type { Facts, Twist } from "./tiny.test-support.js";

const isList = ({ path }: Facts): boolean => path === "/conflicts";
const isShown = ({ path }: Facts): boolean => /\/conflicts\/./.test(path);
const isResolution = ({ path }: Facts): boolean => path.endsWith("/resolve-conflict");
const byAdmin = (isMeant: (facts: Facts) => boolean): Twist => withHeader("authorization", isMeant, "Bearer admin");

/** Answers a request for a conflict as it was answered first. */
function remembering(): Twist {
  const known = new Map<string, ResponsePlan>();
  return {
    plan(plan, { path, headers, method }) {
      const asked = `${method} ${path} ${String(headers["authorization"])}`;
      if (!path.startsWith("/conflicts/") || plan.status !== 200) return plan;
      const first = known.get(asked) ?? plan;
      known.set(asked, first);
      return first;
    },
  };
}

const isPatch = ({ method }: Facts): boolean => method === "PATCH";

const ofResolutions: readonly Mutant[] = [
  {
    does: "does not tell the entity-tag that a resolution leaves",
    twist: answering(
      (_, facts) => isResolution(facts),
      ({ etag: _, ...rest }) => rest,
    ),
    caughtBy:
      "a conflict is resolved with mine, theirs, a merge or a custom value, as a version of its own or as it is",
  },
  {
    does: "agrees to what is there in place of a deletion",
    twist: sending(isResolution, (content) => ({ ...content, resolution: "theirs" })),
    caughtBy: "a parked deletion is carried out by mine",
  },
  {
    does: "lets anyone resolve",
    twist: byAdmin(isResolution),
    caughtBy: "row 49: to resolve another's conflict, or one that there is not, is 404, and nothing happens",
  },
  {
    does: "does not tell how a conflict was resolved",
    twist: answering(
      ({ outcome }) => outcome === "conflict-closed",
      ({ resolution: _, ...rest }) => rest,
    ),
    caughtBy: "row 49: to resolve what is resolved already is 409, whatever the resolution",
  },
  {
    does: "drops the version of a resolution",
    twist: sending(isResolution, ({ version: _, ...rest }) => rest),
    caughtBy:
      "row 49: to resolve a conflict whose resource has moved on is 409, unless the request names what there is",
  },
  {
    does: "tells the first of all faults",
    twist: answering(
      ({ outcome }) => outcome === "validation-failed",
      ({ errors, ...rest }) => ({ ...rest, errors: Array.isArray(errors) ? errors.slice(0, 1) : [] }),
    ),
    caughtBy: "row 49: a custom value that breaks the schema, a state or a unique value is refused as in a PUT",
  },
  {
    does: "resolves with mine what can't be merged",
    twist: sending(isResolution, (content) => ({ ...content, resolution: "mine" })),
    caughtBy: "a merge that leaves something open resolves nothing, and names what it is",
  },
  {
    does: "agrees to a deletion that was not named",
    twist: sending(isResolution, (content) =>
      content["resolution"] === "theirs" ? { version: 3, ...content } : content,
    ),
    caughtBy: "a deletion that came in between can be agreed to, and is not undone",
  },
  {
    does: "tells everyone that it was they who resolved",
    twist: { plan: (plan) => (plan.outcome === "conflict-closed" ? { ...plan, status: 200 } : plan) },
    caughtBy: "of several resolutions of one conflict at once exactly one is carried out, and the others are 409",
  },
  {
    does: "replaces whatever is there",
    twist: withHeader("if-match", ({ method }) => method === "PUT", "*"),
    caughtBy: "a resolution and a write at once are one after the other, and neither is lost",
  },
  {
    does: "resolves what is only to be tried out",
    twist: without("prefer"),
    caughtBy: "with a key, a resolution is answered again as it was; tried out, it changes nothing",
  },
  {
    does: "drops what a resolution should not hold",
    twist: sending(isResolution, ({ force: _, ...rest }) => rest),
    caughtBy: "a resolution that does not parse is refused, with all that is wrong, and resolves nothing",
  },
  {
    does: "reads a resolution and writes it out again",
    twist: sending(isResolution, (content) => content),
    caughtBy: "rows 22 to 29: what is hostile in the content of a resolution is refused as in any other",
  },
  {
    does: "copies a resolution with its prototype",
    twist: sending(isResolution, (content) => Object.assign({}, content)),
    caughtBy: "rows 31 and 32: a resolution with __proto__ is 400, and constructor is a member like any other",
  },
  {
    does: "tests a patch on whatever is there",
    twist: withHeader("if-match", isPatch, "*"),
    caughtBy: "rows 31 to 36: what is hostile in a late write is refused before it is merged or parked",
  },
];

const ofDisclosure: readonly Mutant[] = [
  {
    does: "drops the challenge of conflicts",
    twist: { plan: (plan) => withHeaders(plan, { "www-authenticate": undefined }) },
    caughtBy: "conflicts are for known callers: 401, with a challenge, to anonymous ones and for wrong credentials",
  },
  {
    does: "shows anyone a conflict",
    twist: byAdmin(isShown),
    caughtBy: "another's conflict is as one that there is not, to read and to resolve; an admin may do both",
  },
  {
    does: "lets anyone resolve, and tells what came of it",
    twist: byAdmin(isResolution),
    caughtBy: "who may write but not read is shown of its conflict what it has sent, and nothing of what is there",
  },
  {
    does: "shows anyone the past in a conflict",
    twist: byAdmin(isShown),
    caughtBy:
      "who may read but not the history is shown the current state of a conflict, and of past ones their versions",
  },
  {
    does: "remembers what a conflict showed",
    twist: remembering(),
    caughtBy: "a conflict of a resource since hidden from its sender shows only what that has sent",
  },
  {
    does: "lists conflicts for anyone",
    twist: byAdmin(isList),
    caughtBy: "another's conflict is as one that there is not, to read and to resolve; an admin may do both",
  },
  {
    does: "lets anyone change by a resolution",
    twist: byAdmin(isResolution),
    caughtBy: "who may no longer change a resource resolves nothing that would, and may agree to what is there",
  },
  {
    does: "shows conflicts in the newest API version",
    twist: { url: (url) => url.replace("/v1/conflicts/", "/conflicts/") },
    caughtBy: "a conflict that was made in one API version is shown in each in its own names, and so is its answer",
  },
  {
    does: "reads resolutions in the newest API version",
    twist: { url: (url) => url.replace("/v1/resolve-conflict", "/resolve-conflict") },
    caughtBy: "a conflict that was made in one API version is resolved in another, in the names of that",
  },
  {
    does: "tells the faults of a value in the names of the newest API version",
    twist: answering(
      ({ outcome }) => outcome === "validation-failed",
      (content) => JSON.parse(JSON.stringify(content).replaceAll('"/content"', '"/body"')),
    ),
    caughtBy: "a value in an earlier API version keeps what that does not show, and its faults are told in its names",
  },
  {
    does: "merges all late writes in the newest API version",
    twist: { url: (url) => url.replace("/v1/articles/", "/articles/") },
    caughtBy: "late writes in two API versions are merged with each other, and keep what each does not show",
  },
];

/** Adapters, and servers, with a fault in what they make of resolutions, and of who may see what. */
export const resolutionMutants: readonly Mutant[] = [...ofResolutions, ...ofDisclosure];
