import { isBefore, notAPosition, type Page, pageBytesOf, type Range } from "@unclash/core/store";
import type { Calls } from "./calls.js";
import { listScript } from "./list-script.js";
import { items, number, text, textOrNull } from "./reply.js";
import { recordOf } from "./state.js";

/** One page of a range, in one view. */
export async function list(calls: Calls, range: Range): Promise<Page> {
  const { limit, texts = true } = range;
  const args = [...boundsOf(range), `${limit}`, texts ? "1" : "0", `${pageBytesOf(range)}`];
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
    if (after?.includes("\u0000") === false) throw notAPosition();
    const from = after !== undefined && isBefore(range.from, after) ? `(${after}` : `[${range.from}`;
    return ["i", `i:${range.index}`, from, `(${range.to}\u0001`];
  }
  if (after !== undefined && !lapsePosition.test(after)) throw notAPosition();
  return ["l", "l", after === undefined ? "-" : `(${after}`, `${range.lapsedBefore}`];
}

const lapsePosition = /^[0-9]{16}./su;
