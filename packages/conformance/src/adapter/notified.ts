import type { Store } from "@unclash/core/store";
import {
  type Authorize,
  apiVersions,
  authorizeByDefault,
  createUnclash,
  refuseCredentials,
  type Unclash,
} from "unclash";
import { anything, shape } from "./schema.js";
import { renamed } from "./versioned.js";

const api = apiVersions({ name: "suite", default: "v2", versions: { v1: {}, v2: {} } });

const article = shape({ body: "text" });

/** What begins with `secret-` is hidden from all but the admin, and what is a `draft` from all but its `owner`. */
const mayDo: Authorize = (action, key, actor, resource) => {
  if (actor?.role === "admin") return "allow";
  if (key.includes("/secret-")) return "hide";
  if (key.startsWith("notes/draft-") && action === "read" && resource.current?.["draft"] === true)
    return resource.current["owner"] === actor?.name ? "allow" : "hide";
  return authorizeByDefault(action, key, actor, resource);
};

/** How long the suite waits for a sign of life. */
const heartbeatMs = 150;

export const streamsPerClientMax = 3;

/**
 * An engine that tells of what happens, in two API versions. Every token is the name of a client, but for `wrong`; the
 * app itself lets nobody in who has a ticket.
 */
export function createNotifiedEngine(store: Store): Unclash {
  return createUnclash({
    store,
    identify({ headers: { authorization }, query }) {
      const name = authorization?.replace(/^Bearer /, "");
      if (name === "wrong" || query.includes("ticket=")) return refuseCredentials();
      return name === undefined ? undefined : { name, role: name === "admin" ? "admin" : "client" };
    },
    authorize: mayDo,
    apiVersions: api,
    collections: {
      articles: {
        schema: article,
        preconditions: { required: false },
        apiVersions: [
          api.step("v1", "v2", {
            from: shape({ content: "text" }),
            to: article,
            up: (fields) => renamed(fields, "content", "body"),
            down: (fields) => renamed(fields, "body", "content"),
            renames: { "/content": "/body" },
          }),
        ],
      },
      notes: { schema: anything, preconditions: { required: false } },
      parked: { schema: anything, conflicts: { strategy: "manual" } },
    },
    notifications: { limits: { heartbeatMs, streamsPerClientMax, eventScanMax: 50 } },
  });
}
