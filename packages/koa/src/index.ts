export { allowedHeaders, exposedHeaders } from "unclash";
export { createShutdown, type ShutdownOptions } from "unclash/adapter";
export { check, type GuardedContext, type GuardMiddleware, guard, guarded } from "./guard.js";
export { createGuards, type Guards } from "./guards.js";
export { mount } from "./mount.js";
export { problems } from "./problems.js";
export { unguarded } from "./unguarded.js";
