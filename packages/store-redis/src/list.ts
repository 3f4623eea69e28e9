import { isBefore, notAPosition, type Page, pageBytesOf, type Range } from "@unclash/core/store";
import type { Calls } from "./calls.js";
import { listScript } from "./list-script.js";
import { items, number, text, textOrNull } from "./reply.js";
import { recordOf } from "./state.js";

/** One page of a range, in one view. */
export async function list(calls: Calls, range: Range): Promise<Page> {
  const { limit, texts = true } = range;
  const isReversed = !("lapsedBefore" in range) && range.descending === true;
  const args = [...boundsOf(range), `${limit}`, texts ? "1" : "0", `${pageBytesOf(range)}`, isReversed ? "1" : "0"];
  const [time, after, count, ...found] = items(await calls.run(listScript, args));
  const now = number(time);
  const next = textOrNull(after);
  const records = items(found, number(count)).map((item) => {
    const [key, state] = items(item, 2);
    return recordOf(text(key), state, now);
  });
  return next === null ? { now, records } : { now, records, next };
}

/** The kind of a range, its set, and where in the order of that set, whose members are what `next` gives, it lies. */
type Bounds = readonly [kind: string, set: string, start: string, end: string];

function boundsOf(range: Range): Bounds {
  const { after } = range;
  if ("prefix" in range) return ["c", `c:${range.prefix}`, ...childBounds(range)];
  if ("index" in range) {
    if (after?.includes("\u0000") === false) throw notAPosition();
    return ["i", `i:${range.index}`, ...valueBounds(range)];
  }
  if (after !== undefined && !lapsePosition.test(after)) throw notAPosition();
  return ["l", "l", after === undefined ? "-" : `(${after}`, `${range.lapsedBefore}`];
}

/** Where a range of a prefix begins and ends in the set of its keys. */
export function childBounds({
  after,
  descending = false,
}: Pick<Extract<Range, { prefix: unknown }>, "after" | "descending">): readonly [start: string, end: string] {
  const [first, last] = descending ? ["+", "-"] : ["-", "+"];
  return [after === undefined ? first : `(${after}`, last];
}

// No value lies between `to` and what follows it here: all that begins with `to`, U+0000 and a key comes before it.
function valueBounds({
  from,
  to,
  after,
  descending = false,
}: Extract<Range, { index: unknown }>): readonly [start: string, end: string] {
  const [first, last] = [`[${from}`, `(${to}\u0001`];
  if (descending) return [after !== undefined && isBefore(after, `${to}\u0001`) ? `(${after}` : last, first];
  return [after !== undefined && isBefore(from, after) ? `(${after}` : first, last];
}

const lapsePosition = /^[0-9]{16}./su;
