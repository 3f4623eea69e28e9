import type { Key, Moment, Page, Range } from "@unclash/core";
import { compareCodePoints } from "./code-points.js";
import { asRead } from "./entry.js";
import { countOnPage, withoutText } from "./page-bytes.js";
import { type AgendaPlace, beginning, type IndexPlace, type KeyPlace, type Records } from "./records.js";

/** One page of a range, as it is read at this moment. */
export function list(range: Range, records: Records, now: Moment): Page {
  if ("prefix" in range) return listChildren(range, records, now);
  if ("index" in range) return listIndex(range, records, now);
  return listLapsed(range, records, now);
}

function listChildren(range: Extract<Range, { prefix: unknown }>, records: Records, now: Moment): Page {
  const found = records.children.after(range.prefix, { key: range.after ?? "" }, range.limit + 1);
  return pageOf(found, range, records, now, ({ key }) => key);
}

function listIndex(range: Extract<Range, { index: unknown }>, records: Records, now: Moment): Page {
  const from: IndexPlace = { value: range.from, key: "" };
  const after = range.after === undefined ? from : readPosition(range.after);
  const start = compareCodePoints(after.value, from.value) < 0 ? from : after;
  const isWithin = ({ value }: IndexPlace): boolean => compareCodePoints(value, range.to) <= 0;
  const found = records.indexes.after(range.index, start, range.limit + 1, isWithin);
  return pageOf(found, range, records, now, ({ value, key }) => position(value, key));
}

function listLapsed(range: Extract<Range, { lapsedBefore: unknown }>, records: Records, now: Moment): Page {
  const after = range.after === undefined ? beginning : agendaPlace(readPosition(range.after));
  const isWithin = ({ moment }: AgendaPlace): boolean => moment < range.lapsedBefore && moment <= now;
  const found = records.lapses.after(after, range.limit + 1, isWithin);
  return pageOf(found, range, records, now, ({ moment, key }) => position(`${moment}`, key));
}

// One item more than the limit was looked for: it tells whether this page is the last.
function pageOf<T extends KeyPlace>(
  found: readonly T[],
  { limit, texts = true, textBytesMax }: Range,
  records: Records,
  now: Moment,
  positionOf: (item: T) => string,
): Page {
  const states = found.slice(0, limit).flatMap(({ key }) => {
    const entry = records.get(key);
    return entry === undefined ? [] : [asRead(entry, now)];
  });
  const count = texts ? countOnPage(states, textBytesMax) : states.length;
  const page = texts ? states.slice(0, count) : states.map(withoutText);
  const last = found[count - 1];
  if (found.length <= count || last === undefined) return { now, records: page };
  return { now, records: page, next: positionOf(last) };
}

// No key holds a control character, so the last NUL is where the value ends.
function position(value: string, key: Key): string {
  return `${value}\u0000${key}`;
}

function readPosition(after: string): IndexPlace {
  const end = after.lastIndexOf("\u0000");
  if (end === -1) throw noPosition();
  return { value: after.slice(0, end), key: after.slice(end + 1) };
}

function agendaPlace({ value, key }: IndexPlace): AgendaPlace {
  const moment = Number(value);
  if (!Number.isSafeInteger(moment)) throw noPosition();
  return { moment, key };
}

function noPosition(): TypeError {
  return new TypeError('"after" is not what a page of this range gave as its "next".');
}
