import { member } from "../black-box/answer.js";
import type { HttpAnswer } from "../black-box/http-client.js";
import type { Random } from "../black-box/random.js";
import type { Attempt } from "./history.js";

/** What requests with keys are made to: collections, and the app's own table behind a guard. */
export type Place = "notes" | "products" | "customers";

/** A resource that many requests change. */
export interface Subject {
  readonly place: Place;
  readonly id: string;
  readonly path: string;
  /** It is deleted, and made anew by a PUT without precondition. */
  readonly isDeleted: boolean;
}

/** The resource as a client has read it. */
export interface Known {
  readonly etag: string;
  readonly name: string;
}

/** The resources of a run, named so that no other run's are met. */
export function subjectsOf(seed: number, places: readonly [Place, ...Place[]]): readonly [Subject, ...Subject[]] {
  const subject = (place: Place, name: string, isDeleted = false): Subject => {
    const id = `keyed-${seed.toString(36)}-${name}`;
    return { place, id, path: `/${place}/${id}`, isDeleted };
  };
  const others = places.flatMap((place) => [
    ...["1", "2"].map((name) => subject(place, name)),
    ...(place === "notes" ? ["d1", "d2"].map((name) => subject(place, name, true)) : []),
  ]);
  return [subject(places[0], "0"), ...others];
}

/** Texts that tell one request's effect from all others'; none is in another. */
export function markOf(number: number): string {
  return `m${number}z`;
}

/** The marks in a text. */
export function marksIn(text: string): readonly string[] {
  return text.match(/\bm[0-9]+z\b/g) ?? [];
}

/** What a resource is before any request with a key has met it. */
export function firstContent({ place, id }: Subject): unknown {
  return contentOf(place, id, "new");
}

/** What a creation sends. Now and then it asks for what someone else has: one more way to be refused. */
export function creation(place: Place, mark: string, random: Random, holder: Subject): unknown {
  if (place === "notes" || random.chance(0.85)) return contentOf(place, mark, mark);
  return contentOf(place, holder.id, mark);
}

/**
 * What a change sends: a name of the request's own, or, in the app's own table, one more word of the name that there
 * was.
 */
export function change(method: Attempt["method"], { place, id }: Subject, mark: string, known: Known): unknown {
  const name = place === "customers" ? `${known.name} ${mark}` : mark;
  return method === "PATCH" ? { name } : contentOf(place, id, name);
}

/** Reads what a GET has answered. */
export function knownOf({ headers, body }: HttpAnswer): Known {
  return { etag: String(headers["etag"]), name: String(member(JSON.parse(body), "name")) };
}

function contentOf(place: Place, id: string, name: string): unknown {
  switch (place) {
    case "notes":
      return { name };
    case "products":
      return { sku: `sku-${id}`, name, price: 1.5, stock: 1 };
    case "customers":
      return { name, email: `${id}@shop.example` };
  }
}
