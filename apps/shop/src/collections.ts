import { apiVersions, type CollectionOptions, collection } from "unclash";
import { z } from "zod";

/** The names of the shop's collections: the first segments of its paths. */
export type CollectionName = "articles" | "products" | "orders" | "notes";

/** The versions of the shop's API, the oldest first: a new one is added at the end. */
export const api = apiVersions({
  name: "shop",
  default: "v2",
  versions: { v1: { deprecatedAt: "2026-11-01", sunsetAt: "2036-11-01" }, v2: {} },
});

// Strict: a field that is not known here is refused by name. Were it dropped, its writer would believe it was saved.
const article = z.strictObject({
  title: z.string(),
  body: z.string(),
  tags: z.array(z.string()).default([]),
  status: z.enum(["draft", "published"]).default("draft"),
});

/** v1 calls `body` `content`. */
const articleV1 = z.strictObject({
  title: article.shape.title,
  content: article.shape.body,
  tags: article.shape.tags,
  status: article.shape.status,
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
    // Two editors seldom mean the same line: only where they do does anyone have to look.
    conflicts: {
      strategy: "merge",
      merge: { policies: { "/tags": "union", "/body": "text" } },
      allowedStrategies: "all",
      recordRefusals: true,
    },
    apiVersions: [
      api.step("v1", "v2", {
        from: articleV1,
        to: article,
        // Articles from before the shop had API versions count as v1, and have a `body`: others come last, so it stays.
        up: ({ title, content, ...others }) => ({ title, body: content, ...others }),
        down: ({ title, body, ...others }) => ({ title, content: body, ...others }),
        renames: { "/content": "/body" },
      }),
    ],
  }),
  products: collection({
    schema: product,
    unique: ["sku"],
    // Whoever books pieces in and out asks for `merge`, and both bookings count. Anything else is looked at again.
    conflicts: {
      strategy: "reject",
      allowedStrategies: ["merge"],
      merge: { policies: { "/stock": "sum" } },
      recordRefusals: true,
    },
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
    // A late change to an order waits until someone has looked at it.
    conflicts: { strategy: "manual", recordRefusals: true },
  }),
  notes: collection({
    schema: note,
    preconditions: { required: false },
    conflicts: { strategy: "last-write-wins", allowedStrategies: "all", recordRefusals: true },
  }),
};
