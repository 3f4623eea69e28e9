import type { Store } from "@unclash/core/store";
import { apiVersions, createUnclash, type Unclash } from "unclash";
import { anything, shape } from "./schema.js";

/** An API of which one version has ended, one is deprecated, and one is the default. */
const api = apiVersions({
  name: "suite",
  default: "v3",
  versions: {
    v1: { deprecatedAt: "2024-01-01", sunsetAt: "2025-01-01" },
    v2: { deprecatedAt: "2025-01-01", sunsetAt: "2099-01-01" },
    v3: {},
  },
});

const articleV2 = shape({ content: "text", tags: "texts?" });
const article = shape({ body: "text", tags: "texts?", rating: "number?" });

/** Gives a member another name, and leaves others out. */
export function renamed(fields: unknown, from: string, to: string, hidden?: string): Record<string, unknown> {
  const members = Object.entries(Object(fields)).filter(([name]) => name !== hidden);
  return Object.fromEntries(members.map(([name, value]) => [name === from ? to : name, value]));
}

/** An engine over an API with versions: v2 calls the `body` of articles `content`, and knows no `rating`. */
export function createVersionedEngine(store: Store): Unclash {
  return createUnclash({
    store,
    apiVersions: api,
    collections: {
      articles: {
        schema: article,
        conflicts: { discloseCurrent: true },
        apiVersions: [
          api.step("v2", "v3", {
            from: articleV2,
            to: article,
            up: (fields) => renamed(fields, "content", "body"),
            down: (fields) => renamed(fields, "body", "content", "rating"),
            renames: { "/content": "/body" },
          }),
        ],
      },
      notes: { schema: anything, preconditions: { required: false } },
    },
  });
}
