import type { Store } from "@unclash/core/store";
import { createUnclash, type Unclash } from "unclash";
import { whoIs } from "./guarded.js";
import { anything, shape } from "./schema.js";

/** An engine with actors of two roles, and without rules of its own for what they may do. */
export function createRolesEngine(store: Store): Unclash {
  return createUnclash({
    store,
    identify: whoIs,
    collections: {
      articles: { schema: anything },
      notes: { schema: anything, preconditions: { required: false } },
      products: { schema: shape({ sku: "text?", name: "text?" }), unique: ["sku"], preconditions: { required: false } },
      orders: {
        schema: shape({ product: "text?", status: "text" }),
        preconditions: { required: false },
        references: { product: { collection: "products", onDelete: "restrict" } },
        states: { status: { initial: ["pending"], transitions: { pending: ["paid"] } } },
      },
      stamped: { schema: anything, versions: "timestamps", preconditions: { required: false } },
      hashed: { schema: anything, entityTags: "sha-256", preconditions: { required: false } },
      latest: { schema: anything, conflicts: { strategy: "last-write-wins" } },
      bounded: { schema: anything, preconditions: { required: false }, retention: { count: 50 } },
    },
  });
}
