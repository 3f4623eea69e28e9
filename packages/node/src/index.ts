export { allowedHeaders, exposedHeaders } from "unclash";
export { type CheckOptions, check, type GuardedContext, type GuardMiddleware, guard, guarded } from "./guard.js";
export { createGuards, type Guards } from "./guards.js";
export { type MountedHandler, type MountOptions, mount, type Next } from "./mount.js";
export { type ErrorHandler, type ProblemsOptions, problems } from "./problems.js";
