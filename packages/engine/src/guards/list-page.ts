import { type EntityTag, formatEntityTag, type ProblemEntry, UsageError } from "@unclash/core";
import type { JsonObject } from "@unclash/core/json";
import {
  checkOptions,
  describeValue,
  isFunction,
  isText,
  listOf,
  type OptionRules,
  wholeNumber,
} from "@unclash/core/options";
import { isRead } from "../http/methods.js";
import { formatCursor, listText, malformedCursor, nextLink, readPaging } from "../http/paging.js";
import { malformed } from "../http/refusal.js";
import { emptyResponse } from "../http/responses.js";
import { evaluatePage } from "../preconditions/evaluate-page.js";
import type { Loaded } from "../states/loaded-state.js";
import type { RowState } from "../states/row-state.js";
import { nameOfList } from "./apply-content.js";
import type { ListPage, PageContent, PageOptions } from "./guard-context.js";
import { GuardError } from "./guard-error.js";
import type { GuardExchange } from "./guard-exchange.js";
import { warnOfHiddenInCursor } from "./handler-warnings.js";
import type { Passed } from "./passed-requests.js";
import { shownRow } from "./shown-row.js";
import { refuseRequest } from "./write-outcome.js";

const rules: OptionRules<PageOptions> = {
  limitDefault: wholeNumber(1),
  limitMax: wholeNumber(1, 1_000),
  parameters: listOf(isFilter, "query parameters other than `limit` and `after`"),
  position: isFunction,
};

function isFilter(name: unknown): string | undefined {
  return name === "limit" || name === "after" ? "is always there" : isText(name);
}

/**
 * Reads which page of a list is asked for.
 *
 * @throws GuardError 400 for what is malformed about that
 */
export function readPage<State extends Loaded>(
  passed: Passed,
  selected: RowState | undefined,
  options: PageOptions = {},
): ListPage<State> {
  checkOptions<PageOptions>("readPage", options, rules);
  const { exchange } = passed;
  const { requestLimits } = exchange.settings;
  if (!isRead(exchange.request.method))
    throw new UsageError("readPage", `is for GET and HEAD, and was called at ${exchange.request.method}`);
  if (selected !== undefined)
    throw new UsageError("readPage", "is for a list, where the guard's `resource` gives null: here it gives a name");
  const pageSizeMax = options.limitMax ?? requestLimits.pageSizeMax;
  const pageSizeDefault = Math.min(options.limitDefault ?? requestLimits.pageSizeDefault, pageSizeMax);
  const errors: ProblemEntry[] = [];
  const { parameters = [] } = options;
  const query = new URLSearchParams(exchange.request.query);
  const { limit: size, after } = readPaging(query, { pageSizeDefault, pageSizeMax, parameters }, errors);
  if (after !== undefined && !isPosition(after)) errors.push(malformedCursor);
  if (errors.length > 0) return refuseRequest(passed, malformed(errors));
  const filters = [...query].filter(([name]) => parameters.includes(name));
  return {
    rowsMax: size + 1,
    after,
    answer: (rows) => answerPage(passed, { size, after, filters, position: options.position }, rows),
  };
}

interface Asked {
  readonly size: number;
  readonly after: string | undefined;
  /** The parameters of the query that the next page has too. */
  readonly filters: readonly (readonly [name: string, value: string])[];
  readonly position: PageOptions["position"] | undefined;
}

interface Item {
  readonly position: string;
  /** Nothing, where the caller is not shown it. */
  readonly shown: JsonObject | undefined;
  readonly text: string;
}

/** The page, whose validators are put on the response; 304 and 412 are thrown in its place. */
function answerPage(passed: Passed, asked: Asked, rows: readonly Loaded[]): PageContent {
  const { exchange, guardedResponse, parsedRequest } = passed;
  const { settings, instance } = exchange;
  const read = itemsOf(exchange, asked, rows);
  const fit = fitting(read.slice(0, asked.size), settings.requestLimits.pageBytesMax);
  const shown = fit.filter((item) => item.shown !== undefined);
  // A cursor may be read: it names what its reader was shown, wherever there is any.
  const last = shown.at(-1) ?? fit.at(-1);
  const next = last !== undefined && fit.length < read.length ? cursorBehind(last) : null;
  if (next !== null && shown.length === 0) warnOfHiddenInCursor(exchange);
  const texts = shown.map(({ text }) => text);
  const etag: EntityTag = { weak: false, opaque: settings.digest(listText(texts, next)) };
  const verdict = evaluatePage(exchange, parsedRequest.conditions, { resource: nameOfList(exchange), etag });
  const headers = { ...exchange.cachingHeaders(settings.cacheControl), etag: formatEntityTag(etag) };
  if (verdict.kind === "refused") return refuseRequest(passed, verdict);
  if (verdict.kind === "not-modified") throw new GuardError(emptyResponse(304, "not-modified", headers));
  guardedResponse.showPage({ ...headers, ...nextLink(linkSafe(instance), asked.size, next, asked.filters) });
  return { items: shown.flatMap((item) => (item.shown === undefined ? [] : [item.shown])), next };
}

function itemsOf(exchange: GuardExchange, asked: Asked, rows: readonly Loaded[]): readonly Item[] {
  const { size, after } = asked;
  if (!Array.isArray(rows)) throw fault(`must be given the rows of the page, and was given ${describeValue(rows)}`);
  if (rows.length > size + 1)
    throw fault(`was given ${rows.length} rows: the query must ask for \`rowsMax\` rows at most, ${size + 1} here`);
  const items = rows.map((row: Loaded) => itemOf(exchange, asked, row));
  if (after !== undefined && items.some(({ position }) => position === after))
    throw fault("was given the row that the page comes after: the query must leave out all up to `after`");
  return items;
}

function itemOf(exchange: GuardExchange, { position }: Asked, row: Loaded): Item {
  const { etagField } = exchange.settings;
  const state = exchange.select(row, (problem) => fault(problem.replace("gave", "was given")));
  const represented = shownRow(exchange, state);
  const shown =
    represented && (etagField === false ? represented : { ...represented, [etagField]: formatEntityTag(state.etag) });
  const place = position === undefined ? idOf(represented ?? state.loaded.value) : position(state.loaded.value);
  if (typeof place === "string" || typeof place === "number")
    return { position: String(place), shown, text: shown === undefined ? "" : JSON.stringify(shown) };
  throw fault(
    "must be given rows that are ordered by their `id`, or readPage() a `position` that gives what they " +
      `are ordered by: a string or a number, and not ${describeValue(place)}`,
  );
}

/** What a cursor takes, and gives back: with it, a URL stays short enough for servers. */
const positionBytesMax = 1_024;

/** The database of an app need not take a NUL, and no cursor brings back half a surrogate pair. */
function isPosition(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0") && Buffer.byteLength(text) <= positionBytesMax;
}

function cursorBehind({ position }: Item): string {
  if (isPosition(position)) return formatCursor(position);
  const what = `a text of at most ${positionBytesMax} bytes, well-formed and without NUL`;
  throw fault(`must be given rows whose position (\`id\`, or what \`position\` gives) is ${what}`);
}

function idOf(row: unknown): unknown {
  return typeof row === "object" && row !== null && "id" in row ? row.id : undefined;
}

/** As many as one answer may hold: always one, where there is one. */
function fitting(items: readonly Item[], bytesMax: number): readonly Item[] {
  let bytes = 0;
  const end = items.findIndex(({ text }) => {
    bytes += Buffer.byteLength(text);
    return bytes >= bytesMax;
  });
  return end === -1 ? items : items.slice(0, end + 1);
}

/** A path as it may stand between the angle brackets of a `Link` (RFC 8288 §3). */
function linkSafe(path: string): string {
  return path.replace(/[<>"]/g, encodeURIComponent);
}

function fault(problem: string): UsageError {
  return new UsageError("page.answer", problem);
}
