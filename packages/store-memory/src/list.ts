import {
  childrenOf,
  countOnPage,
  formatPosition,
  indexStartOf,
  isBefore,
  type Moment,
  type Page,
  pageBytesOf,
  parsePosition,
  type Range,
  type StoredRecord,
} from "@unclash/core/store";
import { asRead } from "./entry.js";
import { type AgendaPlace, beginning, type KeyPlace, type Records } from "./records.js";

/** One page of a range, as it is read at this moment. */
export function list(range: Range, records: Records, now: Moment): Page {
  if ("prefix" in range) return listChildren(range, records, now);
  if ("index" in range) return listIndex(range, records, now);
  return listLapsed(range, records, now);
}

function listChildren(range: Extract<Range, { prefix: unknown }>, records: Records, now: Moment): Page {
  const { prefix, limit, descending = false } = range;
  const { after, end } = childrenOf(range);
  const found = descending
    ? records.children.before(prefix, { key: end }, limit + 1)
    : records.children.after(prefix, { key: after }, limit + 1);
  return pageOf(found, range, records, now, ({ key }) => key);
}

function listIndex(range: Extract<Range, { index: unknown }>, records: Records, now: Moment): Page {
  const { index, from, to, limit, descending = false } = range;
  const { place, key } = indexStartOf(range);
  const start = { value: place, key };
  const found = descending
    ? records.indexes.before(index, start, limit + 1, ({ value }) => !isBefore(value, from))
    : records.indexes.after(index, start, limit + 1, ({ value }) => !isBefore(to, value));
  return pageOf(found, range, records, now, ({ value, key: holder }) => formatPosition(value, holder));
}

function listLapsed(range: Extract<Range, { lapsedBefore: unknown }>, records: Records, now: Moment): Page {
  const position = range.after === undefined ? undefined : parsePosition(range.after);
  const after = position === undefined ? beginning : { moment: Number(position.place), key: position.key };
  const isWithin = ({ moment }: AgendaPlace): boolean => moment < range.lapsedBefore && moment <= now;
  const found = records.lapses.after(after, range.limit + 1, isWithin);
  return pageOf(found, range, records, now, ({ moment, key }) => formatPosition(moment, key));
}

// One item more than the limit was looked for: it tells whether this page is the last.
function pageOf<T extends KeyPlace>(
  found: readonly T[],
  range: Range,
  records: Records,
  now: Moment,
  positionOf: (item: T) => string,
): Page {
  const { limit, texts = true } = range;
  const states = found.slice(0, limit).flatMap(({ key }) => {
    const entry = records.get(key);
    return entry === undefined ? [] : [asRead(entry, now)];
  });
  const count = texts ? countOnPage(states, textLengthOf, pageBytesOf(range)) : states.length;
  const page = texts ? states.slice(0, count) : states.map(withoutText);
  const last = found[count - 1];
  if (found.length <= count || last === undefined) return { now, records: page };
  return { now, records: page, next: positionOf(last) };
}

/** About how many bytes its text has. Code units, not bytes: counting bytes would read every text. */
export function textLengthOf({ text }: StoredRecord): number {
  return text?.length ?? 0;
}

/** The record as a page without texts has it. */
export function withoutText(record: StoredRecord): StoredRecord {
  return { ...record, text: null };
}
