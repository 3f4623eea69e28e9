import type { Store } from "@unclash/core/store";
import { createUnclash, type RequestFacts, type Unclash } from "unclash";
import { anything } from "./schema.js";

/** What the proxy in front of this engine strips off. */
export const publicPath = "/shop";

/** An engine behind one proxy, which names the client and strips a path off. */
export function createForwardedEngine(store: Store, seen: (facts: RequestFacts) => void): Unclash {
  return createUnclash({
    store,
    collections: { articles: { schema: anything }, notes: { schema: anything, preconditions: { required: false } } },
    publicPath,
    trustedProxies: 1,
    credentialHeaders: [],
    identify(facts) {
      seen(facts);
      return undefined;
    },
  });
}
