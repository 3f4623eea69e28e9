import { type Page, pageBytesMax, type Range } from "@unclash/core";
import type { Calls } from "./calls.js";
import { listScript } from "./list-script.js";
import { items, number, text, textOrNull } from "./reply.js";
import { recordOf } from "./state.js";

/** One page of a range, in one view. */
export async function list(calls: Calls, range: Range): Promise<Page> {
  const { limit, texts = true, textBytesMax = pageBytesMax } = range;
  const args = [...boundsOf(range), `${limit}`, texts ? "1" : "0", `${Math.min(textBytesMax, pageBytesMax)}`];
  const [time, after, count, ...found] = items(await calls.run(listScript, args));
  const now = number(time);
  const next = textOrNull(after);
  const records = items(found, number(count)).map((item) => {
    const [key, state] = items(item, 2);
    return recordOf(text(key), state, now);
  });
  return next === null ? { now, records } : { now, records, next };
}

// The kind of the range, its set, and the bounds in the order of that set, whose members are what `next` gives.
function boundsOf(range: Range): readonly [kind: string, set: string, from: string, to: string] {
  const { after } = range;
  if ("prefix" in range) return ["c", `c:${range.prefix}`, after === undefined ? "-" : `(${after}`, "+"];
  if ("index" in range) {
    if (after?.includes("\u0000") === false) throw noPosition();
    const from = after !== undefined && isBelow(range.from, after) ? `(${after}` : `[${range.from}`;
    return ["i", `i:${range.index}`, from, `(${range.to}\u0001`];
  }
  if (after !== undefined && !lapsePosition.test(after)) throw noPosition();
  return ["l", "l", after === undefined ? "-" : `(${after}`, `${range.lapsedBefore}`];
}

const lapsePosition = /^[0-9]{16}./su;

function isBelow(from: string, after: string): boolean {
  return Buffer.compare(Buffer.from(from), Buffer.from(after)) < 0;
}

function noPosition(): TypeError {
  return new TypeError('"after" is not what a page of this range gave as its "next".');
}
