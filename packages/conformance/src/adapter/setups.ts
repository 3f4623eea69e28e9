import type { ServerOptions } from "node:http";
import { problemTypePrefix } from "@unclash/core";
import type { Store } from "@unclash/core/store";
import type { RequestFacts, Unclash } from "unclash";
import { createOpenEngine } from "./collections.js";
import { createForwardedEngine, publicPath } from "./forwarded.js";
import { createGuardedEngine, guardedTypePrefix } from "./guarded.js";
import { createNotifiedEngine } from "./notified.js";
import { createRecordingEngine } from "./recording.js";
import { createRolesEngine } from "./roles.js";
import { createSmallEngine } from "./small.js";
import { createSubscribingEngine } from "./subscribing.js";
import { createVersionedEngine } from "./versioned.js";

/** The servers that the suite starts, each with an engine and a store of its own. */
export type SetupName =
  | "open"
  | "guarded"
  | "roles"
  | "small"
  | "impatient"
  | "parsed"
  | "forwarded"
  | "versioned"
  | "recording"
  | "subscribing"
  | "notified";

export interface Setup {
  readonly prefix: string;
  /** What a proxy in front of the engine strips off. @default "" */
  readonly publicPath?: string;
  readonly typePrefix: string;
  readonly server: ServerOptions;
  engine(store: Store, seen: (facts: RequestFacts) => void): Unclash;
}

// A server must not close an idle connection in the moment in which a test writes to it.
const patient: ServerOptions = { keepAliveTimeout: 60_000 };

export const setups: Readonly<Record<SetupName, Setup>> = {
  open: { prefix: "/api", typePrefix: problemTypePrefix, server: patient, engine: createOpenEngine },
  guarded: { prefix: "", typePrefix: guardedTypePrefix, server: patient, engine: createGuardedEngine },
  roles: { prefix: "/api", typePrefix: problemTypePrefix, server: patient, engine: createRolesEngine },
  small: { prefix: "/deep/er", typePrefix: problemTypePrefix, server: patient, engine: createSmallEngine },
  /** Its time-outs are those that Node has for slow senders, cut to what a test can wait for. */
  impatient: {
    prefix: "",
    typePrefix: problemTypePrefix,
    server: { headersTimeout: 250, requestTimeout: 250, connectionsCheckingInterval: 25 },
    engine: createOpenEngine,
  },
  forwarded: {
    prefix: "/api",
    publicPath,
    typePrefix: problemTypePrefix,
    server: patient,
    engine: createForwardedEngine,
  },
  versioned: { prefix: "/api", typePrefix: problemTypePrefix, server: patient, engine: createVersionedEngine },
  recording: { prefix: "/api", typePrefix: problemTypePrefix, server: patient, engine: createRecordingEngine },
  subscribing: { prefix: "/api", typePrefix: problemTypePrefix, server: patient, engine: createSubscribingEngine },
  notified: { prefix: "/api", typePrefix: problemTypePrefix, server: patient, engine: createNotifiedEngine },
  /** A body parser runs before the mount. */
  parsed: { prefix: "/api", typePrefix: problemTypePrefix, server: patient, engine: createOpenEngine },
};
