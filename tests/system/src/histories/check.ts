import { formatHttpDate } from "@unclash/core";
import { applyJsonPatch, isJsonArray, isJsonObject, type Json, type JsonObject, jsonEqual } from "@unclash/core/json";
import type { Writer, Written } from "./writer.js";

/** An item of a history. */
interface Item {
  readonly version: number;
  readonly etag: string | undefined;
  readonly modifiedAt: number;
  readonly deleted: boolean;
}

/** What is wrong with a history, as clients read it in every way, given all the states that there were. */
export async function faultsOf(writer: Writer, written: readonly Written[]): Promise<readonly string[]> {
  const items = await itemsOf(writer);
  if (items.length !== written.length) return [`it has ${items.length} states, and ${written.length} were written`];
  const faults: string[] = [];
  for (const [at, item] of items.entries()) {
    const state = written[at];
    if (state === undefined) continue;
    faults.push(...(await faultsOfState(writer, item, state)));
    const [next, then] = [items[at + 1], written[at + 1]];
    if (next && then) faults.push(...(await faultsOfDifference(writer, [item, next], [state, then])));
  }
  return [...faults, ...(await faultsOfTimes(writer, items, written))];
}

async function itemsOf({ path, send }: Writer): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let next: Json = ""; next !== null; ) {
    const { body } = await send("GET", `${path}/versions?limit=7${next === "" ? "" : `&after=${String(next)}`}`);
    const page = objectOf(body);
    const list = page["items"];
    for (const item of isJsonArray(list) ? list : []) {
      const { version, etag, modifiedAt, deleted } = isJsonObject(item) ? item : {};
      items.unshift({
        version: Number(version),
        etag: typeof etag === "string" ? etag : undefined,
        modifiedAt: Date.parse(String(modifiedAt)),
        deleted: deleted === true,
      });
    }
    next = page["next"] ?? null;
  }
  return items;
}

async function faultsOfState({ path, send }: Writer, item: Item, { text, etag }: Written): Promise<readonly string[]> {
  const faults: string[] = [];
  if (item.etag !== etag || item.deleted !== (text === null))
    faults.push(`the history tells another state of ${item.version}`);
  for (const place of [`${path}/versions/${item.version}`, `${path}?version=${item.version}`]) {
    const answer = await send("GET", place);
    const isSame = answer.status === 200 && answer.body === text && answer.headers["etag"] === etag;
    if (text === null ? answer.status !== 410 : !isSame) faults.push(`${place} is not what was served`);
    if (answer.headers["memento-datetime"] !== formatHttpDate(item.modifiedAt))
      faults.push(`${place} has another time`);
  }
  return faults;
}

const limits = { operationsMax: Number.POSITIVE_INFINITY, bytesMax: Number.POSITIVE_INFINITY };

async function faultsOfDifference(
  { path, send }: Writer,
  [from, to]: readonly [Item, Item],
  [before, after]: readonly [Written, Written],
): Promise<readonly string[]> {
  const place = `${path}/diff?from=${from.version}&to=${to.version}`;
  const { status, body } = await send("GET", place);
  if (before.text === null || after.text === null) return status === 410 ? [] : [`${place} of a deletion is ${status}`];
  const patch: Json = JSON.parse(body ?? "null");
  const patched = applyJsonPatch(fieldsOf(before.text), patch, limits);
  const isNext = patched.kind === "patched" && jsonEqual(patched.value, fieldsOf(after.text));
  return isNext ? [] : [`${place} does not make the one of the other: ${body}`];
}

/** Each second in which a state began, and the one before the first: the last state that had begun by its end. */
async function faultsOfTimes(
  { path, send }: Writer,
  items: readonly Item[],
  written: readonly Written[],
): Promise<readonly string[]> {
  const faults: string[] = [];
  const first = items[0]?.modifiedAt ?? 0;
  const seconds = new Set(
    [first - 1_000, ...items.map(({ modifiedAt }) => modifiedAt)].map((ms) => Math.floor(ms / 1_000)),
  );
  for (const second of seconds) {
    const end = second * 1_000 + 999;
    const at = Math.max(
      0,
      items.findLastIndex(({ modifiedAt }) => modifiedAt <= end),
    );
    const datetime = formatHttpDate(second * 1_000);
    const answer = await send("GET", path, { headers: { "accept-datetime": datetime } });
    const text = written[at]?.text ?? null;
    const isThere = text === null ? answer.status === 410 : answer.status === 200 && answer.body === text;
    if (!isThere) faults.push(`at ${datetime} there is another state than version ${items[at]?.version}`);
  }
  return faults;
}

function fieldsOf(text: string): JsonObject {
  const { id: _id, version: _version, ...fields } = objectOf(text);
  return fields;
}

function objectOf(text: string | null): JsonObject {
  const value: Json = JSON.parse(text ?? "null");
  return isJsonObject(value) ? value : {};
}
