import type { ProblemEntry } from "@unclash/core";
import type { RequestLimits } from "./request-limits.js";
import { sentences } from "./sentences.js";

/** How long a page is where nothing is said, and at most. */
export type PageSizes = Pick<RequestLimits, "pageSizeDefault" | "pageSizeMax">;

/** The same, and which parameters a list takes besides `limit` and `after`. */
export interface PageQueryRules extends PageSizes {
  /** @default [] */
  readonly parameters?: readonly string[];
}

/** Which page of a list is asked for: how long, and after which item. */
export interface PageRequest {
  readonly limit: number;
  /** What the cursor stands for: an id or a version. */
  readonly after: string | undefined;
}

/** A page of a list. */
export interface Page {
  /** The texts of its items, as JSON. */
  readonly items: readonly string[];
  readonly limit: number;
  /** The cursor of the next page; `null` on the last one. */
  readonly next: string | null;
}

const cursorMark = "p1.";

/**
 * Reads `limit` and `after`; a limit past its cap is cut to it, one below 1 and a cursor that is not ours are errors.
 */
export function readPaging(query: URLSearchParams, limits: PageQueryRules, errors: ProblemEntry[]): PageRequest {
  const { limit, cursor } = readPageQuery(query, limits, errors);
  if (cursor === undefined) return { limit, after: undefined };
  const after = readCursor(cursor);
  if (after === undefined) errors.push(malformedCursor);
  return { limit, after };
}

/** The same with the cursor as it was sent, for lists whose cursors may be sealed. */
export function readPageQuery(
  query: URLSearchParams,
  limits: PageQueryRules,
  errors: ProblemEntry[],
): { readonly limit: number; readonly cursor: string | undefined } {
  const others = limits.parameters ?? [];
  errors.push(...unknownParameters(query, ["limit", "after", ...others], sentences.listParameters(others)));
  errors.push(...repeatedParameters(query, ["limit", "after"]));
  const limit = readLimit(query.get("limit"), limits, errors);
  return { limit, cursor: query.get("after") ?? undefined };
}

/** So many are named at most, and none that is longer: an answer must not grow with the request. */
const [namedMax, nameLengthMax] = [10, 64];

/**
 * What is wrong with a query that has other parameters than those known: one would be taken for a filter that is not
 * applied.
 */
export function unknownParameters(
  query: URLSearchParams,
  known: readonly string[],
  detail: string,
): readonly ProblemEntry[] {
  const unknown = new Set([...query.keys()].filter((name) => !known.includes(name)));
  return [...unknown]
    .slice(0, namedMax)
    .map((name) => ({ code: "unknown-parameter", parameter: name.slice(0, nameLengthMax), detail }));
}

/** What is wrong with a query that has parameters twice which it may have once: either could have been meant. */
export function repeatedParameters(query: URLSearchParams, once: readonly string[]): readonly ProblemEntry[] {
  return once
    .filter((name) => query.getAll(name).length > 1)
    .map((name) => ({ code: "repeated-parameter", parameter: name, detail: sentences.repeatedParameter(name) }));
}

/** What is said of a cursor that no page of a list gave. */
export const malformedCursor: ProblemEntry = {
  code: "malformed-cursor",
  parameter: "after",
  detail: sentences.cursor,
};

function readLimit(given: string | null, { pageSizeDefault, pageSizeMax }: PageSizes, errors: ProblemEntry[]): number {
  if (given === null) return pageSizeDefault;
  const limit = /^[0-9]+(?:e[0-9]+)?$/i.test(given) ? Number(given) : 0;
  if (limit >= 1) return Math.min(limit, pageSizeMax);
  errors.push({ code: "malformed-limit", parameter: "limit", detail: sentences.limit });
  return pageSizeDefault;
}

/**
 * A cursor is a position and no secret (of what must stay one, see `sealCursor`): what stands there is checked and
 * authorized on each page anew.
 */
export function formatCursor(position: string): string {
  return Buffer.from(cursorMark + position, "utf8").toString("base64url");
}

/** The position that a cursor stands for; nothing where it is none. */
export function readCursor(cursor: string): string | undefined {
  const text = Buffer.from(cursor, "base64url").toString("utf8");
  if (!text.startsWith(cursorMark)) return undefined;
  const position = text.slice(cursorMark.length);
  return formatCursor(position) === cursor ? position : undefined;
}

/** The content of a list, and the link to its next page. */
export function listText(items: readonly string[], next: string | null): string {
  return `{"items":[${items.join(",")}],"next":${JSON.stringify(next)}}`;
}

/**
 * The `Link` from a page to the next one, for its headers; nothing on the last page.
 *
 * @param filters the parameters besides, which both pages have. @default none
 */
export function nextLink(
  path: string,
  limit: number,
  next: string | null,
  filters: readonly (readonly [name: string, value: string])[] = [],
): { readonly link?: string } {
  if (next === null) return {};
  const others = filters.map(([name, value]) => `&${new URLSearchParams([[name, value]])}`).join("");
  return { link: `<${path}?limit=${limit}&after=${next}${others}>; rel="next"` };
}
