import { randomUUID } from "node:crypto";
import type { Random } from "../black-box/random.js";
import { dryRun, type KeyedRequest, keyedRequest, named } from "./keyed-request.js";
import { change, creation, type Known, markOf, type Place, type Subject } from "./subjects.js";

/** One key, and all that is sent with it: step after step, what a step holds at once. */
export interface Task {
  readonly steps: readonly (readonly KeyedRequest[])[];
}

export interface TaskSource {
  readonly random: Random;
  readonly places: readonly [Place, ...Place[]];
  readonly subjects: readonly [Subject, ...Subject[]];
  /** Numbers the marks of a run. */
  readonly nextNumber: () => number;
  /** Reads a resource, or remembers what it was a while ago; nothing where it is not there, or nobody answered. */
  readonly read: (path: string) => Promise<Known | undefined>;
  /** Makes a resource of the app's own table, to be deleted; its path. */
  readonly makeDoomed: () => Promise<{ readonly path: string; readonly etag: string } | undefined>;
}

/** Makes requests like the first one, under the same key, with a mark of their own each. */
type Another = (caller: string, key: string) => KeyedRequest;

/**
 * A request of one of the kinds that there are, and the ways in which it is repeated. Nothing where nobody answered.
 */
export async function nextTask(source: TaskSource): Promise<Task | undefined> {
  const { random } = source;
  const another = await (random.chance(0.4) ? anyCreation(source) : anyChange(source));
  if (another === undefined) return undefined;
  const caller = random.pick(["anonymous", "alice", "bob"]);
  const key = random.chance(0.5) ? randomUUID() : `"${randomUUID()}"`;
  const first = another(caller, key);
  const again = [first];
  const choice = random.next();
  if (choice < 0.15) return { steps: [again] };
  if (choice < 0.4) return { steps: [again, again, again] };
  if (choice < 0.7) return { steps: [random.chance(0.5) ? [first, first] : [first, first, first], again] };
  if (choice < 0.82) {
    const other = another(caller, key);
    return { steps: random.chance(0.5) ? [[first, other], again] : [again, [other], again] };
  }
  if (choice < 0.92) {
    const others = ["anonymous", ...named].filter((name) => name !== caller).map((name) => another(name, key));
    const elsewhere = await anyChange(source);
    if (elsewhere !== undefined) others.push(elsewhere(caller, key));
    return { steps: random.chance(0.5) ? [[first, ...others], again] : [again, others, again] };
  }
  const tried = dryRun(first);
  return { steps: random.pick([[[tried]], [[tried], again, again], [again, [tried]], [[first, tried], again]]) };
}

/** A POST without an id: only its key tells a repeat from another one. */
async function anyCreation({ random, places, subjects, nextNumber }: TaskSource): Promise<Another> {
  const place = random.pick(places);
  const holder = subjects.find((subject) => subject.place === place) ?? subjects[0];
  return (caller, key) => {
    const mark = markOf(nextNumber());
    const content = creation(place, mark, random, holder);
    return keyedRequest({ caller, method: "POST", path: `/${place}`, key, content, mark });
  };
}

async function anyChange(source: TaskSource): Promise<Another | undefined> {
  const { random, subjects, places, nextNumber, read } = source;
  const subject = random.pick(subjects);
  const { path, isDeleted } = subject;
  if (isDeleted) return changeOfDeleted(source, subject);
  if (places.includes("customers") && random.chance(0.1)) return deletion(source);
  const known = await read(path);
  if (known === undefined) return undefined;
  const method = random.pick<"PUT" | "PATCH">(["PUT", "PATCH"]);
  // Only notes need no precondition; the others refuse a request without.
  const isConditional = subject.place === "notes" ? random.chance(0.5) : random.chance(0.95);
  return (caller, key) => {
    const mark = markOf(nextNumber());
    const content = change(method, subject, mark, known);
    const condition = isConditional ? { ifMatch: known.etag } : {};
    return keyedRequest({ caller, method, path, key, content, mark, ...condition });
  };
}

/** Deletes or makes anew, whatever is there: a repeat that runs again does so to another's. */
async function changeOfDeleted({ random, nextNumber, read }: TaskSource, subject: Subject): Promise<Another> {
  const { path } = subject;
  const known = random.chance(0.5) ? await read(path) : undefined;
  const condition = known === undefined ? {} : { ifMatch: known.etag };
  if (random.chance(0.5)) return (caller, key) => keyedRequest({ caller, method: "DELETE", path, key, ...condition });
  return (caller, key) => {
    const mark = markOf(nextNumber());
    const content = change("PUT", subject, mark, { etag: "", name: "" });
    return keyedRequest({ caller, method: "PUT", path, key, content, mark });
  };
}

async function deletion({ makeDoomed, nextNumber }: TaskSource): Promise<Another | undefined> {
  const doomed = await makeDoomed();
  if (doomed === undefined) return undefined;
  let isFirst = true;
  return (caller, key) => {
    // Another request with the same key names a state that never was.
    const ifMatch = isFirst ? doomed.etag : `"9-never${nextNumber()}"`;
    isFirst = false;
    return keyedRequest({ caller, method: "DELETE", path: doomed.path, key, ifMatch });
  };
}
