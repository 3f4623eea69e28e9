import type { Store } from "@unclash/core/store";
import { createUnclash, type RequestFacts, refuseCredentials, type Unclash } from "unclash";
import { challenge } from "./guarded.js";
import { anything } from "./schema.js";

/** So many subscriptions may have callbacks at one host of the subscribing engine. */
export const subscriptionsPerHostMax = 3;

/** A token is its holder's name, so that each case has a client of its own; `mallory` is a wrong one. */
function whoIs({ headers: { authorization } }: RequestFacts) {
  if (authorization === undefined) return undefined;
  const name = String(authorization).replace(/^Bearer /, "");
  return name === "mallory" ? refuseCredentials(challenge) : { name };
}

/** An engine whose clients subscribe; nothing is sent, since it is not started. */
export function createSubscribingEngine(store: Store): Unclash {
  return createUnclash({
    store,
    identify: whoIs,
    notifications: { limits: { subscriptionsPerHostMax } },
    authorize: (action, key, actor) => {
      if (action === "subscribe" && actor === undefined) return "deny";
      return key.startsWith("notes/denied") ? "deny" : "allow";
    },
    collections: { notes: { schema: anything, preconditions: { required: false } } },
  });
}
