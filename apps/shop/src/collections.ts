import { type CollectionOptions, collection } from "unclash";
import { z } from "zod";

/** The names of the shop's collections: the first segments of its paths. */
export type CollectionName = "articles" | "products" | "orders" | "notes";

// Strict: a field that is not known here is refused by name. Were it dropped, its writer would believe it was saved.
const article = z.strictObject({
  title: z.string(),
  body: z.string(),
  tags: z.array(z.string()).default([]),
  status: z.enum(["draft", "published"]).default("draft"),
});

const product = z.strictObject({
  sku: z.string().min(1),
  name: z.string().min(1),
  price: z.number().nonnegative(),
  stock: z.int().nonnegative(),
});

const order = z.strictObject({
  product: z.string(),
  quantity: z.int().min(1),
  status: z.enum(["pending", "paid", "shipped", "cancelled"]).default("pending"),
});

const note = z.looseObject({});

/** What the shop keeps, and what happens there when two people write at once. */
export const collections: Readonly<Record<CollectionName, CollectionOptions>> = {
  articles: collection({
    schema: article,
    // To become `merge`, with a union of tags and a line-wise merge of bodies.
    conflicts: { strategy: "first-write-wins", allowedStrategies: "all" },
  }),
  products: collection({
    schema: product,
    unique: ["sku"],
    conflicts: { strategy: "reject" },
  }),
  orders: collection({
    schema: order,
    references: { product: "products" },
    states: {
      status: {
        initial: ["pending"],
        transitions: { pending: ["paid", "cancelled"], paid: ["shipped", "cancelled"] },
      },
    },
    // To become `manual`: a late change to an order waits until someone has looked at it.
    conflicts: { strategy: "first-write-wins" },
  }),
  notes: collection({
    schema: note,
    preconditions: { required: false },
    conflicts: { strategy: "last-write-wins", allowedStrategies: "all" },
  }),
};
