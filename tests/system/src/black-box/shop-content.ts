import type { Fields } from "./history.js";
import type { Random } from "./random.js";

/** How the writes to one of the shop's collections are made, so that each can be found again by a marker. */
export interface ShopContent {
  /** All fields; what is there already keeps what may not change at will. */
  readonly whole: (id: string, marker: string, random: Random, current: Fields | undefined) => Fields;
  /** A merge patch: the marker's field, and another one now and then. */
  readonly part: (marker: string, random: Random) => Fields;
  /** A marker is a whole number, as text. */
  readonly markerOf: (fields: Fields) => string;
}

export type Collection = "articles" | "products" | "orders";

/** So long that a write by halves would show. */
const padding = "All work and no play makes Jack a dull boy. ".repeat(12);

export const shopContents: Readonly<Record<Collection, ShopContent>> = {
  articles: {
    whole: (_id, marker, random) => ({
      title: marker,
      body: `${marker}: ${padding}`,
      tags: [marker],
      status: random.pick(["draft", "published"]),
    }),
    part: (marker, random) => ({ title: marker, ...(random.chance(0.3) && { tags: [marker, "patched"] }) }),
    markerOf: ({ title }) => String(title),
  },
  products: {
    whole: (id, marker, random) => ({ sku: `sku-${id}`, name: marker, price: 1.5, stock: random.between(0, 100) }),
    part: (marker, random) => ({ name: marker, ...(random.chance(0.3) && { stock: random.between(0, 100) }) }),
    markerOf: ({ name }) => String(name),
  },
  orders: {
    whole: (_id, marker, _random, current) => ({
      product: "3",
      quantity: Number(marker),
      status: current?.["status"] ?? "pending",
    }),
    // A status that the order can't take from where it is makes this an invalid change: one more way to be refused.
    part: (marker, random) => ({
      quantity: Number(marker),
      ...(random.chance(0.1) && { status: random.pick(["paid", "shipped"]) }),
    }),
    markerOf: ({ quantity }) => String(quantity),
  },
};

/** The fields of a representation, without its id and version. */
export function fieldsOf(body: string): Fields {
  const { id: _id, version: _version, ...fields }: Record<string, unknown> = JSON.parse(body);
  return fields;
}
