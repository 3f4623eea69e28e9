import type { Store } from "@unclash/core/store";
import { createUnclash, type Unclash } from "unclash";
import { faultyStore } from "./faulty-store.js";
import { anything, shape } from "./schema.js";

/** An engine with limits of its own, which decodes gzip, over a store that fails for some keys. */
export function createSmallEngine(store: Store): Unclash {
  return createUnclash({
    store: faultyStore(store),
    collections: {
      notes: { schema: anything, preconditions: { required: false } },
      pages: { schema: anything, preconditions: { required: false } },
      numbers: { schema: shape({ n: "number" }), preconditions: { required: false } },
      stamped: { schema: anything, preconditions: { required: false }, versions: "timestamps" },
    },
    decodeBodies: ["gzip"],
    requestLimits: {
      bodyBytesMax: 4_096,
      bodyBytesInFlightMax: 12_288,
      slowBodyMs: 50,
      jsonDepthMax: 4,
      jsonKeysMax: 12,
      jsonValuesMax: 20,
      jsonKeyLengthMax: 16,
      patchOperationsMax: 3,
      errorsMax: 2,
      entityTagsMax: 2,
      preferItemsMax: 2,
      idBytesMax: 24,
      pageSizeDefault: 2,
      pageSizeMax: 3,
      pageBytesMax: 1_500,
    },
  });
}
