/** What adapters are made from: Node's request as plain data, and a plan as Node's response. */
export type { ResponsePlan } from "@unclash/core";
export { belowPrefix, findMount, type MountPoint, normalizePrefix, originForm } from "./adapter/mount-point.js";
export { bodyLeftOn, type Mounted, nodeFacts } from "./adapter/node-facts.js";
export { headersBeside, sendPlan } from "./adapter/send.js";
export { errorOf } from "./adapter/thrown.js";
export type { RequestFacts } from "./request.js";
