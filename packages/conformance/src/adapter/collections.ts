import type { Store } from "@unclash/core/store";
import { type ChangeRule, type CollectionOptions, createUnclash, type StrategyFunction, type Unclash } from "unclash";
import { anything, oddly, shape } from "./schema.js";
import { slowStore } from "./slow-store.js";

const article = shape({ title: "text", body: "text?", tags: "texts?" });

/** Decides as the proposal asks for in its member `decide`, so that each case can have it its way. */
const asProposed: StrategyFunction = ({ base, current, proposed }) => {
  switch (proposed?.["decide"]) {
    case "accept":
      return { kind: "accept" };
    case "combine":
      return {
        kind: "accept",
        value: { base: base["name"] ?? null, current: current["name"] ?? null, proposed: proposed["name"] ?? null },
      };
    default:
      return { kind: "reject" };
  }
};

/** Refuses what is not what will be stored: rules see that, and not what a schema made of it. */
const asStored: ChangeRule = ({ after }) =>
  after["at"] === undefined || typeof after["at"] === "string"
    ? undefined
    : { field: "/at", detail: "A rule sees a Date as the text that it will be." };

/** The collections of the engine that knows no actors: one for each thing that can be set. */
const collections = {
  articles: { schema: article, conflicts: { allowedStrategies: ["last-write-wins", "first-write-wins"] } },
  notes: { schema: anything, preconditions: { required: false } },
  pages: { schema: anything, preconditions: { required: false } },
  empty: { schema: anything },
  drafts: { schema: anything, conflicts: { strategy: "last-write-wins", allowedStrategies: "all" } },
  first: { schema: anything, conflicts: { strategy: "first-write-wins" } },
  decided: { schema: anything, conflicts: { strategy: asProposed } },
  products: { schema: shape({ sku: "text?", name: "text?", price: "number?" }), unique: ["sku"] },
  orders: {
    schema: shape({ product: "text", quantity: "number", status: "text" }),
    references: { product: "products" },
    states: { status: { initial: ["pending"], transitions: { pending: ["paid", "cancelled"], paid: ["shipped"] } } },
    rules: [
      ({ before, after }) =>
        before === undefined || before["quantity"] === after["quantity"] || after["status"] === "pending"
          ? undefined
          : { field: "/quantity", detail: "The quantity is fixed once an order is paid." },
    ],
  },
  reviews: {
    schema: anything,
    preconditions: { required: false },
    references: { product: { collection: "products", onDelete: "restrict" }, order: { collection: "orders" } },
  },
  tree: {
    schema: anything,
    preconditions: { required: false },
    references: { parent: { collection: "tree", onDelete: "restrict" } },
  },
  odd: { schema: oddly, preconditions: { required: false }, rules: [asStored] },
  merging: { schema: anything, preconditions: { required: false }, jsonPatchAsMerge: true },
  renamed: { schema: anything, versionField: "revision" },
  retagged: { schema: anything, etagField: "tag" },
  untagged: { schema: anything, etagField: false },
  listed: { schema: anything, preconditions: { required: false } },
  unversioned: { schema: anything, versionField: false },
  stamped: { schema: anything, versions: "timestamps", conflicts: { allowedStrategies: "all" } },
  hashed: { schema: anything, entityTags: "sha-256", conflicts: { allowedStrategies: "all" } },
  legacy: { schema: anything, entityTags: "md5" },
  disclosed: { schema: anything, conflicts: { discloseCurrent: true } },
  proxied: { schema: anything, preconditions: { acceptProxyTags: true } },
  dated: { schema: anything, preconditions: { datesSuffice: true } },
  forgetful: { schema: anything, retention: "none" },
  cached: { schema: anything, cacheControl: "max-age=60" },
} as const satisfies Readonly<Record<string, CollectionOptions>>;

/**
 * An engine over which everyone is anonymous and may do everything, with the limits that hold unless others are set.
 */
export function createOpenEngine(store: Store): Unclash {
  return createUnclash({ store: slowStore(store), collections });
}
