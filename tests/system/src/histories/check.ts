import { formatHttpDate } from "@unclash/core";
import { applyJsonPatch, isJsonArray, isJsonObject, type Json, type JsonObject, jsonEqual } from "@unclash/core/json";
import { inFirst, inVersion } from "./releases.js";
import type { Writer, Written } from "./writer.js";

/** An item of a history. */
interface Item {
  readonly version: number;
  readonly etag: string | undefined;
  readonly modifiedAt: number;
  readonly deleted: boolean;
}

/**
 * What is wrong with a history, as clients read it in every way, given all the states that there were. In the API
 * version in which it was written, each state is what was served; in all others it is converted.
 */
export async function faultsOf(writer: Writer, written: readonly Written[]): Promise<readonly string[]> {
  const faults: string[] = [];
  let items: readonly Item[] = [];
  for (const api of new Set(written.map((state) => state.api))) {
    items = await itemsOf(writer, api);
    if (items.length !== written.length) return [`it has ${items.length} states, and ${written.length} were written`];
    for (const [at, item] of items.entries()) {
      const state = written[at];
      if (state === undefined || state.api !== api) continue;
      if (item.etag !== state.etag || item.deleted !== (state.text === null))
        faults.push(`the history tells another state of ${item.version}`);
    }
  }
  for (const [at, item] of items.entries()) {
    const state = written[at];
    if (state === undefined) continue;
    faults.push(...(await faultsOfState(writer, item, state)), ...(await faultsInOthers(writer, item, state)));
    const [next, then] = [items[at + 1], written[at + 1]];
    if (next && then) faults.push(...(await faultsOfDifference(writer, [item, next], [state, then])));
  }
  return [...faults, ...(await faultsOfTimes(writer, items, written))];
}

async function itemsOf({ path, send }: Writer, api: number | undefined): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let next: Json = ""; next !== null; ) {
    const after = next === "" ? "" : `&after=${String(next)}`;
    const { body } = await send("GET", `${path}/versions?limit=7${after}`, { api });
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

async function faultsOfState(
  { path, send }: Writer,
  item: Item,
  { api, text, etag }: Written,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const place of [`${path}/versions/${item.version}`, `${path}?version=${item.version}`]) {
    const answer = await send("GET", place, { api });
    const isSame = answer.status === 200 && answer.body === text && answer.headers["etag"] === etag;
    if (text === null ? answer.status !== 410 : !isSame) faults.push(`${place} is not what was served`);
    if (answer.headers["memento-datetime"] !== formatHttpDate(item.modifiedAt))
      faults.push(`${place} has another time`);
  }
  return faults;
}

/** In API versions in which it was not written, a state has the same fields in their shape, and another entity-tag. */
async function faultsInOthers(writer: Writer, item: Item, state: Written): Promise<readonly string[]> {
  const faults: string[] = [];
  if (state.text === null) return faults;
  const fields = inFirst(fieldsOf(state.text), state.api);
  for (const api of writer.offered()) {
    if (api === undefined || api === (state.api ?? 1)) continue;
    const { status, body, headers } = await writer.send("GET", `${writer.path}/versions/${item.version}`, { api });
    const isConverted = status === 200 && jsonEqual(fieldsOf(body), inVersion(fields, api));
    if (!isConverted) faults.push(`${item.version} is another state in v${api}: ${body}`);
    if (headers["etag"] === state.etag) faults.push(`${item.version} has the same entity-tag in v${api}`);
  }
  return faults;
}

const limits = { operationsMax: Number.POSITIVE_INFINITY, bytesMax: Number.POSITIVE_INFINITY };

/** In the API version in which the later one was written. */
async function faultsOfDifference(
  { path, send }: Writer,
  [from, to]: readonly [Item, Item],
  [before, after]: readonly [Written, Written],
): Promise<readonly string[]> {
  const place = `${path}/diff?from=${from.version}&to=${to.version}`;
  const { api } = after;
  const { status, body } = await send("GET", place, { api });
  if (before.text === null || after.text === null) return status === 410 ? [] : [`${place} of a deletion is ${status}`];
  const patch: Json = JSON.parse(body ?? "null");
  const shown = inVersion(inFirst(fieldsOf(before.text), before.api), api);
  const patched = applyJsonPatch(shown, patch, limits);
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
    const { api, text = null } = written[at] ?? {};
    const answer = await send("GET", path, { api, headers: { "accept-datetime": datetime } });
    const isThere = text === null ? answer.status === 410 : answer.status === 200 && answer.body === text;
    if (!isThere) faults.push(`at ${datetime} there is another state than version ${items[at]?.version}`);
  }
  return faults;
}

function fieldsOf(text: string | null): JsonObject {
  const { id: _id, version: _version, ...fields } = objectOf(text);
  return fields;
}

function objectOf(text: string | null): JsonObject {
  const value: Json = JSON.parse(text ?? "null");
  return isJsonObject(value) ? value : {};
}
