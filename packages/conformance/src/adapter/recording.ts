import type { Store } from "@unclash/core/store";
import {
  type Authorize,
  apiVersions,
  authorizeByDefault,
  createUnclash,
  type StrategyFunction,
  type Unclash,
} from "unclash";
import { whoIs } from "./guarded.js";
import { anything, shape } from "./schema.js";
import { renamed } from "./versioned.js";

const api = apiVersions({ name: "suite", default: "v2", versions: { v1: {}, v2: {} } });

const articleV1 = shape({ title: "text", content: "text?", tags: "texts?", stock: "number?" });
const article = shape({ title: "text", body: "text?", tags: "texts?", stock: "number?", rating: "number?" });

/** Decides as the proposal asks for in its member `decide`. */
const asProposed: StrategyFunction = ({ proposed }) => {
  switch (proposed?.["decide"]) {
    case "accept":
      return { kind: "accept" };
    case "park":
      return { kind: "park" };
    case "park a value":
      return { kind: "park", value: { name: "of the app" } };
    default:
      return { kind: "reject" };
  }
};

/**
 * As by default, but that `writer` may not read. For others than admins, the history of an id that begins with `past-`
 * is closed, and what is `off` below `closed-` can't be changed, and is hidden below `secret-`.
 */
const mayDo: Authorize = (action, key, actor, resource) => {
  const byDefault = authorizeByDefault(action, key, actor, resource);
  if (actor?.role === "admin") return byDefault;
  const reads = action === "read" || action === "history";
  if (reads && actor?.name === "writer") return "deny";
  if (action === "history" && key.includes("/past-")) return "deny";
  if (reads && key.includes("/secret-") && resource.current?.["off"] === true) return "hide";
  return action === "change" && key.includes("/closed-") && resource.current?.["off"] === true ? "deny" : byDefault;
};

/** A store that keeps nothing of what is called `brief` for longer than it must. */
function cleanedAtOnce(store: Store): Store {
  return {
    ...store,
    async commit(commit) {
      const result = await store.commit(commit);
      if (commit.writes.some(({ key }) => key.startsWith("brief/"))) await store.clean(1_000);
      return result;
    },
  };
}

/** An engine with actors, for what strategies record; v1 calls the `body` of articles `content`, and no `rating`. */
export function createRecordingEngine(store: Store): Unclash {
  return createUnclash({
    store: cleanedAtOnce(store),
    identify: whoIs,
    authorize: mayDo,
    apiVersions: api,
    collections: {
      articles: {
        schema: article,
        conflicts: {
          strategy: "merge",
          allowedStrategies: "all",
          merge: { policies: { "/tags": "union", "/body": "text", "/stock": "sum" } },
        },
        apiVersions: [
          api.step("v1", "v2", {
            from: articleV1,
            to: article,
            up: (fields) => renamed(fields, "content", "body"),
            down: (fields) => renamed(fields, "body", "content", "rating"),
            renames: { "/content": "/body" },
          }),
        ],
      },
      orders: {
        schema: shape({ sku: "text?", quantity: "number", price: "number?", status: "text" }),
        unique: ["sku"],
        conflicts: { strategy: "manual", allowedStrategies: ["merge"] },
        states: {
          status: { initial: ["pending"], transitions: { pending: ["paid", "cancelled"], paid: ["shipped"] } },
        },
        rules: [
          ({ before, after }) =>
            before === undefined || before["quantity"] === after["quantity"] || after["status"] === "pending"
              ? undefined
              : { field: "/quantity", detail: "The quantity is fixed once an order is paid." },
        ],
      },
      notes: { schema: anything, conflicts: { strategy: "manual" } },
      plain: { schema: anything },
      counted: { schema: anything, conflicts: { recordRefusals: true } },
      decided: { schema: anything, conflicts: { strategy: asProposed } },
      brief: {
        schema: anything,
        retention: { count: 1 },
        conflicts: { strategy: "manual", allowedStrategies: ["merge"] },
      },
    },
  });
}
