import type { Json, JsonObject } from "@unclash/core/json";
import { apiVersions, type CollectionOptions, type Schema, type UnclashOptions } from "unclash";
import { z } from "zod";

type Conversion = (fields: JsonObject) => JsonObject;

interface Step {
  readonly up: Conversion;
  readonly down: Conversion;
  readonly renames: Readonly<Record<string, string>>;
}

/** How fields change from each API version to the next. Nothing is lost on the way, and the order of members stays. */
const steps: readonly (Step | undefined)[] = [
  { up: renaming("title", "name"), down: renaming("name", "title"), renames: { "/title": "/name" } },
  {
    up: changing("items", (list) => ({ list })),
    down: changing("items", (items) => Object(items).list),
    renames: { "/items": "/items/list" },
  },
  // These resources did not change between v3 and v4.
  undefined,
  { up: renaming("words", "text"), down: renaming("text", "words"), renames: { "/words": "/text" } },
];

function renaming(from: string, to: string): Conversion {
  return (fields) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name === from ? to : name, value]));
}

function changing(member: string, change: (value: Json) => Json): Conversion {
  return (fields) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, name === member ? change(value) : value]));
}

const anything: Schema = z.record(z.string(), z.json());
/** Of each API version, the first one first: where nothing changed, it is the one before. */
const schemas: Schema[] = [anything];
for (const step of steps) schemas.push(step ? z.record(z.string(), z.json()) : (schemas.at(-1) ?? anything));

/** What one release of an app is made with. */
export interface Release {
  readonly apiVersions: UnclashOptions["apiVersions"];
  readonly collection: CollectionOptions;
  /** The API versions that clients can ask for, by number; one without a number where the API has no versions. */
  readonly offered: readonly (number | undefined)[];
}

/** @param count how many API versions it knows; 0 in an app without any */
function release(count: number, { upcoming }: { readonly upcoming: boolean }): Release {
  const numbers = Array.from({ length: count }, (_, at) => at + 1);
  const options = numbers.map((number) => [`v${number}`, { upcoming: upcoming && number === count }] as const);
  const api =
    count === 0 ? undefined : apiVersions({ name: "app", default: "v1", versions: Object.fromEntries(options) });
  const known = steps.slice(0, Math.max(0, count - 1)).flatMap((step, at) => {
    const [from, to] = [schemas[at], schemas[at + 1]];
    return api && step && from && to ? [api.step(`v${at + 1}`, `v${at + 2}`, { ...step, from, to })] : [];
  });
  const collection: CollectionOptions = {
    schema: schemas[Math.max(0, count - 1)] ?? anything,
    preconditions: { required: false },
    ...(api && { apiVersions: known }),
  };
  return {
    apiVersions: api,
    collection,
    offered: count === 0 ? [undefined] : numbers.slice(0, upcoming ? -1 : undefined),
  };
}

/** The releases of an app, one after the other: each adds an API version, or offers one that was upcoming. */
export const releases: readonly [Release, ...Release[]] = [
  release(0, { upcoming: false }),
  release(2, { upcoming: true }),
  release(2, { upcoming: false }),
  release(3, { upcoming: false }),
  release(5, { upcoming: true }),
  release(5, { upcoming: false }),
];

/** Fields of the first API version as another one has them. */
export function inVersion(fields: JsonObject, number = 1): JsonObject {
  return steps.slice(0, number - 1).reduce((shown, step) => step?.up(shown) ?? shown, fields);
}

/** Fields of an API version as the first one has them. */
export function inFirst(fields: JsonObject, number = 1): JsonObject {
  return steps.slice(0, number - 1).reduceRight((shown, step) => step?.down(shown) ?? shown, fields);
}
