import fc from "fast-check";
import { json, memberName, objectOf } from "../json/arbitrary.test-support.js";
import { isJsonArray, isJsonObject, type Json } from "../json/value.js";

/** A state, and what two writers made of it: most of it is the same in all three. */
export interface Versions {
  readonly base: Json;
  readonly mine: Json;
  readonly theirs: Json;
}

const scalars: readonly Json[] = [null, true, 0, 1, 2, "1", "a", "b", {}, []];
const ids: readonly (string | number)[] = [1, 2, 3, 4, 5, "1", "a", "b"];
const names: readonly string[] = ["a", "b", "items", "n", "toString"];

const items: fc.Arbitrary<Json> = fc.uniqueArray(
  fc.record({ id: fc.constantFrom(...ids), v: fc.nat(1), w: fc.constantFrom<Json>(null, { x: 1, y: 1 }, [1, 2]) }),
  { selector: ({ id }) => id, maxLength: 6 },
);
const sequence: fc.Arbitrary<Json> = fc.array(fc.constantFrom<Json>(0, 1, 2, 3, "a", null, { x: 1 }), { maxLength: 7 });
const documents: fc.Arbitrary<Json> = fc.record(
  { a: json, b: fc.record({ x: fc.nat(2), y: fc.constantFrom<Json>(null, "a") }), items, list: sequence, n: fc.nat(9) },
  { requiredKeys: [] },
);

/** Versions of documents, of arrays with and without an `id` in their items, and of any other value. */
export const versions: fc.Arbitrary<Versions> = fc
  .tuple(
    fc.oneof(documents, items, sequence, objectOf(memberName, json, 4), json),
    fc.array(fc.nat(999), { maxLength: 30 }),
    fc.array(fc.nat(999), { maxLength: 30 }),
  )
  .map(([base, mine, theirs]) => ({ base, mine: edited(base, chooser(mine)), theirs: edited(base, chooser(theirs)) }));

/** Chooses one of so many, from 0 on; the last one for ever, once there are no more picks. */
type Choose = (count: number) => number;

function chooser(picks: readonly number[]): Choose {
  let at = 0;
  return (count) => {
    const pick = picks[at++];
    return pick === undefined ? count - 1 : pick % count;
  };
}

/** A copy of a value with some changes: the last choice is always to leave all as it is. */
function edited(value: Json, choose: Choose): Json {
  if (isJsonArray(value)) return editedItems(value, choose);
  if (!isJsonObject(value)) return choose(3) === 0 ? scalarOf(choose) : value;
  const members = new Map<string, Json>();
  for (const [name, member] of Object.entries(value)) {
    const choice = choose(8);
    if (choice === 0) continue;
    members.set(name, choice === 1 ? scalarOf(choose) : choice < 5 ? edited(member, choose) : member);
  }
  if (choose(4) === 0) members.set(names[choose(names.length)] ?? "", scalarOf(choose));
  return Object.fromEntries(members);
}

function editedItems(value: readonly Json[], choose: Choose): Json {
  const kept = value.filter(() => choose(8) !== 0);
  const list = kept.map((item) => (choose(3) === 0 ? editedItem(item, choose) : item));
  for (let count = 2 - choose(3); count > 0; count -= 1) {
    const [item] = list.splice(choose(list.length + 1), 1);
    if (item !== undefined) list.splice(choose(list.length + 1), 0, item);
  }
  if (choose(2) === 0) {
    const id = ids[choose(ids.length)] ?? 0;
    const isKeyed = value.every((item) => isJsonObject(item) && Object.hasOwn(item, "id"));
    const isThere = list.some((item) => isJsonObject(item) && item["id"] === id);
    if (!isKeyed) list.splice(choose(list.length + 1), 0, scalarOf(choose));
    else if (!isThere) list.splice(choose(list.length + 1), 0, { id, v: choose(2) });
  }
  return list;
}

function editedItem(item: Json, choose: Choose): Json {
  if (!isJsonObject(item)) return scalarOf(choose);
  const made = edited(item, choose);
  return isJsonObject(made) && item["id"] !== undefined ? { ...made, id: item["id"] } : made;
}

function scalarOf(choose: Choose): Json {
  return scalars[choose(scalars.length)] ?? null;
}
