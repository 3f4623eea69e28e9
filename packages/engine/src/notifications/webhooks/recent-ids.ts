import { createHash } from "node:crypto";
import { checkOptions, wholeNumber } from "@unclash/core/options";

export interface RecentIdsOptions {
  /** How many ids are remembered; the one that came first is forgotten first. @default 10,000 */
  readonly max?: number;
}

/** Longer ids are remembered by their digest, so that the memory that they take is bounded too. */
const lengthMax = 64;

/**
 * Makes a function that says whether an id is new to it, and remembers it. One process remembers for itself, until it
 * ends: where several receive, or no event may be worked on twice after a restart, keep the ids beside the work, in one
 * transaction.
 *
 * @throws ConfigurationError where `max` is no positive integer
 *
 * @example
 * ```ts
 * const isNew = recentIds({ max: 1_000 });
 * isNew("evt_1"); // true
 * isNew("evt_1"); // false
 * ```
 */
export function recentIds(options: RecentIdsOptions = {}): (id: string) => boolean {
  checkOptions<RecentIdsOptions>("recentIds", options, { max: wholeNumber(1) });
  const { max = 10_000 } = options;
  const known = new Set<string>();
  return (id) => {
    const name = id.length > lengthMax ? createHash("sha256").update(id).digest("base64") : id;
    if (known.has(name)) return false;
    known.add(name);
    const [oldest] = known.size > max ? known : [];
    if (oldest !== undefined) known.delete(oldest);
    return true;
  };
}
