import { isProblemSlug, problemSlugs, UsageError } from "@unclash/core";
import { describeValue, nearestName } from "@unclash/core/options";
import type { Preference } from "./guard-context.js";

const preferences: readonly Preference[] = ["return=minimal", "dry-run"];

/**
 * Checks what `prefers` is asked: a misspelt preference would be taken for another, and be promised in
 * `Preference-Applied`.
 *
 * @throws UsageError that names those that there are
 */
export function assertPreference(given: Preference): void {
  if (preferences.includes(given)) return;
  const allowed = preferences.map((each) => JSON.stringify(each)).join(" or ");
  throw new UsageError("prefers", `must be given ${allowed}, and was given ${describeValue(given)}`);
}

const ownMembers = ["type", "title", "status", "detail", "instance"] as const;

/**
 * Checks what `refuse` is given. A member of the problem's own would be sent in its place, the status too.
 *
 * @throws UsageError that says what may be given
 */
export function assertRefusal(slug: unknown, members: unknown): void {
  if (!isProblemSlug(slug)) {
    const nearest = typeof slug === "string" ? nearestName(slug, problemSlugs) : undefined;
    const hint = nearest === undefined ? "" : `. Did you mean "${nearest}"?`;
    throw new UsageError("refuse", `must be given the name of a problem, and was given ${describeValue(slug)}${hint}`);
  }
  if (members === undefined) return;
  const own = ownMembers.find((name) => name in Object(members));
  if (own !== undefined)
    throw new UsageError("refuse", `can't be given the member \`${own}\`, which the problem has itself`);
  try {
    JSON.stringify(members);
  } catch (cause) {
    throw new UsageError("refuse", `must be given members that can be sent as JSON: ${String(cause)}`, { cause });
  }
}
